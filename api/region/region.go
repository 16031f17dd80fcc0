// Package region serves regions.
package region

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/kernel/calendar"
	"dure/domain/region"
)

// Handler serves the routes of regions.
type Handler struct {
	regions region.Reader
	clock   calendar.Clock
}

// New makes the handler.
func New(regions region.Reader, clock calendar.Clock) Handler { return Handler{regions, clock} }

// Routes registers the routes; regions hold no personal data, so anybody may read them.
func (h Handler) Routes(open, _ gin.IRoutes) {
	open.GET("/regions", h.list)
	open.GET("/regions/:code", h.get)
}

// Response is a region under one of its codes.
type Response struct {
	Code      string       `json:"code" example:"1221052500"`
	Level     region.Level `json:"level" swaggertype:"string" enums:"city,gu,dong" example:"dong"`
	Name      string       `json:"name" example:"충장동"`
	GuName    string       `json:"gu_name" example:"동구"`    // of a gu or dong; empty for a city
	DongName  string       `json:"dong_name" example:"충장동"` // of a dong; empty for a city or gu
	Parent    *string      `json:"parent" extensions:"x-nullable" example:"1221000000"`
	Lat       *float64     `json:"lat" extensions:"x-nullable" example:"35.15058"`
	Lon       *float64     `json:"lon" extensions:"x-nullable" example:"126.91538"`
	ValidFrom calendar.Day `json:"valid_from" format:"date" swaggertype:"string" extensions:"x-nullable" example:"2026-07-01"` // null where it is not known
	ValidTo   calendar.Day `json:"valid_to" format:"date" swaggertype:"string" extensions:"x-nullable"`                        // the last day; null while the code is in use
	Successor *string      `json:"successor" extensions:"x-nullable"`                                                          // the code that took over
} //	@name	Region

// Detail is a region with the code that is in use today and its population.
type Detail struct {
	Response
	Current    string      `json:"current" example:"1221052500"` // the same unit's code today
	Population *Population `json:"population" extensions:"x-nullable"`
} //	@name	RegionDetail

// Population is the newest figure kept. A gu is the sum of its dong, a city the sum of the gu kept here.
type Population struct {
	Month     string `json:"month" format:"year-month" example:"2026-07"`
	Residents int    `json:"residents" example:"5909"`
} //	@name	RegionPopulation

// Page is a page of regions.
type Page struct {
	Items []Response `json:"items"`
	Next  *string    `json:"next" extensions:"x-nullable"`
} //	@name	RegionPage

// list gives regions.
//
//	@ID				listRegions
//	@Summary		List cities, gu and dong
//	@Description	In the order of their codes; without on, those in use today. Readable without a token.
//	@Tags			region
//	@Produce		json
//	@Param			level	query		string	false	"only this level"	Enums(city, gu, dong)
//	@Param			parent	query		string	false	"below this code, present or past: one level deeper unless level is given"	example(1221000000)
//	@Param			on		query		string	false	"codes in use on this day"	format(date)	example(2026-06-30)
//	@Param			q		query		string	false	"part of the name"	example(충장)
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	Page
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/regions [get]
func (h Handler) list(c *gin.Context) {
	q := bind.NewQuery(c, "level", "parent", "on", "q", "limit", "after")
	f := region.Filter{On: q.Day("on"), Parent: q.Text("parent"), Word: q.Text("q"),
		Level: region.Level(q.OneOf("level", "", "city", "gu", "dong"))}
	if f.On.IsZero() {
		f.On = h.clock.Day(h.clock.Now())
	}
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.regions.List(c.Request.Context(), f, p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := Page{Items: make([]Response, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, l := range found.Items {
		answer.Items[i] = present(l)
	}
	c.JSON(http.StatusOK, answer)
}

// get gives one region.
//
//	@ID				getRegion
//	@Summary		Read a region by any code it ever had
//	@Description	An old code still resolves: current is the same unit's code today. Readable without a token.
//	@Tags			region
//	@Produce		json
//	@Param			code	path		string	true	"ten digits"	example(2911052500)
//	@Success		200		{object}	Detail
//	@Failure		404		{object}	problem.Problem	"region.not_found"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/regions/{code} [get]
func (h Handler) get(c *gin.Context) {
	if _, ok := region.LevelOf(c.Param("code")); !ok {
		problem.Write(c, region.ErrNotFound)
		return
	}
	found, err := h.regions.Find(c.Request.Context(), c.Param("code"), h.clock.Day(h.clock.Now()))
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := Detail{Response: present(found.Listed), Current: found.Current}
	if found.Population != nil {
		answer.Population = &Population{Month: found.Population.Month.String()[:7], Residents: found.Population.Count}
	}
	c.JSON(http.StatusOK, answer)
}

func present(l region.Listed) Response {
	r := Response{Code: l.Code, Level: l.Level, Name: l.Name, GuName: l.GuName, Lat: l.Lat, Lon: l.Lon,
		ValidFrom: l.ValidFrom, ValidTo: l.ValidTo}
	if l.Level == region.Dong {
		r.DongName = l.Name
	}
	if l.Parent != "" {
		r.Parent = &l.Parent
	}
	if l.Successor != "" {
		r.Successor = &l.Successor
	}
	return r
}
