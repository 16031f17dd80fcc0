package attendance

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/attendance"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// CorrectionRequest proposes other times.
type CorrectionRequest struct {
	CheckedInAt  time.Time `json:"checked_in_at" format:"date-time" example:"2026-07-14T13:00:00+09:00" validate:"required"`
	CheckedOutAt time.Time `json:"checked_out_at" format:"date-time" example:"2026-07-14T16:30:00+09:00" validate:"required"`
	LateProofID  id.ID     `json:"late_proof_id" format:"uuid" swaggertype:"string"` // a document handed in by the same person, where the window (/late-windows) is over
	Reason       string    `json:"reason" example:"30분 더 남아 정리했습니다." validate:"required" maxLength:"500"`
} //	@name	AttendanceCorrection

// ReasonRequest says why.
type ReasonRequest struct {
	Reason string `json:"reason" example:"다른 사람의 번호로 적혔습니다." validate:"required" maxLength:"500"`
} //	@name	AttendanceReason

// ChangeResponse is a correction or reversal, proposed by one person and decided by another.
type ChangeResponse struct {
	ID           id.ID                  `json:"id" format:"uuid" swaggertype:"string"`
	AttendanceID id.ID                  `json:"attendance_id" format:"uuid" swaggertype:"string"`
	Kind         attendance.ChangeKind  `json:"kind" swaggertype:"string" enums:"correction,reversal" example:"correction"`
	CheckedInAt  *time.Time             `json:"checked_in_at" format:"date-time" extensions:"x-nullable" example:"2026-07-14T04:00:00Z"` // proposed by a correction
	CheckedOutAt *time.Time             `json:"checked_out_at" format:"date-time" extensions:"x-nullable" example:"2026-07-14T07:30:00Z"`
	Reason       string                 `json:"reason" example:"30분 더 남아 정리했습니다."`
	State        attendance.ChangeState `json:"state" swaggertype:"string" enums:"proposed,applied,refused" example:"proposed"`
	ProposedAt   time.Time              `json:"proposed_at" format:"date-time" example:"2026-07-15T01:00:00Z"`
	ProposedByMe bool                   `json:"proposed_by_me" example:"true"` // then another person has to decide
	DecidedAt    *time.Time             `json:"decided_at" format:"date-time" extensions:"x-nullable"`
	Decision     string                 `json:"decision" example:""`                                                      // why it was refused
	LateProofID  *id.ID                 `json:"late_proof_id" format:"uuid" swaggertype:"string" extensions:"x-nullable"` // the proof of a correction that came after the window
} //	@name	AttendanceChange

// ListedChange is a change beside what it is to change.
type ListedChange struct {
	ChangeResponse
	ShiftID         id.ID      `json:"shift_id" format:"uuid" swaggertype:"string"`
	ActivityTitle   string     `json:"activity_title" example:"경로당 급식 봉사"`
	VolunteerNumber string     `json:"volunteer_number" example:"1234-5678"`
	VolunteerName   string     `json:"volunteer_name" example:"홍*동"`
	CountedInAt     time.Time  `json:"counted_in_at" format:"date-time" example:"2026-07-14T04:00:00Z"` // what counts now
	CountedOutAt    *time.Time `json:"counted_out_at" format:"date-time" extensions:"x-nullable" example:"2026-07-14T07:00:00Z"`
} //	@name	AttendanceChangeListed

// ChangePage is a page of changes.
type ChangePage struct {
	Items []ListedChange `json:"items"`
	Next  *string        `json:"next" extensions:"x-nullable"`
} //	@name	AttendanceChangePage

// correct proposes a correction.
//
//	@ID				correctAttendance
//	@Summary		Propose other times for an attendance (the volunteer himself, the organiser's people, the centre)
//	@Description	It takes effect, and the difference is posted, when another person of the organiser or the centre verifies it. Proposing the very
//	@Description	same that another has proposed verifies it, and answers 200. After the window it takes a document as proof, late_proof_id,
//	@Description	and only who approves late entries verifies it.
//	@Tags			attendance
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			attendance_id	path		string				true	"attendance"	format(uuid)
//	@Param			Idempotency-Key	header		string				false	"the same key and body is served once"
//	@Param			body			body		CorrectionRequest	true	"the times"
//	@Success		200				{object}	ChangeResponse	"another had proposed the same: it took effect"
//	@Success		201				{object}	ChangeResponse
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"duty.conflict_of_interest, attendance.late_approval_required"
//	@Failure		404				{object}	problem.Problem	"attendance.not_found, document.not_found"
//	@Failure		409				{object}	problem.Problem	"attendance.change_open, attendance.state, attendance.late_window_closed"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, attendance.times_missing, end_before_start, too_long, in_future, outside_shift, late_proof_not_needed"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/attendances/{attendance_id}/corrections [post]
func (h Handler) correct(c *gin.Context) {
	var req CorrectionRequest
	h.propose(c, &req, func(ctx context.Context, attendanceID id.ID) (attendance.Change, error) {
		return h.service.Correct(ctx, attendanceID, req.CheckedInAt, req.CheckedOutAt, req.Reason, optional(req.LateProofID))
	})
}

