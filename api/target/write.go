package target

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/kernel/calendar"
	"dure/domain/target"
)

// SetRequest describes a target.
type SetRequest struct {
	Title    string       `json:"title" example:"자원봉사 등록률 32%" validate:"required" maxLength:"100"`
	Metric   string       `json:"metric" example:"registration_rate" validate:"required"` // one of /target-metrics
	Region   string       `json:"region" example:"city" validate:"required"`              // city, or the code of a gu or dong of it; old codes resolve
	Baseline BaselineTold `json:"baseline" validate:"required"`
	Goal     GoalTold     `json:"goal" validate:"required"`
	DueOn    calendar.Day `json:"due_on" format:"date" swaggertype:"string" example:"2028-12-31" validate:"required"` // of metrics that are measured by year a 31 December
	Source   string       `json:"source" example:"자원봉사 종합발전 로드맵" validate:"required" maxLength:"300"`                 // where it is written
} //	@name	TargetSetting

// BaselineTold is where the target begins, as it is written in its source.
type BaselineTold struct {
	Value float64      `json:"value" example:"0.304" validate:"required"` // a share of 1 with up to six decimals, or a whole number
	On    calendar.Day `json:"on" format:"date" swaggertype:"string" example:"2026-06-30" validate:"required"`
} //	@name	TargetBaselineTold

// GoalTold is what is to be reached.
type GoalTold struct {
	Value float64 `json:"value" example:"0.32" validate:"required"`
} //	@name	TargetGoalTold

// ChangeRequest names what changes.
type ChangeRequest struct {
	Title     *string `json:"title" example:"자원봉사 등록률 32%" maxLength:"100"`
	Withdrawn *bool   `json:"withdrawn" example:"true"`                        // true, or absent: what was withdrawn stays so
	Reason    string  `json:"reason" example:"목표를 다시 정하였습니다." maxLength:"500"` // required for a withdrawal
} //	@name	TargetChange

// set decides on a target.
//
//	@ID				setTarget
//	@Summary		Set a target (centre officers)
//	@Description	Metric, region, baseline, goal and day are never changed afterwards; who wants others withdraws it and sets another one.
//	@Tags			target
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string		false	"the same key and body is served once"
//	@Param			body			body		SetRequest	true	"the target"
//	@Success		201				{object}	Found
//	@Header			201				{string}	Location	"path of the target"
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		409				{object}	problem.Problem	"idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/targets [post]
func (h Handler) set(c *gin.Context) {
	var req SetRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	t, err := h.service.Set(c.Request.Context(), target.Draft{Title: req.Title, Metric: req.Metric, Region: req.Region,
		Baseline: target.Value{Value: req.Baseline.Value, On: req.Baseline.On}, Goal: target.Value{Value: req.Goal.Value, On: req.DueOn}, Source: req.Source})
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("Location", "/api/v1"+"/targets/"+t.ID.String())
	h.answer(c, http.StatusCreated, t.ID)
}

// change makes a new version of a target.
//
//	@ID				changeTarget
//	@Summary		Rename or withdraw a target (centre officers)
//	@Description	A new version is made; the ones before stay readable. What is withdrawn is shown to the centre alone.
//	@Tags			target
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			target_id	path		string			true	"target"	format(uuid)
//	@Param			If-Match	header		string			true	"ETag of the target as it was read"
//	@Param			body		body		ChangeRequest	true	"what changes"
//	@Success		200			{object}	Found
//	@Failure		400			{object}	problem.Problem	"unreadable body"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden"
//	@Failure		404			{object}	problem.Problem	"target.not_found"
//	@Failure		409			{object}	problem.Problem	"target.withdrawn"
//	@Failure		412			{object}	problem.Problem	"request.changed"
//	@Failure		413			{object}	problem.Problem	"request.too_large"
//	@Failure		415			{object}	problem.Problem	"request.media_type"
//	@Failure		422			{object}	problem.Problem	"request.invalid"
//	@Failure		428			{object}	problem.Problem	"request.if_match"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/targets/{target_id} [patch]
func (h Handler) change(c *gin.Context) {
	targetID, err := bind.ID(c, "target_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	version, err := bind.IfMatch(c)
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req ChangeRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	if _, err = h.service.Change(c.Request.Context(), target.Change{TargetID: targetID, Version: version, Title: req.Title,
		Withdraw: req.Withdrawn != nil && *req.Withdrawn, Reason: req.Reason}); err != nil {
		problem.Write(c, err)
		return
	}
	h.answer(c, http.StatusOK, targetID)
}
