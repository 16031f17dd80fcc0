// Package merchant serves merchants and facilities.
package merchant

import (
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/merchant"
)

// Handler serves the routes of merchants.
type Handler struct {
	service   *merchant.Service
	merchants merchant.Reader
	clock     calendar.Clock
}

// New makes the handler.
func New(service *merchant.Service, merchants merchant.Reader, clock calendar.Clock) Handler {
	return Handler{service, merchants, clock}
}

// Routes registers the routes; approved merchants hold no personal data, so anybody may find them.
func (h Handler) Routes(open, signedIn gin.IRoutes) {
	open.GET("/merchants", h.find)
	open.GET("/merchants/:merchant_id", h.get)
	signedIn.POST("/merchants", h.apply)
	signedIn.PATCH("/merchants/:merchant_id", h.edit)
	signedIn.POST("/merchants/:merchant_id/approval", h.approve)
	signedIn.POST("/merchants/:merchant_id/rejection", h.reject)
	signedIn.POST("/merchants/:merchant_id/suspension", h.suspend)
	signedIn.POST("/merchants/:merchant_id/closure", h.close)
	signedIn.GET("/merchant-register", h.register)
	signedIn.GET("/merchant-register/:merchant_id", h.registered)
}

// Response is a merchant as everybody finds it.
type Response struct {
	ID              id.ID        `json:"id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7c10"`
	Name            string       `json:"name" example:"무등산방 국수"`
	Kind            string       `json:"kind" enums:"merchant,facility,public" example:"merchant"`
	Region          Region       `json:"region"`
	Address         string       `json:"address" example:"광주광역시 동구 충장로 12"`
	Phone           string       `json:"phone" example:"062-000-1212"`
	Lat             float64      `json:"lat" example:"35.15058"`
	Lon             float64      `json:"lon" example:"126.91538"`
	Discount        string       `json:"discount" example:"봉사자 본인 식사 10% 할인(주류 제외)"`
	DiscountPercent *int         `json:"discount_percent" extensions:"x-nullable" example:"10"`
	DiscountWon     *int         `json:"discount_won" extensions:"x-nullable"`
	ValidFrom       calendar.Day `json:"valid_from" format:"date" swaggertype:"string" example:"2026-07-01"`
	ValidTo         calendar.Day `json:"valid_to" format:"date" swaggertype:"string" extensions:"x-nullable" example:"2028-06-30"`
	DistanceM       *int         `json:"distance_m,omitempty" example:"412"`
} //	@name	Merchant

// Registered is a merchant as those who keep it see it.
type Registered struct {
	Response
	BusinessNumber string     `json:"business_number" example:"123-45-67891"`
	State          string     `json:"state" enums:"applied,approved,rejected,suspended,closed" example:"approved"`
	AppliedAt      time.Time  `json:"applied_at" format:"date-time" example:"2026-07-01T00:00:00Z"`
	DecidedAt      *time.Time `json:"decided_at" format:"date-time" extensions:"x-nullable" example:"2026-07-08T00:00:00Z"`
	Reason         string     `json:"reason" example:"사업자등록증을 다시 내 주십시오."`
} //	@name	MerchantRegistered

// Region is the dong of a merchant.
type Region struct {
	Code     string `json:"code" example:"1221052500"`
	GuName   string `json:"gu_name" example:"동구"`
	DongName string `json:"dong_name" example:"충장동"`
} //	@name	MerchantRegion

// Page is a page of merchants.
type Page struct {
	Items []Response `json:"items"`
	Next  *string    `json:"next" extensions:"x-nullable"`
} //	@name	MerchantPage

// RegisterPage is a page of the register.
type RegisterPage struct {
	Items []Registered `json:"items"`
	Next  *string      `json:"next" extensions:"x-nullable"`
} //	@name	MerchantRegisterPage

func present(l merchant.Listed) Response {
	return Response{ID: l.ID, Name: l.Name, Kind: string(l.Kind), Region: Region{Code: l.RegionCode, GuName: l.GuName, DongName: l.DongName},
		Address: l.Address, Phone: l.Phone, Lat: l.Lat, Lon: l.Lon, Discount: l.Discount, DiscountPercent: l.DiscountPercent,
		DiscountWon: l.DiscountWon, ValidFrom: l.ValidFrom, ValidTo: l.ValidTo, DistanceM: l.Distance}
}

func presentRegistered(l merchant.Listed) Registered {
	r := Registered{Response: present(l), State: string(l.State), AppliedAt: l.AppliedAt.UTC(), Reason: l.Reason}
	if n := l.BusinessNumber; len(n) == 10 {
		r.BusinessNumber = n[:3] + "-" + n[3:5] + "-" + n[5:]
	}
	if l.DecidedAt != nil {
		at := l.DecidedAt.UTC()
		r.DecidedAt = &at
	}
	return r
}

// answer shows the merchant as it stands now to who keeps it.
func (h Handler) answer(c *gin.Context, status int, merchantID id.ID) {
	l, err := h.merchants.Registered(c.Request.Context(), merchant.ScopeOf(auth.From(c.Request.Context())), merchantID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("ETag", bind.ETag(l.Version))
	c.JSON(status, presentRegistered(l))
}