// reverse proposes a reversal.
//
//	@ID				reverseAttendance
//	@Summary		Propose to take back an attendance that counts (the organiser's people, the centre)
//	@Description	Two persons, as for a correction.
//	@Tags			attendance
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			attendance_id	path		string			true	"attendance"	format(uuid)
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			body			body		ReasonRequest	true	"why"
//	@Success		200				{object}	ChangeResponse	"another had proposed the same: it took effect"
//	@Success		201				{object}	ChangeResponse
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		404				{object}	problem.Problem	"attendance.not_found"
//	@Failure		409				{object}	problem.Problem	"attendance.change_open, attendance.state"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/attendances/{attendance_id}/reversals [post]
func (h Handler) reverse(c *gin.Context) {
	var req ReasonRequest
	h.propose(c, &req, func(ctx context.Context, attendanceID id.ID) (attendance.Change, error) {
		return h.service.Reverse(ctx, attendanceID, req.Reason)
	})
}

func (h Handler) propose(c *gin.Context, req any, propose func(context.Context, id.ID) (attendance.Change, error)) {
	attendanceID, err := bind.ID(c, "attendance_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	if err := bind.JSON(c, req); err != nil {
		problem.Write(c, err)
		return
	}
	change, err := propose(c.Request.Context(), attendanceID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	status := http.StatusCreated
	if change.State != attendance.Proposed {
		status = http.StatusOK
	}
	c.JSON(status, presentChange(c, change))
}

// verifyChange verifies a proposed change.
//
//	@ID			verifyAttendanceChange
//	@Summary	Verify a correction or reversal that another proposed (the organiser's people, the centre)
//	@Tags		attendance
//	@Security	bearer
//	@Accept		json
//	@Produce	json
//	@Param		attendance_id	path		string	true	"attendance"	format(uuid)
//	@Param		change_id		path		string	true	"change"		format(uuid)
//	@Success	200				{object}	ChangeResponse
//	@Failure	400				{object}	problem.Problem	"unreadable body"
//	@Failure	401				{object}	problem.Problem	"auth.sign_in"
//	@Failure	403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest, attendance.late_approval_required"
//	@Failure	404				{object}	problem.Problem	"attendance.not_found, attendance.change_not_found"
//	@Failure	409				{object}	problem.Problem	"attendance.change_decided, attendance.state"
//	@Failure	413				{object}	problem.Problem	"request.too_large"
//	@Failure	415				{object}	problem.Problem	"request.media_type"
//	@Failure	503				{object}	problem.Problem	"busy, try again"
//	@Router		/attendances/{attendance_id}/changes/{change_id}/verification [post]
func (h Handler) verifyChange(c *gin.Context) {
	if err := bind.JSONIfAny(c, &struct{}{}); err != nil {
		problem.Write(c, err)
		return
	}
	h.decideChange(c, true, "")
}

// refuseChange refuses a proposed change.
//
//	@ID			refuseAttendanceChange
//	@Summary	Refuse a correction or reversal that another proposed (the organiser's people, the centre)
//	@Tags		attendance
//	@Security	bearer
//	@Accept		json
//	@Produce	json
//	@Param		attendance_id	path		string			true	"attendance"	format(uuid)
//	@Param		change_id		path		string			true	"change"		format(uuid)
//	@Param		body			body		ReasonRequest	true	"why"
//	@Success	200				{object}	ChangeResponse
//	@Failure	400				{object}	problem.Problem	"unreadable body"
//	@Failure	401				{object}	problem.Problem	"auth.sign_in"
//	@Failure	403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure	404				{object}	problem.Problem	"attendance.not_found, attendance.change_not_found"
//	@Failure	409				{object}	problem.Problem	"attendance.change_decided"
//	@Failure	413				{object}	problem.Problem	"request.too_large"
//	@Failure	415				{object}	problem.Problem	"request.media_type"
//	@Failure	422				{object}	problem.Problem	"request.invalid"
//	@Failure	503				{object}	problem.Problem	"busy, try again"
//	@Router		/attendances/{attendance_id}/changes/{change_id}/refusal [post]
func (h Handler) refuseChange(c *gin.Context) {
	var req ReasonRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	h.decideChange(c, false, req.Reason)
}

func (h Handler) decideChange(c *gin.Context, verify bool, reason string) {
	ids, err := bind.IDs(c, "attendance_id", "change_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	change, err := h.service.DecideChange(c.Request.Context(), ids[0], ids[1], verify, reason)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, presentChange(c, change))
}

// changesAtCamp lists a camp's changes.
//
//	@ID			listAttendanceChangesAtCamp
//	@Summary	List corrections and reversals of a camp's attendances (the camp's head and keepers, the centre)
//	@Tags		attendance
//	@Security	bearer
//	@Produce	json
//	@Param		camp_id	path		string	true	"camp"	format(uuid)
//	@Param		state	query		string	false	"only this state"	Enums(proposed, applied, refused)
//	@Param		limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param		after	query		string	false	"next of the page before"
//	@Success	200		{object}	ChangePage
//	@Failure	400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure	401		{object}	problem.Problem	"auth.sign_in"
//	@Failure	403		{object}	problem.Problem	"auth.forbidden"
//	@Failure	404		{object}	problem.Problem	"attendance.organiser_not_found"
//	@Failure	503		{object}	problem.Problem	"busy, try again"
//	@Router		/camps/{camp_id}/attendance-changes [get]
func (h Handler) changesAtCamp(c *gin.Context) { h.changes(c, attendance.Camp) }

// changesAtSite lists a demand site's changes.
//
//	@ID			listAttendanceChangesAtSite
//	@Summary	List corrections and reversals of a demand site's attendances (the demand site's managers, the centre)
//	@Tags		attendance
//	@Security	bearer
//	@Produce	json
//	@Param		site_id	path		string	true	"demand site"	format(uuid)
//	@Param		state	query		string	false	"only this state"	Enums(proposed, applied, refused)
//	@Param		limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param		after	query		string	false	"next of the page before"
//	@Success	200		{object}	ChangePage
//	@Failure	400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure	401		{object}	problem.Problem	"auth.sign_in"
//	@Failure	403		{object}	problem.Problem	"auth.forbidden"
//	@Failure	404		{object}	problem.Problem	"attendance.organiser_not_found"
//	@Failure	503		{object}	problem.Problem	"busy, try again"
//	@Router		/demand-sites/{site_id}/attendance-changes [get]
func (h Handler) changesAtSite(c *gin.Context) { h.changes(c, attendance.Site) }

func (h Handler) changes(c *gin.Context, kind string) {
	o, err := organiser(c, kind)
	if err != nil {
		problem.Write(c, err)
		return
	}
	q := bind.NewQuery(c, "state", "limit", "after")
	state, p := attendance.ChangeState(q.OneOf("state", "", "proposed", "applied", "refused")), q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.ListChanges(c.Request.Context(), o, state, p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := ChangePage{Items: make([]ListedChange, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, l := range found.Items {
		answer.Items[i] = ListedChange{ChangeResponse: presentChange(c, l.Change), ShiftID: l.ShiftID, ActivityTitle: l.ActivityTitle,
			VolunteerNumber: l.VolunteerNumber, VolunteerName: text.Mask(l.VolunteerName), CountedInAt: l.CountedInAt, CountedOutAt: l.CountedOutAt}
	}
	c.JSON(http.StatusOK, answer)
}

func presentChange(c *gin.Context, ch attendance.Change) ChangeResponse {
	return ChangeResponse{ID: ch.ID, AttendanceID: ch.AttendanceID, Kind: ch.Kind, CheckedInAt: ch.CheckedInAt, CheckedOutAt: ch.CheckedOutAt,
		Reason: ch.Reason, State: ch.State, ProposedAt: ch.ProposedAt, ProposedByMe: ch.ProposedBy == auth.From(c.Request.Context()).AccountID,
		DecidedAt: ch.DecidedAt, Decision: ch.Decision, LateProofID: ch.LateProofID}
}
