// Package ledger serves volunteers' hours.
package ledger

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/i18n"
	"dure/api/problem"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/domain/recognition"
)

// Handler serves the routes of the ledger.
type Handler struct{ service *ledger.Service }

// New makes the handler.
func New(service *ledger.Service) Handler { return Handler{service} }

// Routes registers the routes. Entries are only ever read: what is wrong is set right by another entry.
func (h Handler) Routes(_, signedIn gin.IRoutes) {
	signedIn.GET("/me/hours", h.hours)
	signedIn.GET("/me/hours/entries", h.entries)
	signedIn.GET("/me/hours/entries/:entry_id", h.entry)
}

// Hours is a volunteer's account at a glance. The years add up to recognised_minutes, and so do the fields.
type Hours struct {
	RecognisedMinutes int            `json:"recognised_minutes" example:"12480"`
	PendingMinutes    *int           `json:"pending_minutes" extensions:"x-nullable" example:"240"` // worked, waiting for another person to verify; null with as_of
	HeldMinutes       *int           `json:"held_minutes" extensions:"x-nullable" example:"0"`      // held back by a rule until an officer decides; null with as_of
	ReversedMinutes   int            `json:"reversed_minutes" example:"0"`                          // once recognised and taken back
	ThisYearMinutes   int            `json:"this_year_minutes" example:"90"`                        // of the city's calendar year: the present one, or that of as_of
	ByYear            []YearMinutes  `json:"by_year"`
	ByField           []FieldMinutes `json:"by_field"`
	LastPostedAt      *time.Time     `json:"last_posted_at" format:"date-time" extensions:"x-nullable" example:"2026-07-15T01:00:00Z"`
	AsOf              *time.Time     `json:"as_of,omitempty" format:"date-time" example:"2026-07-15T14:59:59.999999Z"` // there where it was asked for
} //	@name	Hours

// YearMinutes are the recognised minutes of a calendar year.
type YearMinutes struct {
	Year    int `json:"year" example:"2026"`
	Minutes int `json:"minutes" example:"90"`
} //	@name	HoursOfYear

// FieldMinutes are the recognised minutes of a 1365 field.
type FieldMinutes struct {
	FieldCode string `json:"field_code" example:"0104"`
	FieldName string `json:"field_name" example:"급식지원"`
	Minutes   int    `json:"minutes" example:"90"`
} //	@name	HoursOfField

// Entry is one line of the account: a difference of recognised minutes on a day.
type Entry struct {
	ID            id.ID        `json:"id" format:"uuid" swaggertype:"string"`
	Kind          ledger.Kind  `json:"kind" swaggertype:"string" enums:"recognition,adjustment,correction,reversal" example:"recognition"`
	AttendanceID  id.ID        `json:"attendance_id" format:"uuid" swaggertype:"string"`
	EffectiveDay  calendar.Day `json:"effective_day" format:"date" swaggertype:"string" example:"2026-07-14"` // when it happened
	Minutes       int          `json:"minutes" example:"210"`                                                 // recognised; below zero when taken back
	WorkedMinutes int          `json:"worked_minutes" example:"260"`                                          // of the attendance on that day
	ActivityTitle string       `json:"activity_title" example:"경로당 급식 봉사"`
	Place         string       `json:"place" example:"충장동 주민센터 2층"`
	Evidence      string       `json:"evidence" enums:"qr,leader,self,imported,late_proof" example:"leader"` // of the attendance
	Reductions    []Reduction  `json:"reductions"`
	Reason        string       `json:"reason" example:""`                                                     // of a correction or reversal
	DisputeID     *id.ID       `json:"dispute_id" format:"uuid" swaggertype:"string" extensions:"x-nullable"` // the dispute that it was posted for
	PostedAt      time.Time    `json:"posted_at" format:"date-time" example:"2026-07-15T01:00:00Z"`           // when we knew
} //	@name	HoursEntry

// Reduction says why worked minutes do not count.
type Reduction struct {
	Rule        string `json:"rule" enums:"outside_shift,overlap,break,field_cap,daily_cap,travel" example:"break"`
	Minutes     int    `json:"minutes" example:"30"`
	Explanation string `json:"explanation" example:"쉬는 시간 30분은 인정되지 않습니다."`
} //	@name	HoursReduction

// EntryPage is a page of entries.
type EntryPage struct {
	Items []Entry `json:"items"`
	Next  *string `json:"next" extensions:"x-nullable"`
} //	@name	HoursEntryPage

