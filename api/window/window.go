// Package window serves the late windows: until when presences may be entered.
package window

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/window"
)

// Handler serves the routes of late windows.
type Handler struct {
	service *window.Service
	windows window.Reader
}

// New makes the handler.
func New(service *window.Service, windows window.Reader) Handler { return Handler{service, windows} }

// Routes registers the routes. Everybody who is signed in may read until when his presences can be entered.
func (h Handler) Routes(_, signedIn gin.IRoutes) {
	signedIn.GET("/late-windows", h.list)
	signedIn.POST("/late-windows", h.set)
}

// Request is a new window.
type Request struct {
	GuCode        string       `json:"gu_code" example:"1221000000"`                                                               // region code of the centre's gu; empty for all that have set nothing
	Months        int          `json:"months" example:"1" minimum:"1" maximum:"24" validate:"required"`                            // after the day of the activity, that day of the month included
	EffectiveFrom calendar.Day `json:"effective_from" format:"date" swaggertype:"string" example:"2026-08-01" validate:"required"` // first day of activity that it holds for: tomorrow at the earliest
	Reference     string       `json:"reference" example:"동구자원봉사센터 운영지침 제12조" validate:"required" maxLength:"200"`                 // where it is written
} //	@name	LateWindowRequest

// Response is a window. A gu's own goes before the city's; among a gu's that hold on a day, the highest version counts.
type Response struct {
	ID            id.ID        `json:"id" format:"uuid" swaggertype:"string"`
	Version       int          `json:"version" example:"2"`
	GuCode        string       `json:"gu_code" example:"1221000000"`
	Months        int          `json:"months" example:"1"`
	EffectiveFrom calendar.Day `json:"effective_from" format:"date" swaggertype:"string" example:"2026-08-01"`
	Reference     string       `json:"reference" example:"동구자원봉사센터 운영지침 제12조"`
} //	@name	LateWindow

// Page is a page of windows.
type Page struct {
	Items []Response `json:"items"`
	Next  *string    `json:"next" extensions:"x-nullable"`
} //	@name	LateWindowPage

// list gives the windows.
//
//	@ID				listLateWindows
//	@Summary		List until when presences may be entered (everybody signed in)
//	@Description	Newest version first, past and coming ones included.
//	@Tags			window
//	@Security		bearer
//	@Produce		json
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	Page
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/late-windows [get]
func (h Handler) list(c *gin.Context) {
	q := bind.NewQuery(c, "limit", "after")
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.windows.List(c.Request.Context(), p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := Page{Items: make([]Response, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, w := range found.Items {
		answer.Items[i] = present(w)
	}
	c.JSON(http.StatusOK, answer)
}

// set adds a window.
//
//	@ID				setLateWindow
//	@Summary		Set until when presences may be entered (centre officers)
//	@Description	It wins over earlier ones of its gu for activities from its first day on, which is tomorrow at the earliest. Windows are never
//	@Description	changed or deleted.
//	@Tags			window
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			body			body		Request	true	"the window"
//	@Success		201				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/late-windows [post]
func (h Handler) set(c *gin.Context) {
	var req Request
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	w, err := h.service.Set(c.Request.Context(), window.Window{GuCode: req.GuCode, Months: req.Months, EffectiveFrom: req.EffectiveFrom,
		Reference: req.Reference})
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusCreated, present(w))
}

func present(w window.Window) Response {
	return Response{ID: w.ID, Version: w.Version, GuCode: w.GuCode, Months: w.Months, EffectiveFrom: w.EffectiveFrom, Reference: w.Reference}
}
