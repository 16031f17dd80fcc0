package activity

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/activity"
	"dure/domain/kernel/calendar"
)

// ScheduleRequest describes a shift, or with repeat several.
type ScheduleRequest struct {
	StartsAt     time.Time      `json:"starts_at" format:"date-time" example:"2026-07-13T09:00:00+09:00" validate:"required"`
	EndsAt       time.Time      `json:"ends_at" format:"date-time" example:"2026-07-13T12:00:00+09:00" validate:"required"`
	BreakMinutes int            `json:"break_minutes" example:"10" minimum:"0"`
	Capacity     int            `json:"capacity" example:"5" minimum:"1" maximum:"10000" validate:"required"`
	Repeat       *RepeatRequest `json:"repeat" extensions:"x-nullable"`
} //	@name	ShiftSchedule

// RepeatRequest says on which days a shift comes again, at the same time of the city's clock.
type RepeatRequest struct {
	Rule  string       `json:"rule" example:"FREQ=WEEKLY;BYDAY=MO,WE" validate:"required" maxLength:"200"`
	Until calendar.Day `json:"until" format:"date" swaggertype:"string" example:"2026-12-31" validate:"required"`
} //	@name	ShiftRepeat

// ScheduledResponse tells which shifts were made, and which were there already.
type ScheduledResponse struct {
	Items   []Shift `json:"items"`
	Skipped []Span  `json:"skipped"`
} //	@name	ShiftsScheduled

// Span is a stretch of time.
type Span struct {
	StartsAt time.Time `json:"starts_at" format:"date-time" example:"2026-07-13T00:00:00Z"`
	EndsAt   time.Time `json:"ends_at" format:"date-time" example:"2026-07-13T03:00:00Z"`
} //	@name	ShiftSpan

// CancelledShift is a shift that was called off.
type CancelledShift struct {
	Shift
	CancelledAt time.Time `json:"cancelled_at" format:"date-time" example:"2026-07-12T08:00:00Z"`
} //	@name	CancelledShift

// schedule adds shifts to an activity.
//
//	@ID				scheduleShifts
//	@Summary		Add a shift to an activity, or up to 400 recurring ones (its organiser's people)
//	@Description	repeat.rule is an RRULE (RFC 5545) of FREQ=DAILY, WEEKLY or MONTHLY with INTERVAL, COUNT, BYDAY, BYMONTHDAY, WKST, in the city's time.
//	@Description	The first shift is on the first day of the rule from starts_at on. Shifts the activity has already are told in skipped.
//	@Tags			activity
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			activity_id		path		string			true	"activity"	format(uuid)
//	@Param			body			body		ScheduleRequest	true	"the shift"
//	@Success		201				{object}	ScheduledResponse
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		404				{object}	problem.Problem	"activity.not_found"
//	@Failure		409				{object}	problem.Problem	"activity.state, activity.shift_exists, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/activities/{activity_id}/shifts [post]
func (h Handler) schedule(c *gin.Context) {
	var req ScheduleRequest
	activityID, err := bind.ID(c, "activity_id")
	if err == nil {
		err = bind.JSON(c, &req)
	}
	if err != nil {
		problem.Write(c, err)
		return
	}
	cmd := activity.Schedule{ActivityID: activityID, Span: calendar.Span{Start: req.StartsAt, End: req.EndsAt},
		BreakMinutes: req.BreakMinutes, Capacity: req.Capacity, Repeat: (*activity.Repeat)(req.Repeat)}
	done, err := h.service.Schedule(c.Request.Context(), cmd)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := ScheduledResponse{Items: make([]Shift, len(done.Made)), Skipped: make([]Span, len(done.Skipped))}
	for i, s := range done.Made {
		answer.Items[i] = presentShift(s, done.Title)
	}
	for i, s := range done.Skipped {
		answer.Skipped[i] = Span{s.Start.UTC(), s.End.UTC()}
	}
	c.JSON(http.StatusCreated, answer)
}

// cancelShift calls a shift off.
//
//	@ID				cancelShift
//	@Summary		Call a shift off before it begins, and with it its sign-ups (its organiser's people, centre officers)
//	@Tags			activity
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			shift_id		path		string			true	"shift"	format(uuid)
//	@Param			body			body		ReasonRequest	true	"why"
//	@Success		200				{object}	CancelledShift
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		404				{object}	problem.Problem	"activity.shift_not_found, activity.not_found"
//	@Failure		409				{object}	problem.Problem	"activity.shift_cancelled, activity.shift_started, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/shifts/{shift_id}/cancellation [post]
func (h Handler) cancelShift(c *gin.Context) {
	var req ReasonRequest
	shiftID, err := bind.ID(c, "shift_id")
	if err == nil {
		err = bind.JSON(c, &req)
	}
	if err != nil {
		problem.Write(c, err)
		return
	}
	s, err := h.service.CancelShift(c.Request.Context(), shiftID, req.Reason)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, CancelledShift{presentShift(s.Shift, s.ActivityTitle), s.CancelledAt.UTC()})
}