// hours shows one's own hours.
//
//	@ID				getMyHours
//	@Summary		Read one's own hours at a glance (every volunteer)
//	@Description	With as_of: what had been posted by then, whenever it is asked. What was waiting then is not kept.
//	@Tags			ledger
//	@Security		bearer
//	@Produce		json
//	@Param			as_of	query		string	false	"as known then: an instant with its offset (+ sent as %2B), at least two minutes ago, or a past day, which means its end; now where absent"	example(2026-07-15)
//	@Success		200		{object}	Hours
//	@Failure		400		{object}	problem.Problem	"unreadable query"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"ledger.no_person"
//	@Failure		409		{object}	problem.Problem	"as_of.too_recent"
//	@Failure		422		{object}	problem.Problem	"as_of.future"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/me/hours [get]
func (h Handler) hours(c *gin.Context) {
	q := bind.NewQuery(c, "as_of")
	at := q.AsOf("as_of")
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	mine, err := h.service.Mine(c.Request.Context(), at)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, glance(mine))
}

func glance(mine ledger.Hours) Hours {
	answer := Hours{RecognisedMinutes: mine.RecognisedMinutes, ReversedMinutes: mine.ReversedMinutes,
		ThisYearMinutes: mine.ThisYearMinutes, LastPostedAt: mine.LastPostedAt, AsOf: mine.AsOf,
		ByYear: make([]YearMinutes, len(mine.ByYear)), ByField: make([]FieldMinutes, len(mine.ByField))}
	if mine.AsOf == nil {
		answer.PendingMinutes, answer.HeldMinutes = &mine.PendingMinutes, &mine.HeldMinutes
	}
	for i, y := range mine.ByYear {
		answer.ByYear[i] = YearMinutes(y)
	}
	for i, f := range mine.ByField {
		answer.ByField[i] = FieldMinutes(f)
	}
	return answer
}

// entries lists one's own entries.
//
//	@ID				listMyEntries
//	@Summary		List the entries of one's own account (every volunteer)
//	@Description	Newest first, each with every reduction and its rule. Nothing in it is ever changed or deleted. With as_of: those
//	@Description	that had been posted by then, activities under the names they have now.
//	@Tags			ledger
//	@Security		bearer
//	@Produce		json
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Param			as_of	query		string	false	"as known then: an instant with its offset (+ sent as %2B), at least two minutes ago, or a past day, which means its end; now where absent"	example(2026-07-15)
//	@Success		200		{object}	EntryPage
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"ledger.no_person"
//	@Failure		409		{object}	problem.Problem	"as_of.too_recent"
//	@Failure		422		{object}	problem.Problem	"as_of.future"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/me/hours/entries [get]
func (h Handler) entries(c *gin.Context) {
	q := bind.NewQuery(c, "limit", "after", "as_of")
	p, at := q.Page(), q.AsOf("as_of")
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.MyEntries(c.Request.Context(), at, p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := EntryPage{Items: make([]Entry, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, l := range found.Items {
		answer.Items[i] = present(c, l)
	}
	c.JSON(http.StatusOK, answer)
}

// entry shows one of one's own entries.
//
//	@ID			getMyEntry
//	@Summary	Read one entry of one's own account (every volunteer)
//	@Tags		ledger
//	@Security	bearer
//	@Produce	json
//	@Param		entry_id	path		string	true	"entry"	format(uuid)
//	@Success	200			{object}	Entry
//	@Failure	401			{object}	problem.Problem	"auth.sign_in"
//	@Failure	403			{object}	problem.Problem	"ledger.no_person"
//	@Failure	404			{object}	problem.Problem	"ledger.entry_not_found"
//	@Failure	503			{object}	problem.Problem	"busy, try again"
//	@Router		/me/hours/entries/{entry_id} [get]
func (h Handler) entry(c *gin.Context) {
	entryID, err := bind.ID(c, "entry_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	found, err := h.service.MyEntry(c.Request.Context(), entryID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, present(c, found))
}

func present(c *gin.Context, l ledger.Listed) Entry {
	e := Entry{ID: l.ID, Kind: l.Kind, AttendanceID: l.AttendanceID, EffectiveDay: l.EffectiveDay, Minutes: l.Minutes,
		WorkedMinutes: l.WorkedMinutes, ActivityTitle: l.ActivityTitle, Place: l.Place, Evidence: l.Evidence, Reason: l.Reason, DisputeID: l.DisputeID, PostedAt: l.PostedAt,
		Reductions: make([]Reduction, len(l.Reductions))}
	for i, r := range l.Reductions {
		e.Reductions[i] = Reduction{Rule: r.Rule, Minutes: r.Minutes,
			Explanation: i18n.Text(problem.Lang(c), explanations[r.Rule], map[string]any{"minutes": r.Minutes})}
	}
	return e
}

// explanations are the texts of reductions.
var explanations = map[string]string{
	recognition.CutOutsideShift: "rule.outside_shift",
	recognition.CutOverlap:      "rule.overlap",
	recognition.CutBreak:        "rule.break",
	recognition.CutFieldCap:     "rule.field_cap",
	recognition.CutDailyCap:     "rule.daily_cap",
	recognition.CutTravel:       "rule.travel",
}
