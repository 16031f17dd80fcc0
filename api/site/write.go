package site

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/site"
)

// ApplyRequest describes an organisation that applies.
type ApplyRequest struct {
	Name       string `json:"name" example:"동구노인종합복지관" validate:"required" maxLength:"100"`
	Kind       string `json:"kind" enums:"public,welfare,education,medical,non_profit,other" example:"welfare" validate:"required"`
	RegionCode string `json:"region_code" example:"1221052500" validate:"required"`
	Address    string `json:"address" example:"광주광역시 동구 지호로 1" validate:"required" maxLength:"200"`
	Phone      string `json:"phone" example:"062-608-2114" maxLength:"40"`
} //	@name	DemandSiteApplication

// EditRequest names what changes; absent members stay.
type EditRequest struct {
	Name       *string `json:"name" example:"동구노인종합복지관" maxLength:"100"`
	Kind       *string `json:"kind" enums:"public,welfare,education,medical,non_profit,other" example:"welfare"`
	RegionCode *string `json:"region_code" example:"1221052500"`
	Address    *string `json:"address" example:"광주광역시 동구 지호로 1" maxLength:"200"`
	Phone      *string `json:"phone" example:"062-608-2114" maxLength:"40"`
} //	@name	DemandSiteEdit

// DecisionRequest says why the centre decides as it does.
type DecisionRequest struct {
	Reason string `json:"reason" example:"고유번호증을 다시 내 주십시오." maxLength:"500"`
} //	@name	DemandSiteDecision

// apply asks for an organisation to become a demand site.
//
//	@ID				applyDemandSite
//	@Summary		Apply for an organisation to become a demand site (every registered person)
//	@Description	With the approval the applicant becomes its manager.
//	@Tags			site
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			body			body		ApplyRequest	true	"the organisation"
//	@Success		201				{object}	Response
//	@Header			201				{string}	Location	"path of the demand site"
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		409				{object}	problem.Problem	"idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/demand-sites [post]
func (h Handler) apply(c *gin.Context) {
	var req ApplyRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	applied, err := h.service.Apply(c.Request.Context(), site.Site{Name: req.Name, Kind: site.Kind(req.Kind),
		RegionCode: req.RegionCode, Address: req.Address, Phone: req.Phone})
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("Location", "/api/v1"+"/demand-sites/"+applied.ID.String())
	h.answer(c, http.StatusCreated, applied.ID)
}

// edit changes a demand site.
//
//	@ID				editDemandSite
//	@Summary		Edit a demand site (centre officers; the applicant until it is decided; managers address and telephone)
//	@Description	A site that was rejected or closed stays as it is.
//	@Tags			site
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			site_id		path		string		true	"demand site"	format(uuid)
//	@Param			If-Match	header		string		true	"ETag of the demand site as it was read"
//	@Param			body		body		EditRequest	true	"what changes"
//	@Success		200			{object}	Response
//	@Failure		400			{object}	problem.Problem	"unreadable body"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden"
//	@Failure		404			{object}	problem.Problem	"site.not_found"
//	@Failure		409			{object}	problem.Problem	"site.state"
//	@Failure		412			{object}	problem.Problem	"request.changed"
//	@Failure		413			{object}	problem.Problem	"request.too_large"
//	@Failure		415			{object}	problem.Problem	"request.media_type"
//	@Failure		422			{object}	problem.Problem	"request.invalid"
//	@Failure		428			{object}	problem.Problem	"request.if_match"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/demand-sites/{site_id} [patch]
func (h Handler) edit(c *gin.Context) {
	siteID, err := bind.ID(c, "site_id")
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
	_, err = h.service.Edit(c.Request.Context(), site.Edit{SiteID: siteID, Version: version, Name: req.Name,
		Kind: (*site.Kind)(req.Kind), RegionCode: req.RegionCode, Address: req.Address, Phone: req.Phone})
	if err != nil {
		problem.Write(c, err)
		return
	}
	h.answer(c, http.StatusOK, siteID)
}
