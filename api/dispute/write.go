package dispute

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/dispute"
	"dure/domain/kernel/id"
)

// OpenRequest says what is wrong: exactly one of the ids, and the times that should count.
type OpenRequest struct {
	AttendanceID id.ID      `json:"attendance_id" format:"uuid" swaggertype:"string"` // a presence that was recorded: other times, or (without times) that it should count
	EntryID      id.ID      `json:"entry_id" format:"uuid" swaggertype:"string"`      // the same, found by an entry of one's hours
	ShiftID      id.ID      `json:"shift_id" format:"uuid" swaggertype:"string"`      // one was there, and nobody recorded it: with times
	SignUpID     id.ID      `json:"sign_up_id" format:"uuid" swaggertype:"string"`    // one is marked as not having come
	CheckedInAt  *time.Time `json:"checked_in_at" format:"date-time" example:"2026-07-14T13:00:00+09:00"`
	CheckedOutAt *time.Time `json:"checked_out_at" format:"date-time" example:"2026-07-14T16:30:00+09:00"`
	Text         string     `json:"text" example:"뒷정리까지 30분 더 있었습니다." validate:"required" maxLength:"2000"`
	DocumentIDs  []id.ID    `json:"document_ids" format:"uuid" swaggertype:"array,string" maxItems:"10"` // evidence, from POST /documents with purpose dispute
} //	@name	DisputeOpening

// WordsRequest is what somebody has to say.
type WordsRequest struct {
	Text string `json:"text" example:"출석부에는 16시까지로 적혀 있습니다." validate:"required" maxLength:"2000"`
} //	@name	DisputeAnswer

// RemarkRequest may say why.
type RemarkRequest struct {
	Text string `json:"text" example:"출석부 사진을 다시 봐 주십시오." maxLength:"2000"`
} //	@name	DisputeRemark

// DecisionRequest is a decision. A grant without times grants those that were wanted, or else those that were recorded.
type DecisionRequest struct {
	Decision     string     `json:"decision" enums:"granted,declined" example:"granted" validate:"required"`
	CheckedInAt  *time.Time `json:"checked_in_at" format:"date-time" example:"2026-07-14T13:00:00+09:00"`
	CheckedOutAt *time.Time `json:"checked_out_at" format:"date-time" example:"2026-07-14T16:30:00+09:00"`
	Reason       string     `json:"reason" example:"함께 정리한 두 사람이 확인했습니다." validate:"required" maxLength:"500"`
} //	@name	DisputeDecision

// open opens a dispute.
//
//	@ID				openDispute
//	@Summary		Object to what was made of one's own presence (every volunteer)
//	@Description	About a presence (attendance_id, or entry_id of one's hours), one that nobody recorded (shift_id with times), or a no-show
//	@Description	mark (sign_up_id). What counts already can only be given other times. It is to be answered until due_at; unanswered, it goes to the centre.
//	@Tags			dispute
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string		false	"the same key and body is served once"
//	@Param			body			body		OpenRequest	true	"what is wrong"
//	@Success		201				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"attendance.no_person"
//	@Failure		404				{object}	problem.Problem	"attendance.not_found, ledger.entry_not_found, attendance.shift_not_found, signup.not_found, document.not_found"
//	@Failure		409				{object}	problem.Problem	"dispute.open_already, dispute.presence_recorded, attendance.state, activity_not_approved, shift_cancelled, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, attendance.end_before_start, too_long, in_future, outside_shift, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/me/disputes [post]
func (h Handler) open(c *gin.Context) {
	var req OpenRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	d, err := h.service.Open(c.Request.Context(), dispute.Opening{AttendanceID: req.AttendanceID, EntryID: req.EntryID, ShiftID: req.ShiftID,
		SignUpID: req.SignUpID, CheckedInAt: req.CheckedInAt, CheckedOutAt: req.CheckedOutAt, Claim: req.Text, Documents: req.DocumentIDs})
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusCreated, present(d))
}

