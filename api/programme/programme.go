// Package programme serves incentive programmes and what people hold of them.
package programme

import (
	"time"

	"github.com/gin-gonic/gin"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/programme"
)

// Handler serves the routes of incentive programmes.
type Handler struct {
	service *programme.Service
	reader  programme.Reader
	zone    *time.Location
}

// New makes the handler.
func New(service *programme.Service, reader programme.Reader, clock calendar.Clock) Handler {
	return Handler{service, reader, clock.Zone}
}

// Routes registers the routes.
func (h Handler) Routes(_, signedIn gin.IRoutes) {
	signedIn.GET("/incentive-programmes", h.list)
	signedIn.POST("/incentive-programmes", h.create)
	signedIn.GET("/incentive-programmes/:programme_id", h.get)
	signedIn.POST("/incentive-programmes/:programme_id/versions", h.change)
	signedIn.POST("/incentive-programmes/:programme_id/closure", h.close)
	signedIn.GET("/incentive-programmes/:programme_id/claims", h.claims)
	signedIn.POST("/incentive-programmes/:programme_id/evaluations", h.evaluate)
	signedIn.GET("/incentive-programmes/:programme_id/evaluations/:evaluation_id", h.progress)
	signedIn.GET("/incentive-programmes/:programme_id/evaluations/:evaluation_id/results", h.results)
	signedIn.POST("/incentive-claims/:incentive_claim_id/approval", h.approve)
	signedIn.POST("/incentive-claims/:incentive_claim_id/refusal", h.refuse)
	signedIn.GET("/me/incentives", h.mine)
	signedIn.POST("/me/incentives/:programme_id/claims", h.claim)
}

// Response is a programme.
type Response struct {
	ID          id.ID        `json:"id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10"`
	Code        string       `json:"code" example:"bukgu-v-awards"`
	Name        string       `json:"name" example:"북구 V-어워즈"`
	NameEn      string       `json:"name_en" example:"Buk-gu V-Awards"`
	Owner       string       `json:"owner" example:"광주광역시 북구"`
	Source      string       `json:"source" example:"광주 북구 자원봉사센터 V-어워즈 선정 기준"`
	ClosedOn    calendar.Day `json:"closed_on" format:"date" swaggertype:"string" extensions:"x-nullable"`
	CloseReason string       `json:"close_reason,omitempty" example:"예산 소진"`
	Version     int          `json:"version" example:"1"`
	Versions    []Version    `json:"versions"`
} //	@name	IncentiveProgramme

// Version is the terms of a programme from a day on.
type Version struct {
	Number  int          `json:"number" example:"1"`
	FromDay calendar.Day `json:"from_day" format:"date" swaggertype:"string" example:"2026-07-15"`
	Terms   Terms        `json:"terms"`
	Reason  string       `json:"reason,omitempty" example:"감염병 기간 한시 완화"`
} //	@name	IncentiveVersion

// Page is a page of programmes.
type Page struct {
	Items []Response `json:"items"`
	Next  *string    `json:"next" extensions:"x-nullable"`
} //	@name	IncentiveProgrammePage

func present(w programme.Whole) Response {
	r := Response{ID: w.ID, Code: w.Code, Name: w.Name, NameEn: w.NameEn, Owner: w.Owner, Source: w.Source, ClosedOn: w.ClosedOn,
		CloseReason: w.CloseReason, Version: w.Version, Versions: make([]Version, len(w.Versions))}
	for i, v := range w.Versions {
		r.Versions[i] = Version{v.Number, v.FromDay, presentTerms(v.Terms), v.Reason}
	}
	return r
}
