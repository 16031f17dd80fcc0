package activity

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/activity"
	"dure/domain/kernel/id"
)

// ReasonRequest says why something is given back or called off.
type ReasonRequest struct {
	Reason string `json:"reason" example:"장소를 더 자세히 적어 주십시오." validate:"required" maxLength:"500"`
} //	@name	ActivityReason

// NothingRequest has no members.
type NothingRequest struct{} //	@name	Nothing

// move takes an activity on without a reason.
func (h Handler) move(c *gin.Context, do func(ctx context.Context, activityID id.ID) (activity.Activity, error)) {
	activityID, err := bind.ID(c, "activity_id")
	if err == nil {
		err = bind.JSONIfAny(c, &NothingRequest{})
	}
	if err == nil {
		_, err = do(c.Request.Context(), activityID)
	}
	if err != nil {
		problem.Write(c, err)
		return
	}
	h.answer(c, http.StatusOK, activityID)
}

// stop takes an activity on with a reason.
func (h Handler) stop(c *gin.Context, do func(ctx context.Context, activityID id.ID, reason string) (activity.Activity, error)) {
	var req ReasonRequest
	activityID, err := bind.ID(c, "activity_id")
	if err == nil {
		err = bind.JSON(c, &req)
	}
	if err == nil {
		_, err = do(c.Request.Context(), activityID, req.Reason)
	}
	if err != nil {
		problem.Write(c, err)
		return
	}
	h.answer(c, http.StatusOK, activityID)
}

// submit submits an activity.
//
//	@ID				submitActivity
//	@Summary		Ask the centre to approve an activity (its organiser's people)
//	@Tags			activity
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			activity_id		path		string	true	"activity"	format(uuid)
//	@Param			body			body		NothingRequest	false	"no members; may be left out"
//	@Success		200				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		404				{object}	problem.Problem	"activity.not_found"
//	@Failure		409				{object}	problem.Problem	"activity.state, camp.closed, site.not_approved, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/activities/{activity_id}/submission [post]
func (h Handler) submit(c *gin.Context) { h.move(c, h.service.Submit) }

// approve approves an activity.
//
//	@ID				approveActivity
//	@Summary		Approve an activity (centre officers, not its author)
//	@Description	From now on it is listed and takes sign-ups and attendance.
//	@Tags			activity
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			activity_id		path		string	true	"activity"	format(uuid)
//	@Param			body			body		NothingRequest	false	"no members; may be left out"
//	@Success		200				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		404				{object}	problem.Problem	"activity.not_found"
//	@Failure		409				{object}	problem.Problem	"activity.state, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/activities/{activity_id}/approval [post]
func (h Handler) approve(c *gin.Context) { h.move(c, h.service.Approve) }

// reject gives an activity back.
//
//	@ID				rejectActivity
//	@Summary		Give an activity back with a reason (centre officers, not its author)
//	@Description	It may be edited and submitted again.
//	@Tags			activity
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			activity_id		path		string	true	"activity"	format(uuid)
//	@Param			body			body		ReasonRequest	true	"why"
//	@Success		200				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		404				{object}	problem.Problem	"activity.not_found"
//	@Failure		409				{object}	problem.Problem	"activity.state, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/activities/{activity_id}/rejection [post]
func (h Handler) reject(c *gin.Context) { h.stop(c, h.service.Reject) }

// cancel calls an activity off.
//
//	@ID				cancelActivity
//	@Summary		Call an activity off (its organiser's people, centre officers)
//	@Description	Shifts that have not begun are cancelled with their sign-ups; an activity with shifts that have begun ends.
//	@Tags			activity
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			activity_id		path		string	true	"activity"	format(uuid)
//	@Param			body			body		ReasonRequest	true	"why"
//	@Success		200				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		404				{object}	problem.Problem	"activity.not_found"
//	@Failure		409				{object}	problem.Problem	"activity.state, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/activities/{activity_id}/cancellation [post]
func (h Handler) cancel(c *gin.Context) { h.stop(c, h.service.Cancel) }
