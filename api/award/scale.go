package award

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/award"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// Threshold is one badge of a scale.
type Threshold struct {
	Code    string `json:"code" example:"silver" validate:"required" maxLength:"40"` // the same badge keeps its code in every version
	Minutes int    `json:"minutes" example:"60000" minimum:"1" maximum:"6000000" validate:"required"`
	NameKo  string `json:"name_ko" example:"은장" validate:"required" maxLength:"100"`
	NameEn  string `json:"name_en" example:"silver medal" validate:"required" maxLength:"100"`
} //	@name	AwardThreshold

// ScaleRequest is a new scale, or a new version of one.
type ScaleRequest struct {
	Code          string       `json:"code" example:"gwangju-honour" validate:"required" maxLength:"40"` // lower case letters, digits, - and _
	NameKo        string       `json:"name_ko" example:"광주 자원봉사 영예인증" validate:"required" maxLength:"100"`
	NameEn        string       `json:"name_en" example:"Gwangju honour certification" validate:"required" maxLength:"100"`
	RegionCode    string       `json:"region_code" example:""`                                                                     // the gu whose residents it is for; empty for everybody
	EffectiveFrom calendar.Day `json:"effective_from" format:"date" swaggertype:"string" example:"2026-08-01" validate:"required"` // today at the earliest
	RecentVisits  int          `json:"recent_visits" example:"0" minimum:"0"`                                                      // needed beside, in the last year
	RecentMinutes int          `json:"recent_minutes" example:"0" minimum:"0"`                                                     // likewise
	Owner         string       `json:"owner" enums:"nation,city,gu,centre,welfare" example:"city" validate:"required"`
	Reference     string       `json:"reference" example:"광주광역시자원봉사센터 영예인증제" validate:"required" maxLength:"200"` // where it is written
	Thresholds    []Threshold  `json:"thresholds" validate:"required" maxItems:"20"`
} //	@name	AwardScaleRequest

// ScaleResponse is a scale. Of a code's versions that hold on a day the highest counts.
type ScaleResponse struct {
	ID            id.ID        `json:"id" format:"uuid" swaggertype:"string"`
	Code          string       `json:"code" example:"gwangju-honour"`
	Version       int          `json:"version" example:"1"`
	NameKo        string       `json:"name_ko" example:"광주 자원봉사 영예인증"`
	NameEn        string       `json:"name_en" example:"Gwangju honour certification"`
	RegionCode    string       `json:"region_code" example:""`
	EffectiveFrom calendar.Day `json:"effective_from" format:"date" swaggertype:"string" example:"2026-08-01"`
	RecentVisits  int          `json:"recent_visits" example:"0"`
	RecentMinutes int          `json:"recent_minutes" example:"0"`
	Owner         string       `json:"owner" enums:"nation,city,gu,centre,welfare" example:"city"`
	Reference     string       `json:"reference" example:"광주광역시자원봉사센터 영예인증제"`
	Thresholds    []Threshold  `json:"thresholds"` // lowest first
} //	@name	AwardScale

// ScalePage is a page of scales.
type ScalePage struct {
	Items []ScaleResponse `json:"items"`
	Next  *string         `json:"next" extensions:"x-nullable"`
} //	@name	AwardScalePage

func presentScale(s award.Scale) ScaleResponse {
	r := ScaleResponse{ID: s.ID, Code: s.Code, Version: s.Version, NameKo: s.NameKo, NameEn: s.NameEn, RegionCode: s.RegionCode,
		EffectiveFrom: s.EffectiveFrom, RecentVisits: s.RecentVisits, RecentMinutes: s.RecentMinutes, Owner: s.Owner, Reference: s.Reference,
		Thresholds: make([]Threshold, len(s.Thresholds))}
	for i, t := range s.Thresholds {
		r.Thresholds[i] = Threshold(t)
	}
	return r
}

// listScales gives the scales.
//
//	@ID				listAwardScales
//	@Summary		List which hours earn which badge (everybody signed in)
//	@Description	Newest first, past and coming ones included.
//	@Tags			award
//	@Security		bearer
//	@Produce		json
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200	{object}	ScalePage
//	@Failure		400	{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/award-scales [get]
func (h Handler) listScales(c *gin.Context) {
	q := bind.NewQuery(c, "limit", "after")
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.Scales(c.Request.Context(), p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := ScalePage{Items: make([]ScaleResponse, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, s := range found.Items {
		answer.Items[i] = presentScale(s)
	}
	c.JSON(http.StatusOK, answer)
}

// setScale adds a scale.
//
//	@ID				setAwardScale
//	@Summary		Set which hours earn which badge (centre officers)
//	@Description	A new version of a code wins over those before it from its first day on, which is today at the earliest. What was issued before stays.
//	@Tags			award
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			body	body	ScaleRequest	true	"the scale"
//	@Success		201	{object}	ScaleResponse
//	@Failure		400	{object}	problem.Problem	"unreadable body"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"auth.forbidden"
//	@Failure		409	{object}	problem.Problem	"idempotency.in_use"
//	@Failure		413	{object}	problem.Problem	"request.too_large"
//	@Failure		415	{object}	problem.Problem	"request.media_type"
//	@Failure		422	{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/award-scales [post]
func (h Handler) setScale(c *gin.Context) {
	var req ScaleRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	scale := award.Scale{Code: req.Code, NameKo: req.NameKo, NameEn: req.NameEn, RegionCode: req.RegionCode, EffectiveFrom: req.EffectiveFrom,
		RecentVisits: req.RecentVisits, RecentMinutes: req.RecentMinutes, Owner: req.Owner, Reference: req.Reference}
	for _, t := range req.Thresholds {
		scale.Thresholds = append(scale.Thresholds, award.Threshold(t))
	}
	s, err := h.service.SetScale(c.Request.Context(), scale)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusCreated, presentScale(s))
}
