// Package recognition serves the rules by which minutes are recognised.
package recognition

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/recognition"
)

// Handler serves the routes of recognition rules.
type Handler struct {
	service *recognition.Service
	rules   recognition.Reader
}

// New makes the handler.
func New(service *recognition.Service, rules recognition.Reader) Handler {
	return Handler{service, rules}
}

// Routes registers the routes. Everybody who is signed in may read what his minutes are counted by.
func (h Handler) Routes(_, signedIn gin.IRoutes) {
	signedIn.GET("/recognition-rules", h.list)
	signedIn.POST("/recognition-rules", h.decree)
}

// Request is a new rule.
type Request struct {
	Kind          recognition.Kind `json:"kind" swaggertype:"string" enums:"daily_cap,break,travel,shift_window" example:"travel" validate:"required"`
	FieldCode     string           `json:"field_code" example:"1200"`                                                                    // a 1365 field or group of fields; empty for all
	Minutes       int              `json:"minutes" example:"120" minimum:"0" maximum:"1440"`                                             // the most that is recognised in a day (daily_cap, travel), or the margin around the shift (shift_window)
	EffectiveFrom calendar.Day     `json:"effective_from" format:"date" swaggertype:"string" example:"2026-08-01" validate:"required"`   // tomorrow at the earliest
	EffectiveTo   calendar.Day     `json:"effective_to" format:"date" swaggertype:"string" extensions:"x-nullable" example:"2026-08-31"` // the last day; null while it is open
	Owner         string           `json:"owner" enums:"nation,city,gu,centre,school_office" example:"nation" validate:"required"`
	Reference     string           `json:"reference" example:"특별재난지역 자원봉사 인정 기준" validate:"required" maxLength:"200"` // where it is written
} //	@name	RecognitionRuleRequest

// Response is a rule. Among rules of one kind and field that hold on a day, the highest version counts.
type Response struct {
	ID            id.ID            `json:"id" format:"uuid" swaggertype:"string"`
	Version       int              `json:"version" example:"4"`
	Kind          recognition.Kind `json:"kind" swaggertype:"string" enums:"daily_cap,break,travel,shift_window" example:"travel"`
	FieldCode     string           `json:"field_code" example:"1200"`
	Minutes       int              `json:"minutes" example:"120"`
	EffectiveFrom calendar.Day     `json:"effective_from" format:"date" swaggertype:"string" example:"2026-08-01"`
	EffectiveTo   calendar.Day     `json:"effective_to" format:"date" swaggertype:"string" extensions:"x-nullable" example:"2026-08-31"`
	Owner         string           `json:"owner" enums:"nation,city,gu,centre,school_office" example:"nation"`
	Reference     string           `json:"reference" example:"특별재난지역 자원봉사 인정 기준"`
} //	@name	RecognitionRule

// Page is a page of rules.
type Page struct {
	Items []Response `json:"items"`
	Next  *string    `json:"next" extensions:"x-nullable"`
} //	@name	RecognitionRulePage

// list gives the rules.
//
//	@ID				listRecognitionRules
//	@Summary		List the rules by which minutes are recognised (everybody signed in)
//	@Description	Newest version first, past and coming ones included.
//	@Tags			recognition
//	@Security		bearer
//	@Produce		json
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	Page
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/recognition-rules [get]
func (h Handler) list(c *gin.Context) {
	q := bind.NewQuery(c, "limit", "after")
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.rules.List(c.Request.Context(), p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := Page{Items: make([]Response, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, r := range found.Items {
		answer.Items[i] = present(r)
	}
	c.JSON(http.StatusOK, answer)
}

// decree adds a rule.
//
//	@ID				addRecognitionRule
//	@Summary		Add a rule of recognition (centre officers)
//	@Description	It wins over earlier rules of its kind and field from its first day on, which is tomorrow at the earliest. Rules are never changed
//	@Description	or deleted: a rule ends by its last day, or by a newer one.
//	@Tags			recognition
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			body			body		Request	true	"the rule"
//	@Success		201				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/recognition-rules [post]
func (h Handler) decree(c *gin.Context) {
	var req Request
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	rule, err := h.service.Decree(c.Request.Context(), recognition.Rule{Kind: req.Kind, FieldCode: req.FieldCode, Minutes: req.Minutes,
		EffectiveFrom: req.EffectiveFrom, EffectiveTo: req.EffectiveTo, Owner: req.Owner, Reference: req.Reference})
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusCreated, present(rule))
}

func present(r recognition.Rule) Response {
	return Response{ID: r.ID, Version: r.Version, Kind: r.Kind, FieldCode: r.FieldCode, Minutes: r.Minutes, EffectiveFrom: r.EffectiveFrom,
		EffectiveTo: r.EffectiveTo, Owner: r.Owner, Reference: r.Reference}
}
