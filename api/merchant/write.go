package merchant

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/kernel/calendar"
	"dure/domain/merchant"
)

// ApplyRequest describes a business that applies.
type ApplyRequest struct {
	Name            string       `json:"name" example:"무등산방 국수" validate:"required" maxLength:"100"`
	Kind            string       `json:"kind" enums:"merchant,facility,public" example:"merchant" validate:"required"`
	BusinessNumber  string       `json:"business_number" example:"123-45-67891" maxLength:"12"` // with its check digit; may be left out for public
	RegionCode      string       `json:"region_code" example:"1221052500" validate:"required"`
	Address         string       `json:"address" example:"광주광역시 동구 충장로 12" validate:"required" maxLength:"200"`
	Phone           string       `json:"phone" example:"062-000-1212" maxLength:"40"`
	Lat             float64      `json:"lat" example:"35.15058" validate:"required"`
	Lon             float64      `json:"lon" example:"126.91538" validate:"required"`
	Discount        string       `json:"discount" example:"봉사자 본인 식사 10% 할인(주류 제외)" validate:"required" maxLength:"500"`
	DiscountPercent *int         `json:"discount_percent" example:"10" minimum:"1" maximum:"100"` // either this or discount_won, or neither
	DiscountWon     *int         `json:"discount_won" minimum:"1" maximum:"10000000"`
	ValidFrom       calendar.Day `json:"valid_from" format:"date" swaggertype:"string" example:"2026-07-01" validate:"required"`
	ValidTo         calendar.Day `json:"valid_to" format:"date" swaggertype:"string" example:"2028-06-30"` // included; none when left out
} //	@name	MerchantApplication

// EditRequest names what changes; absent members stay.
type EditRequest struct {
	Name            *string        `json:"name" example:"무등산방 국수" maxLength:"100"`
	Kind            *merchant.Kind `json:"kind" swaggertype:"string" enums:"merchant,facility,public" example:"merchant"`
	BusinessNumber  *string        `json:"business_number" example:"123-45-67891" maxLength:"12"`
	RegionCode      *string        `json:"region_code" example:"1221052500"`
	Address         *string        `json:"address" example:"광주광역시 동구 충장로 12" maxLength:"200"`
	Phone           *string        `json:"phone" example:"062-000-1212" maxLength:"40"`
	Lat             *float64       `json:"lat" example:"35.15058"`
	Lon             *float64       `json:"lon" example:"126.91538"`
	Discount        *string        `json:"discount" example:"봉사자 본인 식사 10% 할인(주류 제외)" maxLength:"500"`
	DiscountPercent *int           `json:"discount_percent" example:"10" minimum:"0" maximum:"100"` // takes discount_won's place; 0 takes both away
	DiscountWon     *int           `json:"discount_won" minimum:"0" maximum:"10000000"`             // takes discount_percent's place; 0 takes both away
	ValidFrom       *calendar.Day  `json:"valid_from" format:"date" swaggertype:"string" example:"2026-07-01"`
	ValidTo         *calendar.Day  `json:"valid_to" format:"date" swaggertype:"string" example:"2028-06-30"`
} //	@name	MerchantEdit

// DecisionRequest says why the centre decides as it does.
type DecisionRequest struct {
	Reason string `json:"reason" example:"사업자등록증을 다시 내 주십시오." maxLength:"500"`
} //	@name	MerchantDecision

// apply asks for a business to become a merchant.
//
//	@ID				applyMerchant
//	@Summary		Apply for a shop or facility to become a merchant (every registered person)
//	@Description	With the approval the applicant becomes its manager: he takes vouchers and looks at cards.
//	@Tags			merchant
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			body			body		ApplyRequest	true	"the business"
//	@Success		201				{object}	Registered
//	@Header			201				{string}	Location	"path of the merchant in the register"
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		409				{object}	problem.Problem	"merchant.already_registered, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/merchants [post]
func (h Handler) apply(c *gin.Context) {
	var req ApplyRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	applied, err := h.service.Apply(c.Request.Context(), merchant.Merchant{Name: req.Name, Kind: merchant.Kind(req.Kind),
		BusinessNumber: req.BusinessNumber, RegionCode: req.RegionCode, Address: req.Address, Phone: req.Phone, Lat: req.Lat, Lon: req.Lon,
		Discount: req.Discount, DiscountPercent: req.DiscountPercent, DiscountWon: req.DiscountWon, ValidFrom: req.ValidFrom, ValidTo: req.ValidTo})
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("Location", "/api/v1"+"/merchant-register/"+applied.ID.String())
	h.answer(c, http.StatusCreated, applied.ID)
}

// edit changes a merchant.
//
//	@ID				editMerchant
//	@Summary		Edit a merchant (centre officers; the applicant until it is decided; managers address and telephone)
//	@Description	A merchant that was rejected or closed stays as it is.
//	@Tags			merchant
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			merchant_id	path		string		true	"merchant"	format(uuid)
//	@Param			If-Match	header		string		true	"ETag of the merchant as it was read from the register"
//	@Param			body		body		EditRequest	true	"what changes"
//	@Success		200			{object}	Registered
//	@Failure		400			{object}	problem.Problem	"unreadable body"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden"
//	@Failure		404			{object}	problem.Problem	"merchant.not_found"
//	@Failure		409			{object}	problem.Problem	"merchant.state, merchant.already_registered"
//	@Failure		412			{object}	problem.Problem	"request.changed"
//	@Failure		413			{object}	problem.Problem	"request.too_large"
//	@Failure		415			{object}	problem.Problem	"request.media_type"
//	@Failure		422			{object}	problem.Problem	"request.invalid"
//	@Failure		428			{object}	problem.Problem	"request.if_match"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/merchants/{merchant_id} [patch]
func (h Handler) edit(c *gin.Context) {
	merchantID, err := bind.ID(c, "merchant_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	version, err := bind.IfMatch(c)
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req EditRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	_, err = h.service.Edit(c.Request.Context(), merchant.Edit{MerchantID: merchantID, Version: version, Name: req.Name, Kind: req.Kind,
		BusinessNumber: req.BusinessNumber, RegionCode: req.RegionCode, Address: req.Address, Phone: req.Phone, Lat: req.Lat, Lon: req.Lon,
		Discount: req.Discount, DiscountPercent: req.DiscountPercent, DiscountWon: req.DiscountWon, ValidFrom: req.ValidFrom, ValidTo: req.ValidTo})
	if err != nil {
		problem.Write(c, err)
		return
	}
	h.answer(c, http.StatusOK, merchantID)
}
