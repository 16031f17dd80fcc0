package anomaly

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/anomaly"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

// RuleRequest is a new rule. What the thresholds mean depends on the kind: entries_per_hour and walk_ins_per_day, the most of
// one account; too_far, km/h and metres; repeated_group, persons and days (of 30); unlike_shift, percent of the shift above
// and below; night, minutes after midnight from and to; no_consent has none.
type RuleRequest struct {
	Kind            anomaly.Kind `json:"kind" swaggertype:"string" enums:"entries_per_hour,walk_ins_per_day,no_consent,too_far,repeated_group,unlike_shift,night" example:"walk_ins_per_day" validate:"required"`
	Threshold       int          `json:"threshold" example:"50" minimum:"0"`
	SecondThreshold int          `json:"second_threshold" example:"0" minimum:"0"`
	Active          *bool        `json:"active" example:"true" validate:"required"`                                                  // false: it is not looked for
	EffectiveFrom   calendar.Day `json:"effective_from" format:"date" swaggertype:"string" example:"2026-08-01" validate:"required"` // tomorrow at the earliest
	Reference       string       `json:"reference" example:"2026년 여름 축제 기간" validate:"required" maxLength:"200"`                     // where it is written, or why
} //	@name	AnomalyRuleRequest

// RuleResponse is a rule. Among rules of one kind that hold on the day of recording, the highest version counts.
type RuleResponse struct {
	ID              id.ID        `json:"id" format:"uuid" swaggertype:"string"`
	Version         int          `json:"version" example:"8"`
	Kind            anomaly.Kind `json:"kind" swaggertype:"string" enums:"entries_per_hour,walk_ins_per_day,no_consent,too_far,repeated_group,unlike_shift,night" example:"walk_ins_per_day"`
	Threshold       int          `json:"threshold" example:"50"`
	SecondThreshold int          `json:"second_threshold" example:"0"`
	Active          bool         `json:"active" example:"true"`
	EffectiveFrom   calendar.Day `json:"effective_from" format:"date" swaggertype:"string" example:"2026-08-01"`
	Reference       string       `json:"reference" example:"2026년 여름 축제 기간"`
} //	@name	AnomalyRule

// RulePage is a page of rules.
type RulePage struct {
	Items []RuleResponse `json:"items"`
	Next  *string        `json:"next" extensions:"x-nullable"`
} //	@name	AnomalyRulePage

// rules gives the rules.
//
//	@ID				listAnomalyRules
//	@Summary		List the rules of what is unusual (centre officers)
//	@Description	Newest version first, past and coming ones included. Others may not read what is overlooked.
//	@Tags			anomaly
//	@Security		bearer
//	@Produce		json
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	RulePage
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/anomaly-rules [get]
func (h Handler) rules(c *gin.Context) {
	q := bind.NewQuery(c, "limit", "after")
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.Rules(c.Request.Context(), p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := RulePage{Items: make([]RuleResponse, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, r := range found.Items {
		answer.Items[i] = presentRule(r)
	}
	c.JSON(http.StatusOK, answer)
}

// decree adds a rule.
//
//	@ID				addAnomalyRule
//	@Summary		Add a rule of what is unusual (centre officers)
//	@Description	It wins over earlier rules of its kind from its first day on, which is tomorrow at the earliest. Rules are never changed or
//	@Description	deleted: a rule ends by a newer one, which may be inactive.
//	@Tags			anomaly
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string		false	"the same key and body is served once"
//	@Param			body			body		RuleRequest	true	"the rule"
//	@Success		201				{object}	RuleResponse
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/anomaly-rules [post]
func (h Handler) decree(c *gin.Context) {
	var req RuleRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	if req.Active == nil {
		problem.Write(c, fault.ErrInvalid.On("active", "required"))
		return
	}
	rule, err := h.service.Decree(c.Request.Context(), anomaly.Rule{Kind: req.Kind, Threshold: req.Threshold, SecondThreshold: req.SecondThreshold,
		Active: *req.Active, EffectiveFrom: req.EffectiveFrom, Reference: req.Reference})
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusCreated, presentRule(rule))
}

func presentRule(r anomaly.Rule) RuleResponse {
	return RuleResponse{ID: r.ID, Version: r.Version, Kind: r.Kind, Threshold: r.Threshold, SecondThreshold: r.SecondThreshold,
		Active: r.Active, EffectiveFrom: r.EffectiveFrom, Reference: r.Reference}
}
