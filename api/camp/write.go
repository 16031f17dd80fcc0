package camp

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/camp"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// OpenRequest describes a new camp.
type OpenRequest struct {
	Name         string       `json:"name" example:"충장동 자원봉사캠프" validate:"required" maxLength:"100"`
	RegionCode   string       `json:"region_code" example:"1221052500" validate:"required"`
	Address      string       `json:"address" example:"광주광역시 동구 제봉로 1" validate:"required" maxLength:"200"`
	Phone        string       `json:"phone" example:"062-608-4301" maxLength:"40"`
	Lat          float64      `json:"lat" example:"35.15058" validate:"required"`
	Lon          float64      `json:"lon" example:"126.91538" validate:"required"`
	OpeningHours string       `json:"opening_hours" example:"평일 10:00-17:00" maxLength:"500"`
	OpenedOn     calendar.Day `json:"opened_on" format:"date" swaggertype:"string" example:"2014-03-03" validate:"required"`
} //	@name	CampOpening

// EditRequest names what changes; absent members stay.
type EditRequest struct {
	Name         *string       `json:"name" example:"충장동 자원봉사캠프"`
	RegionCode   *string       `json:"region_code" example:"1221052500"`
	Address      *string       `json:"address" example:"광주광역시 동구 제봉로 1"`
	Phone        *string       `json:"phone" example:"062-608-4301"`
	Lat          *float64      `json:"lat" example:"35.15058"`
	Lon          *float64      `json:"lon" example:"126.91538"`
	OpeningHours *string       `json:"opening_hours" example:"평일 10:00-17:00"`
	OpenedOn     *calendar.Day `json:"opened_on" format:"date" swaggertype:"string" example:"2014-03-03"`
	ClosedOn     *calendar.Day `json:"closed_on" format:"date" swaggertype:"string" example:"2026-12-31"`
} //	@name	CampEdit

// open starts a camp.
//
//	@ID			openCamp
//	@Summary	Open a camp (centre officers)
//	@Tags		camp
//	@Security	bearer
//	@Accept		json
//	@Produce	json
//	@Param		Idempotency-Key	header		string		false	"the same key and body is served once"
//	@Param		body			body		OpenRequest	true	"the camp"
//	@Success	201				{object}	Response
//	@Header		201				{string}	Location	"path of the camp"
//	@Failure	400				{object}	problem.Problem	"unreadable body"
//	@Failure	401				{object}	problem.Problem	"auth.sign_in"
//	@Failure	403				{object}	problem.Problem	"auth.forbidden"
//	@Failure	413				{object}	problem.Problem	"request.too_large"
//	@Failure	415				{object}	problem.Problem	"request.media_type"
//	@Failure	422				{object}	problem.Problem	"request.invalid, camp.region_unknown"
//	@Failure	503				{object}	problem.Problem	"busy, try again"
//	@Router		/camps [post]
func (h Handler) open(c *gin.Context) {
	var req OpenRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	opened, err := h.service.Open(c.Request.Context(), camp.Camp{
		Name: req.Name, RegionCode: req.RegionCode, Address: req.Address, Phone: req.Phone,
		Lat: req.Lat, Lon: req.Lon, OpeningHours: req.OpeningHours, OpenedOn: req.OpenedOn,
	})
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("Location", "/api/v1"+"/camps/"+opened.ID.String())
	h.answer(c, http.StatusCreated, opened.ID)
}

// edit changes a camp.
//
//	@ID			editCamp
//	@Summary	Edit or close a camp (centre officers)
//	@Tags		camp
//	@Security	bearer
//	@Accept		json
//	@Produce	json
//	@Param		camp_id		path		string		true	"camp"	format(uuid)
//	@Param		If-Match	header		string		true	"ETag of the camp as it was read"
//	@Param		body		body		EditRequest	true	"what changes"
//	@Success	200			{object}	Response
//	@Failure	400			{object}	problem.Problem	"unreadable body"
//	@Failure	401			{object}	problem.Problem	"auth.sign_in"
//	@Failure	403			{object}	problem.Problem	"auth.forbidden"
//	@Failure	404			{object}	problem.Problem	"camp.not_found"
//	@Failure	412			{object}	problem.Problem	"request.changed"
//	@Failure	413			{object}	problem.Problem	"request.too_large"
//	@Failure	415			{object}	problem.Problem	"request.media_type"
//	@Failure	422			{object}	problem.Problem	"request.invalid, camp.region_unknown"
//	@Failure	428			{object}	problem.Problem	"request.if_match"
//	@Failure	503			{object}	problem.Problem	"busy, try again"
//	@Router		/camps/{camp_id} [patch]
func (h Handler) edit(c *gin.Context) {
	campID, err := bind.ID(c, "camp_id")
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
	_, err = h.service.Edit(c.Request.Context(), camp.Edit{
		CampID: campID, Version: version, Name: req.Name, Address: req.Address, Phone: req.Phone,
		OpeningHours: req.OpeningHours, RegionCode: req.RegionCode, Lat: req.Lat, Lon: req.Lon,
		OpenedOn: req.OpenedOn, ClosedOn: req.ClosedOn,
	})
	if err != nil {
		problem.Write(c, err)
		return
	}
	h.answer(c, http.StatusOK, campID)
}

// answer shows the camp as it stands now, with the names of its region.
func (h Handler) answer(c *gin.Context, status int, campID id.ID) {
	l, err := h.camps.Listed(c.Request.Context(), campID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("ETag", bind.ETag(l.Version))
	c.JSON(status, present(l))
}
