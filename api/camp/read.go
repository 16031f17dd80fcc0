package camp

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/camp"
	"dure/domain/kernel/place"
)

// list gives camps.
//
//	@ID				listCamps
//	@Summary		List camps, or find the nearest ones
//	@Description	By name, or nearest first where near is given. Readable without a token.
//	@Tags			camp
//	@Produce		json
//	@Param			region		query		string	false	"code of a city, gu or dong; old codes resolve"	example(1221000000)
//	@Param			near		query		string	false	"point as lat,lon in degrees (WGS84)"			example(35.15,126.91)
//	@Param			radius_m	query		int		false	"metres around near"							default(2000)	minimum(1)	maximum(50000)
//	@Param			open_on		query		string	false	"only camps open on this day"					format(date)	example(2026-07-01)
//	@Param			q			query		string	false	"word in the name"								example(충장)
//	@Param			limit		query		int		false	"rows of a page"								default(20)	minimum(1)	maximum(100)
//	@Param			after		query		string	false	"next of the page before"
//	@Success		200			{object}	Page
//	@Failure		400			{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/camps [get]
func (h Handler) list(c *gin.Context) {
	q := bind.NewQuery(c, "region", "near", "radius_m", "open_on", "q", "limit", "after")
	f := camp.Filter{Region: q.Text("region"), OpenOn: q.Day("open_on"), Word: q.Text("q")}
	radius := q.Int("radius_m", 2000, 1, 50_000)
	if lat, lon, ok := q.LatLon("near"); ok {
		f.Near = &place.Circle{Lat: lat, Lon: lon, Radius: radius}
	}
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.camps.List(c.Request.Context(), f, p)
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

// get gives one camp.
//
//	@ID			getCamp
//	@Summary	Read a camp
//	@Tags		camp
//	@Produce	json
//	@Param		camp_id	path		string	true	"camp"	format(uuid)
//	@Success	200		{object}	Response
//	@Header		200		{string}	ETag	"version, for If-Match"
//	@Failure	404		{object}	problem.Problem	"camp.not_found"
//	@Failure	503		{object}	problem.Problem	"busy, try again"
//	@Router		/camps/{camp_id} [get]
func (h Handler) get(c *gin.Context) {
	campID, err := bind.ID(c, "camp_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	l, err := h.camps.Listed(c.Request.Context(), campID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("ETag", bind.ETag(l.Version))
	c.JSON(http.StatusOK, present(l))
}
