// Package dispute serves disputes (이의신청): opened by volunteers, answered by organisers, decided by another person.
package dispute

import (
	"time"

	"github.com/gin-gonic/gin"

	"dure/domain/dispute"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// Handler serves the routes of disputes.
type Handler struct{ service *dispute.Service }

// New makes the handler.
func New(service *dispute.Service) Handler { return Handler{service} }

// Routes registers the routes; all of them are about persons.
func (h Handler) Routes(_, signedIn gin.IRoutes) {
	signedIn.POST("/me/disputes", h.open)
	signedIn.GET("/me/disputes", h.mine)
	signedIn.GET("/camps/:camp_id/disputes", h.listAtCamp)
	signedIn.GET("/demand-sites/:site_id/disputes", h.listAtSite)
	signedIn.GET("/disputes", h.list)
	signedIn.GET("/disputes/:dispute_id", h.get)
	signedIn.POST("/disputes/:dispute_id/answer", h.answer)
	signedIn.POST("/disputes/:dispute_id/decision", h.decide)
	signedIn.POST("/disputes/:dispute_id/escalation", h.escalate)
	signedIn.POST("/disputes/:dispute_id/withdrawal", h.withdraw)
}

// Response is where a dispute stands. A no-show mark that was disputed stays to be seen in no_show_at after the sign-up has turned.
type Response struct {
	ID                  id.ID            `json:"id" format:"uuid" swaggertype:"string"`
	About               dispute.About    `json:"about" swaggertype:"string" enums:"attendance,missing,no_show" example:"attendance"`
	AttendanceID        *id.ID           `json:"attendance_id" format:"uuid" swaggertype:"string" extensions:"x-nullable"` // the presence disputed
	ShiftID             id.ID            `json:"shift_id" format:"uuid" swaggertype:"string"`
	SignUpID            *id.ID           `json:"sign_up_id" format:"uuid" swaggertype:"string" extensions:"x-nullable"`
	NoShowAt            *time.Time       `json:"no_show_at" format:"date-time" extensions:"x-nullable"` // when the sign-up was marked as not taken up
	WantedInAt          *time.Time       `json:"wanted_in_at" format:"date-time" extensions:"x-nullable" example:"2026-07-14T04:00:00Z"`
	WantedOutAt         *time.Time       `json:"wanted_out_at" format:"date-time" extensions:"x-nullable" example:"2026-07-14T07:30:00Z"`
	Text                string           `json:"text" example:"뒷정리까지 30분 더 있었습니다."`
	State               dispute.State    `json:"state" swaggertype:"string" enums:"opened,answered,granted,declined,escalated,closed" example:"answered"`
	Outcome             *dispute.Outcome `json:"outcome" swaggertype:"string" enums:"granted,declined,withdrawn" extensions:"x-nullable" example:"granted"` // the decision in force
	OpenedAt            time.Time        `json:"opened_at" format:"date-time" example:"2026-07-15T01:00:00Z"`
	DueAt               *time.Time       `json:"due_at" format:"date-time" extensions:"x-nullable" example:"2026-07-22T15:00:00Z"` // until when it is to be answered, or may be escalated
	DecidedAt           *time.Time       `json:"decided_at" format:"date-time" extensions:"x-nullable"`
	GrantedAttendanceID *id.ID           `json:"granted_attendance_id" format:"uuid" swaggertype:"string" extensions:"x-nullable"` // the presence that counts by the grant
	GrantedInAt         *time.Time       `json:"granted_in_at" format:"date-time" extensions:"x-nullable"`
	GrantedOutAt        *time.Time       `json:"granted_out_at" format:"date-time" extensions:"x-nullable"`
	PostedMinutes       int              `json:"posted_minutes" example:"30"` // by the grant, over all its entries
	ClosedAt            *time.Time       `json:"closed_at" format:"date-time" extensions:"x-nullable"`
} //	@name	Dispute

func present(d dispute.Dispute) Response {
	r := Response{ID: d.ID, About: d.About, AttendanceID: d.AttendanceID, ShiftID: d.ShiftID, SignUpID: d.SignUpID, NoShowAt: d.NoShowAt,
		WantedInAt: d.WantedInAt, WantedOutAt: d.WantedOutAt, Text: d.Claim, State: d.State, OpenedAt: d.OpenedAt, DueAt: d.DueAt,
		DecidedAt: d.DecidedAt, GrantedAttendanceID: d.GrantedAttendanceID, GrantedInAt: d.GrantedInAt, GrantedOutAt: d.GrantedOutAt,
		PostedMinutes: d.PostedMinutes, ClosedAt: d.ClosedAt}
	if d.Outcome != dispute.Undecided {
		r.Outcome = &d.Outcome
	}
	return r
}

// Listed is a dispute in a list, with the shift that it is about.
type Listed struct {
	Response
	ActivityTitle   string    `json:"activity_title" example:"경로당 급식 봉사"`
	StartsAt        time.Time `json:"starts_at" format:"date-time" example:"2026-07-14T04:00:00Z"` // of the shift
	EndsAt          time.Time `json:"ends_at" format:"date-time" example:"2026-07-14T08:00:00Z"`
	VolunteerNumber string    `json:"volunteer_number" example:"1234-5678"`
	VolunteerName   string    `json:"volunteer_name" example:"홍*동"`
} //	@name	DisputeListed

func presentListed(l dispute.Listed) Listed {
	return Listed{Response: present(l.Dispute), ActivityTitle: l.ActivityTitle, StartsAt: l.StartsAt, EndsAt: l.EndsAt,
		VolunteerNumber: l.VolunteerNumber, VolunteerName: text.Mask(l.VolunteerName)}
}

// Page is a page of disputes.
type Page struct {
	Items []Listed `json:"items"`
	Next  *string  `json:"next" extensions:"x-nullable"`
} //	@name	DisputePage

// Step is one act about a dispute.
type Step struct {
	Number       int              `json:"number" example:"2"`
	Kind         dispute.StepKind `json:"kind" swaggertype:"string" enums:"opened,answered,granted,declined,escalated,withdrawn,closed" example:"answered"`
	HappenedAt   time.Time        `json:"happened_at" format:"date-time" example:"2026-07-15T02:00:00Z"`
	By           dispute.Capacity `json:"by" swaggertype:"string" enums:"volunteer,organiser,centre,system" example:"organiser"`
	ByMe         bool             `json:"by_me" example:"false"`
	Text         string           `json:"text" example:"출석부에는 16시까지로 적혀 있습니다."`
	CheckedInAt  *time.Time       `json:"checked_in_at" format:"date-time" extensions:"x-nullable"` // wanted by an opening, given by a grant
	CheckedOutAt *time.Time       `json:"checked_out_at" format:"date-time" extensions:"x-nullable"`
} //	@name	DisputeStep

// Entry is an entry of the volunteer's account that a grant posted.
type Entry struct {
	ID           id.ID        `json:"id" format:"uuid" swaggertype:"string"`
	AttendanceID id.ID        `json:"attendance_id" format:"uuid" swaggertype:"string"`
	EffectiveDay calendar.Day `json:"effective_day" format:"date" swaggertype:"string" example:"2026-07-14"`
	Minutes      int          `json:"minutes" example:"30"`
	PostedAt     time.Time    `json:"posted_at" format:"date-time" example:"2026-07-16T01:00:00Z"`
} //	@name	DisputeEntry

// Document is evidence that the volunteer handed in; GET /documents/{document_id} gives it to him and to the centre.
type Document struct {
	ID          id.ID  `json:"id" format:"uuid" swaggertype:"string"`
	ContentType string `json:"content_type" example:"image/jpeg"`
	Size        int64  `json:"size" format:"int64" example:"184320"` // bytes
} //	@name	DisputeDocument

// Full is a dispute with its whole story.
type Full struct {
	Listed
	Steps     []Step     `json:"steps"`
	Documents []Document `json:"documents"`
	Entries   []Entry    `json:"entries"`
} //	@name	DisputeFull

func presentFull(f dispute.Full, me id.ID) Full {
	full := Full{Listed: presentListed(f.Listed), Steps: make([]Step, len(f.Story)),
		Documents: make([]Document, len(f.Documents)), Entries: make([]Entry, len(f.Entries))}
	for i, s := range f.Story {
		full.Steps[i] = Step{Number: s.Number, Kind: s.Kind, HappenedAt: s.HappenedAt, By: s.Capacity, ByMe: s.AccountID != nil && *s.AccountID == me,
			Text: s.Words, CheckedInAt: s.CheckedInAt, CheckedOutAt: s.CheckedOutAt}
	}
	for i, d := range f.Documents {
		full.Documents[i] = Document{ID: d.ID, ContentType: d.ContentType, Size: d.Size}
	}
	for i, e := range f.Entries {
		full.Entries[i] = Entry(e)
	}
	return full
}
