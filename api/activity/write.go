package activity

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/activity"
	"dure/domain/kernel/id"
)

// DraftRequest describes a new activity. Without a word on who may come, adults may.
type DraftRequest struct {
	Title         string   `json:"title" example:"어르신 말벗 봉사" validate:"required" minLength:"2" maxLength:"200"`
	Description   string   `json:"description" example:"혼자 사시는 어르신을 찾아가 이야기를 나눕니다." maxLength:"10000"`
	FieldCode     string   `json:"field_code" example:"0301" validate:"required"`
	OrganiserType string   `json:"organiser_type" enums:"camp,demand_site" example:"camp" validate:"required"`
	OrganiserID   id.ID    `json:"organiser_id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10" validate:"required"`
	RegionCode    string   `json:"region_code" example:"1221052500" validate:"required"`
	Place         string   `json:"place" example:"충장동 행정복지센터 2층" validate:"required" maxLength:"200"`
	Lat           *float64 `json:"lat" extensions:"x-nullable" example:"35.15058"`
	Lon           *float64 `json:"lon" extensions:"x-nullable" example:"126.91538"`
	Adults        *bool    `json:"adults" example:"true"`
	Youths        bool     `json:"youths" example:"true"`
	Families      bool     `json:"families" example:"false"`
	Groups        bool     `json:"groups" example:"false"`
	Remote        bool     `json:"remote" example:"false"` // done from home
} //	@name	ActivityDraft

// EditRequest names what changes; absent members stay.
type EditRequest struct {
	Title       *string  `json:"title" example:"어르신 말벗 봉사" minLength:"2" maxLength:"200"`
	Description *string  `json:"description" example:"혼자 사시는 어르신을 찾아가 이야기를 나눕니다." maxLength:"10000"`
	FieldCode   *string  `json:"field_code" example:"0301"`
	RegionCode  *string  `json:"region_code" example:"1221052500"`
	Place       *string  `json:"place" example:"충장동 행정복지센터 2층" maxLength:"200"`
	Lat         *float64 `json:"lat" example:"35.15058"`
	Lon         *float64 `json:"lon" example:"126.91538"`
	Adults      *bool    `json:"adults" example:"true"`
	Youths      *bool    `json:"youths" example:"true"`
	Families    *bool    `json:"families" example:"false"`
	Groups      *bool    `json:"groups" example:"false"`
	Remote      *bool    `json:"remote" example:"false"`
} //	@name	ActivityEdit

// draft writes down a new activity.
//
//	@ID				draftActivity
//	@Summary		Draft an activity (the camp's head and keepers, the site's managers, centre officers)
//	@Description	It is listed once it was submitted and approved by somebody else. Adults may come unless adults is false.
//	@Tags			activity
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			body			body		DraftRequest	true	"the activity"
//	@Success		201				{object}	Response
//	@Header			201				{string}	Location	"path of the activity"
//	@Header			201				{string}	ETag		"version, for If-Match"
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		404				{object}	problem.Problem	"camp.not_found, site.not_found"
//	@Failure		409				{object}	problem.Problem	"camp.closed, site.not_approved, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/activities [post]
func (h Handler) draft(c *gin.Context) {
	var req DraftRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	a := activity.Activity{Title: req.Title, Description: req.Description, FieldCode: req.FieldCode,
		OrganiserType: activity.OrganiserType(req.OrganiserType), OrganiserID: req.OrganiserID, RegionCode: req.RegionCode,
		Place: req.Place, Lat: req.Lat, Lon: req.Lon, Adults: req.Adults == nil || *req.Adults, Youths: req.Youths,
		Families: req.Families, Groups: req.Groups, Remote: req.Remote}
	drafted, err := h.service.Draft(c.Request.Context(), a)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("Location", "/api/v1"+"/activities/"+drafted.ID.String())
	h.answer(c, http.StatusCreated, drafted.ID)
}

// edit changes an activity.
//
//	@ID				editActivity
//	@Summary		Edit an activity (its organiser's people while it is a draft or rejected; centre officers also once it is approved)
//	@Description	The version for If-Match stands in the organiser's list of activities, too.
//	@Tags			activity
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			activity_id	path		string		true	"activity"	format(uuid)
//	@Param			If-Match	header		string		true	"ETag of the activity as it was read"
//	@Param			body		body		EditRequest	true	"what changes"
//	@Success		200			{object}	Response
//	@Failure		400			{object}	problem.Problem	"unreadable body"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden"
//	@Failure		404			{object}	problem.Problem	"activity.not_found"
//	@Failure		409			{object}	problem.Problem	"activity.state"
//	@Failure		412			{object}	problem.Problem	"request.changed"
//	@Failure		413			{object}	problem.Problem	"request.too_large"
//	@Failure		415			{object}	problem.Problem	"request.media_type"
//	@Failure		422			{object}	problem.Problem	"request.invalid"
//	@Failure		428			{object}	problem.Problem	"request.if_match"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/activities/{activity_id} [patch]
func (h Handler) edit(c *gin.Context) {
	activityID, err := bind.ID(c, "activity_id")
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
	_, err = h.service.Edit(c.Request.Context(), activity.Edit{ActivityID: activityID, Version: version, Title: req.Title,
		Description: req.Description, FieldCode: req.FieldCode, RegionCode: req.RegionCode, Place: req.Place, Lat: req.Lat, Lon: req.Lon,
		Adults: req.Adults, Youths: req.Youths, Families: req.Families, Groups: req.Groups, Remote: req.Remote})
	if err != nil {
		problem.Write(c, err)
		return
	}
	h.answer(c, http.StatusOK, activityID)
}
