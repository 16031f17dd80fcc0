// Package camp serves camps.
package camp

import (
	"github.com/gin-gonic/gin"

	"dure/domain/camp"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// Handler serves the routes of camps.
type Handler struct {
	service *camp.Service
	camps   camp.Reader
}

// New makes the handler.
func New(service *camp.Service, camps camp.Reader) Handler { return Handler{service, camps} }

// Routes registers the routes; camps hold no personal data, so anybody may read them.
func (h Handler) Routes(open, signedIn gin.IRoutes) {
	open.GET("/camps", h.list)
	open.GET("/camps/:camp_id", h.get)
	signedIn.POST("/camps", h.open)
	signedIn.PATCH("/camps/:camp_id", h.edit)
}

// Response is a camp.
type Response struct {
	ID           id.ID        `json:"id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10"`
	Name         string       `json:"name" example:"충장동 자원봉사캠프"`
	Region       Region       `json:"region"`
	Address      string       `json:"address" example:"광주광역시 동구 제봉로 1"`
	Phone        string       `json:"phone" example:"062-608-4301"`
	Lat          float64      `json:"lat" example:"35.15058"`
	Lon          float64      `json:"lon" example:"126.91538"`
	OpeningHours string       `json:"opening_hours" example:"평일 10:00-17:00"`
	OpenedOn     calendar.Day `json:"opened_on" format:"date" swaggertype:"string" example:"2014-03-03"`
	ClosedOn     calendar.Day `json:"closed_on" format:"date" swaggertype:"string" extensions:"x-nullable"`
	DistanceM    *int         `json:"distance_m,omitempty" example:"412"`
} //	@name	Camp

// Region is the dong of a camp.
type Region struct {
	Code     string `json:"code" example:"1221052500"`
	GuName   string `json:"gu_name" example:"동구"`
	DongName string `json:"dong_name" example:"충장동"`
} //	@name	CampRegion

// Page is a page of camps.
type Page struct {
	Items []Response `json:"items"`
	Next  *string    `json:"next" extensions:"x-nullable"`
} //	@name	CampPage

func present(l camp.Listed) Response {
	return Response{
		ID: l.ID, Name: l.Name, Region: Region{Code: l.RegionCode, GuName: l.GuName, DongName: l.DongName},
		Address: l.Address, Phone: l.Phone, Lat: l.Lat, Lon: l.Lon, OpeningHours: l.OpeningHours,
		OpenedOn: l.OpenedOn, ClosedOn: l.ClosedOn, DistanceM: l.Distance,
	}
}
