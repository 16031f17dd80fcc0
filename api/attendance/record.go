package attendance

import (
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/attendance"
	"dure/domain/kernel/id"
)

// BatchRequest is what a tablet has collected, possibly while it was offline.
type BatchRequest struct {
	Items []ItemRequest `json:"items" validate:"required" maxItems:"1000" minItems:"1"`
} //	@name	AttendanceBatch

// ItemRequest is one presence. Either volunteer_number or volunteer_id names the person.
type ItemRequest struct {
	ClientID        string    `json:"client_id" example:"tablet-3:000217" validate:"required" maxLength:"64"` // made by the client; the same id again is the same presence
	VolunteerNumber string    `json:"volunteer_number" example:"1234-5678"`
	VolunteerID     id.ID     `json:"volunteer_id" format:"uuid" swaggertype:"string"`
	ShiftID         id.ID     `json:"shift_id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a11" validate:"required"`
	CheckedInAt     time.Time `json:"checked_in_at" format:"date-time" example:"2026-07-14T13:00:00+09:00" validate:"required"`
	CheckedOutAt    time.Time `json:"checked_out_at" format:"date-time" example:"2026-07-14T17:00:00+09:00" validate:"required"`
	Evidence        string    `json:"evidence" enums:"leader" example:"leader"` // a batch may only say leader
	TravelMinutes   int       `json:"travel_minutes" example:"0" minimum:"0" maximum:"600"`
	LateProofID     id.ID     `json:"late_proof_id" format:"uuid" swaggertype:"string"` // a document handed in by the same person, where the window (/late-windows) is over
	GroupName       string    `json:"group_name" example:"무등산지킴이봉사단" maxLength:"60"`    // with whom he came (단체); absent for alone
} //	@name	AttendanceItem

// BatchResponse tells what became of each item, in the order given.
type BatchResponse struct {
	Results []ItemResult `json:"results"`
} //	@name	AttendanceBatchResults

// ItemResult is the answer to one item.
type ItemResult struct {
	ClientID     string            `json:"client_id" example:"tablet-3:000217"`
	Status       attendance.Status `json:"status" swaggertype:"string" enums:"recorded,duplicate,rejected" example:"recorded"`
	AttendanceID *id.ID            `json:"attendance_id" format:"uuid" swaggertype:"string" extensions:"x-nullable"` // of a duplicate: the one that was first
	State        *attendance.State `json:"state" swaggertype:"string" enums:"open,auto_closed,pending,held,verified,rejected,reversed" extensions:"x-nullable" example:"pending"`
	Hold         *HoldResponse     `json:"hold,omitempty"`                  // why it is held; only when it is
	Problem      *problem.Problem  `json:"problem" extensions:"x-nullable"` // why it was rejected
	Insurance    *Insurance        `json:"insurance,omitempty"`             // only of who was not insured when he came
} //	@name	AttendanceItemResult

// recordAtCamp records a camp's batch.
//
//	@ID				recordAtCamp
//	@Summary		Record a batch of presences (the camp's head and keepers, the centre)
//	@Description	Up to 1,000 items, each for itself: one that is rejected rolls back nothing. Sent again, shuffled, or sent by a second
//	@Description	tablet, nothing doubles: the same client_id, or the same person at the same shift at overlapping times, is a duplicate.
//	@Description	What is recorded waits until another person verifies it; what is unusual is held, each for itself, until the centre decides.
//	@Description	What comes after the window (attendance.late_window_closed) takes a document as proof, late_proof_id, and waits for who
//	@Description	approves late entries.
//	@Tags			attendance
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			camp_id	path		string			true	"camp"	format(uuid)
//	@Param			body	body		BatchRequest	true	"the batch"
//	@Success		200		{object}	BatchResponse
//	@Failure		400		{object}	problem.Problem	"unreadable body"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		404		{object}	problem.Problem	"attendance.organiser_not_found"
//	@Failure		413		{object}	problem.Problem	"request.too_large: over 5 MiB"
//	@Failure		415		{object}	problem.Problem	"request.media_type"
//	@Failure		422		{object}	problem.Problem	"request.invalid: no items, or over 1,000"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/camps/{camp_id}/attendances [post]
func (h Handler) recordAtCamp(c *gin.Context) { h.record(c, attendance.Camp) }

// recordAtSite records a demand site's batch.
//
//	@ID				recordAtSite
//	@Summary		Record a batch of presences (the demand site's managers, the centre)
//	@Description	As for camps.
//	@Tags			attendance
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			site_id	path		string			true	"demand site"	format(uuid)
//	@Param			body	body		BatchRequest	true	"the batch"
//	@Success		200		{object}	BatchResponse
//	@Failure		400		{object}	problem.Problem	"unreadable body"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		404		{object}	problem.Problem	"attendance.organiser_not_found"
//	@Failure		409		{object}	problem.Problem	"site.not_approved"
//	@Failure		413		{object}	problem.Problem	"request.too_large: over 5 MiB"
//	@Failure		415		{object}	problem.Problem	"request.media_type"
//	@Failure		422		{object}	problem.Problem	"request.invalid: no items, or over 1,000"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/demand-sites/{site_id}/attendances [post]
func (h Handler) recordAtSite(c *gin.Context) { h.record(c, attendance.Site) }

func (h Handler) record(c *gin.Context, kind string) {
	o, err := organiser(c, kind)
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req struct {
		Items []bind.Raw `json:"items"`
	}
	if err := bind.JSONUpTo(c, bind.BatchLimit, &req); err != nil {
		problem.Write(c, err)
		return
	}
	results, err := h.service.Record(c.Request.Context(), attendance.Record{Organiser: o, Items: items(req.Items)})
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := BatchResponse{Results: make([]ItemResult, len(results))}
	for i, r := range results {
		answer.Results[i] = presentResult(c, r)
	}
	c.JSON(http.StatusOK, answer)
}

// items reads the items of a batch one by one, so that one that cannot be read is the only one refused. Of a batch that
// is too long no more is read than it takes to say so.
func items(raw []bind.Raw) []attendance.Item {
	list := make([]attendance.Item, min(len(raw), attendance.MaxItems+1))
	for i := range list {
		var r ItemRequest
		if err := bind.Decode(raw[i], fmt.Sprintf("items[%d]", i), &r); err != nil {
			list[i] = attendance.Item{ClientID: bind.Member(raw[i], "client_id"), Err: err}
			continue
		}
		list[i] = attendance.Item{ClientID: r.ClientID, VolunteerNumber: r.VolunteerNumber, VolunteerID: r.VolunteerID, ShiftID: r.ShiftID,
			CheckedInAt: r.CheckedInAt, CheckedOutAt: r.CheckedOutAt, Evidence: attendance.Evidence(r.Evidence), TravelMinutes: r.TravelMinutes,
			LateProofID: r.LateProofID, GroupName: r.GroupName}
	}
	return list
}

func presentResult(c *gin.Context, r attendance.Result) ItemResult {
	answer := ItemResult{ClientID: r.ClientID, Status: r.Status, Hold: presentHold(c, r.Hold, "anomaly.hold_staff"), Problem: problem.For(c, r.Err),
		Insurance: warning(c, r.Cover)}
	if r.Attendance != nil {
		answer.AttendanceID, answer.State = &r.Attendance.ID, &r.Attendance.State
	}
	return answer
}
