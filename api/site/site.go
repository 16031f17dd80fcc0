// Package site serves demand sites.
package site

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/site"
)

// Handler serves the routes of demand sites.
type Handler struct {
	service *site.Service
	sites   site.Reader
}

// New makes the handler.
func New(service *site.Service, sites site.Reader) Handler { return Handler{service, sites} }

// Routes registers the routes.
func (h Handler) Routes(_, signedIn gin.IRoutes) {
	signedIn.POST("/demand-sites", h.apply)
	signedIn.GET("/demand-sites", h.list)
	signedIn.GET("/demand-sites/:site_id", h.get)
	signedIn.PATCH("/demand-sites/:site_id", h.edit)
	signedIn.POST("/demand-sites/:site_id/approval", h.approve)
	signedIn.POST("/demand-sites/:site_id/rejection", h.reject)
	signedIn.POST("/demand-sites/:site_id/suspension", h.suspend)
	signedIn.POST("/demand-sites/:site_id/closure", h.close)
}

// Response is a demand site.
type Response struct {
	ID        id.ID      `json:"id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7b10"`
	Name      string     `json:"name" example:"동구노인종합복지관"`
	Kind      string     `json:"kind" enums:"public,welfare,education,medical,non_profit,other" example:"welfare"`
	Region    Region     `json:"region"`
	Address   string     `json:"address" example:"광주광역시 동구 지호로 1"`
	Phone     string     `json:"phone" example:"062-608-2114"`
	State     string     `json:"state" enums:"applied,approved,rejected,suspended,closed" example:"approved"`
	AppliedAt time.Time  `json:"applied_at" format:"date-time" example:"2026-07-01T00:00:00Z"`
	DecidedAt *time.Time `json:"decided_at" format:"date-time" extensions:"x-nullable" example:"2026-07-08T00:00:00Z"`
	Reason    string     `json:"reason" example:"고유번호증을 다시 내 주십시오."`
} //	@name	DemandSite

// Region is the gu or dong of a demand site.
type Region struct {
	Code     string `json:"code" example:"1221052500"`
	GuName   string `json:"gu_name" example:"동구"`
	DongName string `json:"dong_name" example:"충장동"`
} //	@name	DemandSiteRegion

// Page is a page of demand sites.
type Page struct {
	Items []Response `json:"items"`
	Next  *string    `json:"next" extensions:"x-nullable"`
} //	@name	DemandSitePage

func present(l site.Listed) Response {
	r := Response{ID: l.ID, Name: l.Name, Kind: string(l.Kind), Region: Region{Code: l.RegionCode, GuName: l.GuName, DongName: l.DongName},
		Address: l.Address, Phone: l.Phone, State: string(l.State), AppliedAt: l.AppliedAt.UTC()}
	if l.DecidedAt != nil {
		at := l.DecidedAt.UTC()
		r.DecidedAt = &at
	}
	if l.State != site.Approved { // those are seen by more than the applicant and the centre
		r.Reason = l.Reason
	}
	return r
}

// answer shows the demand site as it stands now, as far as the reader may see it.
func (h Handler) answer(c *gin.Context, status int, siteID id.ID) {
	l, err := h.sites.Listed(c.Request.Context(), site.ScopeOf(auth.From(c.Request.Context())), siteID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("ETag", bind.ETag(l.Version))
	c.JSON(status, present(l))
}

// list gives demand sites.
//
//	@ID				listDemandSites
//	@Summary		List demand sites (signed in)
//	@Description	By name. Everybody sees approved ones and his own, centre officers all.
//	@Tags			site
//	@Security		bearer
//	@Produce		json
//	@Param			state	query		string	false	"only in this state"							Enums(applied, approved, rejected, suspended, closed)
//	@Param			region	query		string	false	"code of a city, gu or dong; old codes resolve"	example(1221000000)
//	@Param			q		query		string	false	"part of the name"								example(복지관)
//	@Param			limit	query		int		false	"rows of a page"								default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	Page
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/demand-sites [get]
func (h Handler) list(c *gin.Context) {
	q := bind.NewQuery(c, "state", "region", "q", "limit", "after")
	f := site.Filter{State: site.State(q.OneOf("state", "", "applied", "approved", "rejected", "suspended", "closed")),
		Region: q.Text("region"), Word: q.Text("q")}
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.sites.List(c.Request.Context(), site.ScopeOf(auth.From(c.Request.Context())), f, p)
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

// get gives one demand site.
//
//	@ID			getDemandSite
//	@Summary	Read a demand site (signed in; one that is not approved: the applicant, its managers, centre officers)
//	@Tags		site
//	@Security	bearer
//	@Produce	json
//	@Param		site_id	path		string	true	"demand site"	format(uuid)
//	@Success	200		{object}	Response
//	@Header		200		{string}	ETag	"version, for If-Match"
//	@Failure	401		{object}	problem.Problem	"auth.sign_in"
//	@Failure	404		{object}	problem.Problem	"site.not_found"
//	@Failure	503		{object}	problem.Problem	"busy, try again"
//	@Router		/demand-sites/{site_id} [get]
func (h Handler) get(c *gin.Context) {
	siteID, err := bind.ID(c, "site_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	h.answer(c, http.StatusOK, siteID)
}