// answer answers a dispute.
//
//	@ID				answerDispute
//	@Summary		Answer a dispute (the organiser's people, the centre)
//	@Description	Who entered or verified the presence may answer; who answers leaves the decision to another.
//	@Tags			dispute
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			dispute_id		path		string			true	"dispute"	format(uuid)
//	@Param			body			body		WordsRequest	true	"the answer"
//	@Success		200				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		404				{object}	problem.Problem	"dispute.not_found"
//	@Failure		409				{object}	problem.Problem	"dispute.state, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/disputes/{dispute_id}/answer [post]
func (h Handler) answer(c *gin.Context) {
	var req WordsRequest
	h.act(c, bind.JSON(c, &req), func(ctx context.Context, disputeID id.ID) (dispute.Dispute, error) {
		return h.service.Answer(ctx, disputeID, req.Text)
	})
}

// decide decides on a dispute.
//
//	@ID				decideDispute
//	@Summary		Decide on a dispute that was answered or escalated (the organiser's head, the centre's officers; what was escalated, only officers)
//	@Description	Whoever decides has had no part in it: neither the volunteer nor anybody near to him, nor who entered, verified, corrected, answered or
//	@Description	decided before. A grant posts the difference at once by new entries. After an escalation the decision is final and closes the dispute.
//	@Tags			dispute
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			dispute_id		path		string			true	"dispute"	format(uuid)
//	@Param			body			body		DecisionRequest	true	"the decision"
//	@Success		200				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		404				{object}	problem.Problem	"dispute.not_found"
//	@Failure		409				{object}	problem.Problem	"dispute.state, attendance.activity_not_approved, shift_cancelled, guardian_pending, volunteer_withdrawn, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, attendance.times_missing, end_before_start, too_long, in_future, outside_shift, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/disputes/{dispute_id}/decision [post]
func (h Handler) decide(c *gin.Context) {
	var req DecisionRequest
	h.act(c, bind.JSON(c, &req), func(ctx context.Context, disputeID id.ID) (dispute.Dispute, error) {
		return h.service.Decide(ctx, disputeID, dispute.Decision{Outcome: dispute.Outcome(req.Decision), CheckedInAt: req.CheckedInAt,
			CheckedOutAt: req.CheckedOutAt, Reason: req.Reason})
	})
}

// escalate escalates a dispute.
//
//	@ID				escalateDispute
//	@Summary		Take a declined dispute to the centre, where another officer decides for good (the volunteer himself, until due_at)
//	@Tags			dispute
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			dispute_id		path		string			true	"dispute"	format(uuid)
//	@Param			body			body		RemarkRequest	false	"may be left out"
//	@Success		200				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		404				{object}	problem.Problem	"dispute.not_found"
//	@Failure		409				{object}	problem.Problem	"dispute.state, dispute.too_late, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/disputes/{dispute_id}/escalation [post]
func (h Handler) escalate(c *gin.Context) {
	var req RemarkRequest
	h.act(c, bind.JSONIfAny(c, &req), func(ctx context.Context, disputeID id.ID) (dispute.Dispute, error) {
		return h.service.Escalate(ctx, disputeID, req.Text)
	})
}

// withdraw withdraws a dispute.
//
//	@ID				withdrawDispute
//	@Summary		Withdraw a dispute that waits for an answer or a decision (the volunteer himself)
//	@Tags			dispute
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			dispute_id		path		string			true	"dispute"	format(uuid)
//	@Param			body			body		RemarkRequest	false	"may be left out"
//	@Success		200				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		404				{object}	problem.Problem	"dispute.not_found"
//	@Failure		409				{object}	problem.Problem	"dispute.state, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/disputes/{dispute_id}/withdrawal [post]
func (h Handler) withdraw(c *gin.Context) {
	var req RemarkRequest
	h.act(c, bind.JSONIfAny(c, &req), func(ctx context.Context, disputeID id.ID) (dispute.Dispute, error) {
		return h.service.Withdraw(ctx, disputeID, req.Text)
	})
}

// act does something about the dispute of the path, if the body could be read.
func (h Handler) act(c *gin.Context, unreadable error, do func(context.Context, id.ID) (dispute.Dispute, error)) {
	disputeID, err := bind.ID(c, "dispute_id")
	if err == nil {
		err = unreadable
	}
	if err != nil {
		problem.Write(c, err)
		return
	}
	d, err := do(c.Request.Context(), disputeID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, present(d))
}
