package merchant

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/place"
	"dure/domain/merchant"
)

// find gives approved merchants.
//
//	@ID				findMerchants
//	@Summary		Find merchants and facilities, or the nearest ones
//	@Description	Those that are approved and give their discount today; by name, or nearest first where near is given. Readable without a token.
//	@Tags			merchant
//	@Produce		json
//	@Param			region		query		string	false	"code of a city, gu or dong; old codes resolve"	example(1221000000)
//	@Param			near		query		string	false	"point as lat,lon in degrees (WGS84)"			example(35.15,126.91)
//	@Param			radius_m	query		int		false	"metres around near"							default(2000)	minimum(1)	maximum(50000)
//	@Param			kind		query		string	false	"only of this kind"								Enums(merchant, facility, public)
//	@Param			q			query		string	false	"word in the name"								example(국수)
//	@Param			limit		query		int		false	"rows of a page"								default(20)	minimum(1)	maximum(100)
//	@Param			after		query		string	false	"next of the page before"
//	@Success		200			{object}	Page
//	@Failure		400			{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/merchants [get]
func (h Handler) find(c *gin.Context) {
	q := bind.NewQuery(c, "region", "near", "radius_m", "kind", "q", "limit", "after")
	f := merchant.Filter{Region: q.Text("region"), Kind: merchant.Kind(q.OneOf("kind", "", "merchant", "facility", "public")), Word: q.Text("q")}
	radius := q.Int("radius_m", 2000, 1, 50_000)
	if lat, lon, ok := q.LatLon("near"); ok {
		f.Near = &place.Circle{Lat: lat, Lon: lon, Radius: radius}
	}
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.merchants.Find(c.Request.Context(), f, h.clock.Day(h.clock.Now()), p)
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

// get gives one approved merchant.
//
//	@ID			getMerchant
//	@Summary	Read a merchant that gives its discount today
//	@Tags		merchant
//	@Produce	json
//	@Param		merchant_id	path		string	true	"merchant"	format(uuid)
//	@Success	200			{object}	Response
//	@Failure	404			{object}	problem.Problem	"merchant.not_found"
//	@Failure	503			{object}	problem.Problem	"busy, try again"
//	@Router		/merchants/{merchant_id} [get]
func (h Handler) get(c *gin.Context) {
	merchantID, err := bind.ID(c, "merchant_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	l, err := h.merchants.Found(c.Request.Context(), merchantID, h.clock.Day(h.clock.Now()))
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, present(l))
}

// register gives the merchants of who asks.
//
//	@ID				listMerchantRegister
//	@Summary		List merchants in whatever state (signed in: those that one applied for or manages; centre officers: all)
//	@Description	By name.
//	@Tags			merchant
//	@Security		bearer
//	@Produce		json
//	@Param			state	query		string	false	"only in this state"							Enums(applied, approved, rejected, suspended, closed)
//	@Param			region	query		string	false	"code of a city, gu or dong; old codes resolve"	example(1221000000)
//	@Param			kind	query		string	false	"only of this kind"								Enums(merchant, facility, public)
//	@Param			q		query		string	false	"word in the name"								example(국수)
//	@Param			limit	query		int		false	"rows of a page"								default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	RegisterPage
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/merchant-register [get]
func (h Handler) register(c *gin.Context) {
	q := bind.NewQuery(c, "state", "region", "kind", "q", "limit", "after")
	f := merchant.Filter{State: merchant.State(q.OneOf("state", "", "applied", "approved", "rejected", "suspended", "closed")),
		Region: q.Text("region"), Kind: merchant.Kind(q.OneOf("kind", "", "merchant", "facility", "public")), Word: q.Text("q")}
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.merchants.Register(c.Request.Context(), merchant.ScopeOf(auth.From(c.Request.Context())), f, p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := RegisterPage{Items: make([]Registered, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, l := range found.Items {
		answer.Items[i] = presentRegistered(l)
	}
	c.JSON(http.StatusOK, answer)
}

// registered gives one merchant of who asks.
//
//	@ID			getMerchantRegistered
//	@Summary	Read a merchant in whatever state (its applicant and managers, centre officers)
//	@Tags		merchant
//	@Security	bearer
//	@Produce	json
//	@Param		merchant_id	path		string	true	"merchant"	format(uuid)
//	@Success	200			{object}	Registered
//	@Header		200			{string}	ETag	"version, for If-Match"
//	@Failure	401			{object}	problem.Problem	"auth.sign_in"
//	@Failure	404			{object}	problem.Problem	"merchant.not_found"
//	@Failure	503			{object}	problem.Problem	"busy, try again"
//	@Router		/merchant-register/{merchant_id} [get]
func (h Handler) registered(c *gin.Context) {
	merchantID, err := bind.ID(c, "merchant_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	h.answer(c, http.StatusOK, merchantID)
}
