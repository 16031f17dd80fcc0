package attendance

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/attendance"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
)

// CodeResponse is the code that the organiser's device shows now.
type CodeResponse struct {
	ShiftID    id.ID     `json:"shift_id" format:"uuid" swaggertype:"string"`
	Code       string    `json:"code" example:"04718305"`
	ValidFrom  time.Time `json:"valid_from" format:"date-time" example:"2026-07-14T04:00:00Z"`
	ValidUntil time.Time `json:"valid_until" format:"date-time" example:"2026-07-14T04:00:30Z"`
	QR         string    `json:"qr" example:"dure:check-in:01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a11:04718305"` // to be drawn as a QR code
} //	@name	CheckInCode

// PresenceRequest is what a volunteer's phone sends.
type PresenceRequest struct {
	Code      string    `json:"code" example:"0471 8305" validate:"required" maxLength:"100"`                              // as typed, or the whole text of the QR code
	PhoneTime time.Time `json:"phone_time" format:"date-time" example:"2026-07-14T13:00:05+09:00" extensions:"x-nullable"` // the phone's own clock, if it wants to know whether that is right
} //	@name	CheckInRequest

// PresenceResponse is the attendance as it stands now.
type PresenceResponse struct {
	Response
	Insurance        *Insurance `json:"insurance,omitempty"`                        // of a check-in: whether one is insured
	ClockSkewSeconds *int       `json:"clock_skew_seconds,omitempty" example:"421"` // by how much the phone is ahead (behind, below zero), where it is over 5 minutes
} //	@name	CheckInResponse

// code shows a shift's code.
//
//	@ID				getCheckInCode
//	@Summary		Read the code that a shift's device shows (the organiser's people, the centre)
//	@Description	It changes every 30 seconds; the one before and the one after are taken too. Who may read it is never verified by it.
//	@Tags			attendance
//	@Security		bearer
//	@Produce		json
//	@Param			shift_id	path		string	true	"shift"	format(uuid)
//	@Success		200			{object}	CodeResponse
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden"
//	@Failure		404			{object}	problem.Problem	"attendance.shift_not_found"
//	@Failure		409			{object}	problem.Problem	"attendance.activity_not_approved, attendance.shift_cancelled"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/shifts/{shift_id}/check-in-code [get]
func (h Handler) code(c *gin.Context) {
	shiftID, err := bind.ID(c, "shift_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	code, err := h.service.CheckInCode(c.Request.Context(), shiftID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, CodeResponse{ShiftID: code.ShiftID, Code: code.Digits, ValidFrom: code.ValidFrom, ValidUntil: code.Expiry, QR: code.QR()})
}

// checkIn begins a presence.
//
//	@ID				checkIn
//	@Summary		Check in at a shift with the code that is shown there (every volunteer, for himself)
//	@Description	From two hours before the shift until its end. The server's clock counts. Asked again, it answers the same presence.
//	@Description	It tells whether one is insured from now on; who is not is checked in all the same.
//	@Tags			attendance
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			shift_id	path		string			true	"shift"	format(uuid)
//	@Param			body		body		PresenceRequest	true	"the code"
//	@Success		200			{object}	PresenceResponse
//	@Failure		400			{object}	problem.Problem	"unreadable body"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"attendance.no_person"
//	@Failure		404			{object}	problem.Problem	"attendance.shift_not_found"
//	@Failure		409			{object}	problem.Problem	"attendance.not_yet, shift_over, already_recorded, activity_not_approved, shift_cancelled, guardian_pending, volunteer_withdrawn; site.not_approved"
//	@Failure		413			{object}	problem.Problem	"request.too_large"
//	@Failure		415			{object}	problem.Problem	"request.media_type"
//	@Failure		422			{object}	problem.Problem	"attendance.code_wrong, request.invalid"
//	@Failure		429			{object}	problem.Problem	"request.rate: ten wrong codes, then one each 30 seconds"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/shifts/{shift_id}/check-ins [post]
func (h Handler) checkIn(c *gin.Context) {
	h.presence(c, func(ctx context.Context, shift id.ID, code string) (PresenceResponse, error) {
		a, err := h.service.CheckIn(ctx, shift, code)
		return PresenceResponse{Response: present(a.Attendance), Insurance: presentCover(c, &a.Cover)}, err
	})
}

// checkOut ends a presence.
//
//	@ID				checkOut
//	@Summary		Check out of a shift with the code that is shown there (every volunteer, for himself)
//	@Description	Proved by the code, the presence is verified and posted at once; what is unusual is held. Asked again, it answers the same presence. Until an hour
//	@Description	after the shift's end; what is left open then is closed, and waits for a person.
//	@Tags			attendance
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			shift_id	path		string			true	"shift"	format(uuid)
//	@Param			body		body		PresenceRequest	true	"the code"
//	@Success		200			{object}	PresenceResponse
//	@Failure		400			{object}	problem.Problem	"unreadable body"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"attendance.no_person"
//	@Failure		404			{object}	problem.Problem	"attendance.shift_not_found"
//	@Failure		409			{object}	problem.Problem	"attendance.not_checked_in, shift_over, activity_not_approved, shift_cancelled, guardian_pending, volunteer_withdrawn"
//	@Failure		413			{object}	problem.Problem	"request.too_large"
//	@Failure		415			{object}	problem.Problem	"request.media_type"
//	@Failure		422			{object}	problem.Problem	"attendance.code_wrong, request.invalid"
//	@Failure		429			{object}	problem.Problem	"request.rate: ten wrong codes, then one each 30 seconds"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/shifts/{shift_id}/check-outs [post]
func (h Handler) checkOut(c *gin.Context) {
	h.presence(c, func(ctx context.Context, shift id.ID, code string) (PresenceResponse, error) {
		a, err := h.service.CheckOut(ctx, shift, code)
		return PresenceResponse{Response: present(a)}, err
	})
}

func (h Handler) presence(c *gin.Context, prove func(ctx context.Context, shift id.ID, code string) (PresenceResponse, error)) {
	shiftID, err := bind.ID(c, "shift_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req PresenceRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	right, ok := h.codes.Try(c, auth.From(c.Request.Context()).AccountID.String()+shiftID.String())
	if !ok {
		return
	}
	answer, err := prove(c.Request.Context(), shiftID, req.Code)
	if !errors.Is(err, attendance.ErrCode) {
		right()
	}
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer.ClockSkewSeconds = h.skew(req.PhoneTime)
	c.JSON(http.StatusOK, answer)
}

// skewTold is from how much on a phone is told that its clock is wrong.
const skewTold = 5 * time.Minute

func (h Handler) skew(phone time.Time) *int {
	ahead := phone.Sub(h.clock.Now())
	if phone.IsZero() || ahead.Abs() <= skewTold {
		return nil
	}
	seconds := int(ahead / time.Second)
	return &seconds
}
