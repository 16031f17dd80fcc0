// Package anomaly serves what was found unusual about attendances, the decisions on it, and the rules by which it is found.
package anomaly

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/anomaly"
	"dure/domain/attendance"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// Handler serves the routes of anomalies.
type Handler struct {
	service     *anomaly.Service
	attendances *attendance.Service
}

// New makes the handler.
func New(service *anomaly.Service, attendances *attendance.Service) Handler {
	return Handler{service, attendances}
}

// Routes registers the routes; all are the centre's.
func (h Handler) Routes(_, signedIn gin.IRoutes) {
	signedIn.GET("/anomalies", h.list)
	signedIn.POST("/anomalies/:anomaly_id/release", h.release)
	signedIn.POST("/anomalies/:anomaly_id/rejection", h.reject)
	signedIn.POST("/anomalies/decisions", h.decide)
	signedIn.GET("/anomaly-rules", h.rules)
	signedIn.POST("/anomaly-rules", h.decree)
}

// Response is what a rule found about an attendance. The attendance is held while one such thing is open.
type Response struct {
	ID           id.ID           `json:"id" format:"uuid" swaggertype:"string"`
	AttendanceID id.ID           `json:"attendance_id" format:"uuid" swaggertype:"string"`
	Kind         anomaly.Kind    `json:"kind" swaggertype:"string" enums:"entries_per_hour,walk_ins_per_day,no_consent,too_far,repeated_group,unlike_shift,night" example:"walk_ins_per_day"`
	RuleVersion  int             `json:"rule_version" example:"2"`
	Detail       json.RawMessage `json:"detail" swaggertype:"object"` // what was counted, e.g. {"count":31,"most":30}
	FoundAt      time.Time       `json:"found_at" format:"date-time" example:"2026-07-14T08:05:00Z"`
	State        anomaly.State   `json:"state" swaggertype:"string" enums:"open,released,rejected" example:"open"`
	DecidedAt    *time.Time      `json:"decided_at" format:"date-time" extensions:"x-nullable" example:"2026-07-15T01:00:00Z"`
	DecidedBy    *id.ID          `json:"decided_by" format:"uuid" swaggertype:"string" extensions:"x-nullable"` // the account
	Reason       string          `json:"reason" example:"현장에서 확인했습니다."`
} //	@name	Anomaly

// Listed is an anomaly with the presence that it is about; the name is masked.
type Listed struct {
	Response
	AttendanceState attendance.State `json:"attendance_state" swaggertype:"string" enums:"pending,held,verified,rejected,reversed" example:"held"`
	ShiftID         id.ID            `json:"shift_id" format:"uuid" swaggertype:"string"`
	ActivityTitle   string           `json:"activity_title" example:"경로당 급식 봉사"`
	OrganiserType   string           `json:"organiser_type" enums:"camp,demand_site" example:"camp"`
	OrganiserID     id.ID            `json:"organiser_id" format:"uuid" swaggertype:"string"`
	VolunteerNumber string           `json:"volunteer_number" example:"1234-5678"`
	VolunteerName   string           `json:"volunteer_name" example:"홍*동"`
	CheckedInAt     time.Time        `json:"checked_in_at" format:"date-time" example:"2026-07-14T04:00:00Z"`
	CheckedOutAt    *time.Time       `json:"checked_out_at" format:"date-time" extensions:"x-nullable" example:"2026-07-14T08:00:00Z"`
	WorkedMinutes   int              `json:"worked_minutes" example:"240"`
	Evidence        string           `json:"evidence" enums:"qr,leader,self,imported,late_proof" example:"leader"`
	RecordedBy      id.ID            `json:"recorded_by" format:"uuid" swaggertype:"string"` // the account
	RecordedAt      time.Time        `json:"recorded_at" format:"date-time" example:"2026-07-14T08:05:00Z"`
} //	@name	AnomalyListed

// Page is a page of anomalies.
type Page struct {
	Items []Listed `json:"items"`
	Next  *string  `json:"next" extensions:"x-nullable"`
} //	@name	AnomalyPage

func present(a anomaly.Anomaly) Response {
	return Response{ID: a.ID, AttendanceID: a.AttendanceID, Kind: a.Kind, RuleVersion: a.RuleVersion, Detail: json.RawMessage(a.Detail),
		FoundAt: a.FoundAt, State: a.State, DecidedAt: a.DecidedAt, DecidedBy: a.DecidedBy, Reason: a.Reason}
}

// list gives what was found.
//
//	@ID				listAnomalies
//	@Summary		List what was found unusual in the city (centre officers)
//	@Description	Newest first; names are masked. While one of them is open, its attendance is held and counts nowhere.
//	@Tags			anomaly
//	@Security		bearer
//	@Produce		json
//	@Param			state	query		string	false	"only this state"	Enums(open, released, rejected)
//	@Param			kind	query		string	false	"only this kind"	Enums(entries_per_hour, walk_ins_per_day, no_consent, too_far, repeated_group, unlike_shift, night)
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	Page
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/anomalies [get]
func (h Handler) list(c *gin.Context) {
	q := bind.NewQuery(c, "state", "kind", "limit", "after")
	kinds := []string{""}
	for _, k := range anomaly.Kinds() {
		kinds = append(kinds, string(k))
	}
	f := anomaly.Filter{State: anomaly.State(q.OneOf("state", "", "open", "released", "rejected")), Kind: anomaly.Kind(q.OneOf("kind", kinds...))}
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.List(c.Request.Context(), f, p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := Page{Items: make([]Listed, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, l := range found.Items {
		answer.Items[i] = presentListed(l)
	}
	c.JSON(http.StatusOK, answer)
}

func presentListed(l anomaly.Listed) Listed {
	return Listed{Response: present(l.Anomaly), AttendanceState: attendance.State(l.AttendanceState), ShiftID: l.ShiftID,
		ActivityTitle: l.ActivityTitle, OrganiserType: l.OrganiserType, OrganiserID: l.OrganiserID,
		VolunteerNumber: l.VolunteerNumber, VolunteerName: text.Mask(l.VolunteerName), CheckedInAt: l.CheckedInAt,
		CheckedOutAt: l.CheckedOutAt, WorkedMinutes: l.WorkedMinutes, Evidence: l.Evidence, RecordedBy: l.RecordedBy, RecordedAt: l.RecordedAt}
}
