package signup

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/kernel/id"
	"dure/domain/signup"
)

// ApplyRequest has no members: who signs up is who is signed in.
type ApplyRequest struct{} //	@name	SignUpApplication

// CancelRequest may say why a place is given back.
type CancelRequest struct {
	Reason string `json:"reason" example:"몸이 좋지 않습니다." maxLength:"500"`
} //	@name	SignUpCancellation

// ChangeRequest names what changes of a shift; absent members stay.
type ChangeRequest struct {
	Capacity     *int `json:"capacity" example:"8" minimum:"1" maximum:"10000"`
	BreakMinutes *int `json:"break_minutes" example:"10" minimum:"0"`
} //	@name	ShiftChange

// ChangedShift is a shift after a change.
type ChangedShift struct {
	ID           id.ID     `json:"id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7d10"`
	ActivityID   id.ID     `json:"activity_id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7c10"`
	StartsAt     time.Time `json:"starts_at" format:"date-time" example:"2026-07-13T00:00:00Z"`
	EndsAt       time.Time `json:"ends_at" format:"date-time" example:"2026-07-13T03:00:00Z"`
	BreakMinutes int       `json:"break_minutes" example:"10"`
	Capacity     int       `json:"capacity" example:"8"`
	Confirmed    int       `json:"confirmed" example:"6"`
} //	@name	ChangedShift

// apply signs up for a shift.
//
//	@ID				signUp
//	@Summary		Sign up for a shift (the volunteer himself)
//	@Description	confirmed while there are places, then waitlisted with a position. Who is confirmed elsewhere at that time is refused; back to back is none.
//	@Tags			signup
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			shift_id		path		string			true	"shift"	format(uuid)
//	@Param			body			body		ApplyRequest	false	"no members; may be left out"
//	@Success		201				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		404				{object}	problem.Problem	"activity.shift_not_found"
//	@Failure		409				{object}	problem.Problem	"signup.exists, signup.overlap, signup.full, signup.guardian_pending, activity.shift_cancelled, activity.shift_started, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/shifts/{shift_id}/sign-ups [post]
func (h Handler) apply(c *gin.Context) {
	shiftID, err := bind.ID(c, "shift_id")
	if err == nil {
		err = bind.JSONIfAny(c, &ApplyRequest{})
	}
	if err != nil {
		problem.Write(c, err)
		return
	}
	placed, err := h.service.Apply(c.Request.Context(), shiftID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusCreated, present(placed))
}

// cancel gives a place back.
//
//	@ID				cancelSignUp
//	@Summary		Give a place back before the shift begins (the volunteer himself, the shift's organiser, centre officers)
//	@Description	The first on the waitlist who has no other place at that time gets it. Who comes back stands at the end of the waitlist.
//	@Tags			signup
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			sign_up_id		path		string			true	"sign-up"	format(uuid)
//	@Param			body			body		CancelRequest	false	"why; may be left out"
//	@Success		200				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"duty.conflict_of_interest"
//	@Failure		404				{object}	problem.Problem	"signup.not_found"
//	@Failure		409				{object}	problem.Problem	"signup.state, activity.shift_started, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/sign-ups/{sign_up_id}/cancellation [post]
func (h Handler) cancel(c *gin.Context) {
	var req CancelRequest
	signUpID, err := bind.ID(c, "sign_up_id")
	if err == nil {
		err = bind.JSONIfAny(c, &req)
	}
	if err != nil {
		problem.Write(c, err)
		return
	}
	cancelled, err := h.service.Cancel(c.Request.Context(), signUpID, req.Reason)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, present(signup.Placed{SignUp: cancelled}))
}

// change changes a shift's capacity or break.
//
//	@ID				changeShift
//	@Summary		Change a shift's capacity or break before it begins (its organiser's people, centre officers)
//	@Description	Places that become free go to the waitlist. Capacity cannot fall below the places taken. It is set under the shift's lock, so no If-Match is wanted.
//	@Tags			signup
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			shift_id	path		string			true	"shift"	format(uuid)
//	@Param			body		body		ChangeRequest	true	"what changes"
//	@Success		200			{object}	ChangedShift
//	@Failure		400			{object}	problem.Problem	"unreadable body"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden"
//	@Failure		404			{object}	problem.Problem	"activity.shift_not_found"
//	@Failure		409			{object}	problem.Problem	"signup.capacity_taken, activity.shift_cancelled, activity.shift_started"
//	@Failure		413			{object}	problem.Problem	"request.too_large"
//	@Failure		415			{object}	problem.Problem	"request.media_type"
//	@Failure		422			{object}	problem.Problem	"request.invalid"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/shifts/{shift_id} [patch]
func (h Handler) change(c *gin.Context) {
	var req ChangeRequest
	shiftID, err := bind.ID(c, "shift_id")
	if err == nil {
		err = bind.JSON(c, &req)
	}
	if err != nil {
		problem.Write(c, err)
		return
	}
	s, err := h.service.Change(c.Request.Context(), signup.Change{ShiftID: shiftID, Capacity: req.Capacity, BreakMinutes: req.BreakMinutes})
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, ChangedShift{ID: s.ID, ActivityID: s.ActivityID, StartsAt: s.StartsAt.UTC(), EndsAt: s.EndsAt.UTC(),
		BreakMinutes: s.BreakMinutes, Capacity: s.Capacity, Confirmed: s.Confirmed})
}
