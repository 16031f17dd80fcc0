package attendance

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/attendance"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// Listed is an attendance as the organiser's people see it.
type Listed struct {
	Response
	ActivityTitle   string  `json:"activity_title" example:"경로당 급식 봉사"`
	VolunteerNumber string  `json:"volunteer_number" example:"1234-5678"`
	VolunteerName   string  `json:"volunteer_name" example:"홍*동"`
	TravelMinutes   int     `json:"travel_minutes" example:"0"`
	WalkIn          bool    `json:"walk_in" example:"false"`                                                  // came without a sign-up
	RecordedByMe    bool    `json:"recorded_by_me" example:"false"`                                           // then another person has to verify it
	LateProofID     *id.ID  `json:"late_proof_id" format:"uuid" swaggertype:"string" extensions:"x-nullable"` // the document of a late entry
	GroupName       *string `json:"group_name" extensions:"x-nullable" example:"무등산지킴이봉사단"`                   // with whom he came; null for alone
} //	@name	AttendanceListed

// ListedPage is a page of attendances.
type ListedPage struct {
	Items []Listed `json:"items"`
	Next  *string  `json:"next" extensions:"x-nullable"`
} //	@name	AttendancePage

// Mine is an attendance as the volunteer sees it.
type Mine struct {
	Response
	ActivityTitle string        `json:"activity_title" example:"경로당 급식 봉사"`
	Hold          *HoldResponse `json:"hold,omitempty"`                                         // why it is held; only when it is: somebody entered hours in this name
	GroupName     *string       `json:"group_name" extensions:"x-nullable" example:"무등산지킴이봉사단"` // with whom one came; null for alone
} //	@name	AttendanceMine

// MinePage is a page of one's own attendances.
type MinePage struct {
	Items []Mine  `json:"items"`
	Next  *string `json:"next" extensions:"x-nullable"`
} //	@name	AttendanceMinePage

// listAtCamp lists a camp's attendances.
//
//	@ID				listAttendancesAtCamp
//	@Summary		List a camp's attendances (the camp's head and keepers, the centre)
//	@Description	By day of check-in, newest first; names are masked.
//	@Tags			attendance
//	@Security		bearer
//	@Produce		json
//	@Param			camp_id	path		string	true	"camp"	format(uuid)
//	@Param			state	query		string	false	"only this state"	Enums(open, auto_closed, pending, held, verified, rejected, reversed)
//	@Param			from	query		string	false	"first day of check-in"	format(date)	example(2026-07-01)
//	@Param			to		query		string	false	"last day of check-in"	format(date)	example(2026-07-31)
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	ListedPage
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		404		{object}	problem.Problem	"attendance.organiser_not_found"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/camps/{camp_id}/attendances [get]
func (h Handler) listAtCamp(c *gin.Context) { h.list(c, attendance.Camp) }

// listAtSite lists a demand site's attendances.
//
//	@ID				listAttendancesAtSite
//	@Summary		List a demand site's attendances (the demand site's managers, the centre)
//	@Description	By day of check-in, newest first; names are masked.
//	@Tags			attendance
//	@Security		bearer
//	@Produce		json
//	@Param			site_id	path		string	true	"demand site"	format(uuid)
//	@Param			state	query		string	false	"only this state"	Enums(open, auto_closed, pending, held, verified, rejected, reversed)
//	@Param			from	query		string	false	"first day of check-in"	format(date)	example(2026-07-01)
//	@Param			to		query		string	false	"last day of check-in"	format(date)	example(2026-07-31)
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	ListedPage
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		404		{object}	problem.Problem	"attendance.organiser_not_found"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/demand-sites/{site_id}/attendances [get]
func (h Handler) listAtSite(c *gin.Context) { h.list(c, attendance.Site) }

func (h Handler) list(c *gin.Context, kind string) {
	o, err := organiser(c, kind)
	if err != nil {
		problem.Write(c, err)
		return
	}
	q := bind.NewQuery(c, "state", "from", "to", "limit", "after")
	f := attendance.Filter{From: q.Day("from"), To: q.Day("to"), State: attendance.State(
		q.OneOf("state", "", "open", "auto_closed", "pending", "held", "verified", "rejected", "reversed"))}
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.List(c.Request.Context(), o, f, p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := ListedPage{Items: make([]Listed, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, l := range found.Items {
		answer.Items[i] = presentListed(l, auth.From(c.Request.Context()).AccountID)
	}
	c.JSON(http.StatusOK, answer)
}

func presentListed(l attendance.Listed, me id.ID) Listed {
	return Listed{Response: present(l.Attendance), ActivityTitle: l.ActivityTitle, VolunteerNumber: l.VolunteerNumber,
		VolunteerName: text.Mask(l.VolunteerName), TravelMinutes: l.TravelMinutes, WalkIn: l.WalkIn, RecordedByMe: l.RecordedBy == me,
		LateProofID: l.LateProofID, GroupName: l.GroupName}
}

// mine lists one's own attendances.
//
//	@ID				listMyAttendances
//	@Summary		List one's own attendances (every volunteer)
//	@Description	By check-in, newest first. What somebody entered in one's name and is held says so, with the reasons' codes.
//	@Tags			attendance
//	@Security		bearer
//	@Produce		json
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	MinePage
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"attendance.no_person"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/me/attendances [get]
func (h Handler) mine(c *gin.Context) {
	q := bind.NewQuery(c, "limit", "after")
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.Mine(c.Request.Context(), p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := MinePage{Items: make([]Mine, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, l := range found.Items {
		answer.Items[i] = Mine{Response: present(l.Attendance), ActivityTitle: l.ActivityTitle, Hold: presentHold(c, l.Hold, "anomaly.hold_mine"), GroupName: l.GroupName}
	}
	c.JSON(http.StatusOK, answer)
}
