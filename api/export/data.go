package export

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/export"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// PeriodsRequest are class periods of a school's days.
type PeriodsRequest struct {
	School    string       `json:"school" example:"충장중학교" maxLength:"100"` // empty: all schools
	FirstDay  calendar.Day `json:"first_day" format:"date" swaggertype:"string" example:"2026-03-02" validate:"required"`
	LastDay   calendar.Day `json:"last_day" format:"date" swaggertype:"string" example:"2026-07-17" validate:"required"`
	Weekdays  string       `json:"weekdays" example:"1111100" validate:"required"`                       // Monday first
	Periods   int          `json:"periods" example:"7" minimum:"0" maximum:"8"`                          // 0 on holidays and in the vacation
	Reference string       `json:"reference" example:"2026학년도 교육과정" validate:"required" maxLength:"200"` // where it is written
} //	@name	ClassPeriodsRequest

// PeriodsResponse are class periods as they are kept.
type PeriodsResponse struct {
	ID      id.ID `json:"id" format:"uuid" swaggertype:"string"`
	Version int   `json:"version" example:"1"` // the highest one that names a day counts, a school's own first
	PeriodsRequest
} //	@name	ClassPeriods

// PeriodsPage is a page of class periods.
type PeriodsPage struct {
	Items []PeriodsResponse `json:"items"`
	Next  *string           `json:"next" extensions:"x-nullable"`
} //	@name	ClassPeriodsPage

// listPeriods lists class periods.
//
//	@ID			listClassPeriods
//	@Summary	List the class periods by which school days are limited, newest first (everybody signed in)
//	@Tags		export
//	@Security	bearer
//	@Produce	json
//	@Param		limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param		after	query		string	false	"next of the page before"
//	@Success	200		{object}	PeriodsPage
//	@Failure	400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure	401		{object}	problem.Problem	"auth.sign_in"
//	@Failure	503		{object}	problem.Problem	"busy, try again"
//	@Router		/class-periods [get]
func (h Handler) listPeriods(c *gin.Context) {
	q := bind.NewQuery(c, "limit", "after")
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.ListPeriods(c.Request.Context(), p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := PeriodsPage{Items: make([]PeriodsResponse, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, p := range found.Items {
		answer.Items[i] = presentPeriods(p)
	}
	c.JSON(http.StatusOK, answer)
}

// addPeriods adds class periods.
//
//	@ID				addClassPeriods
//	@Summary		Add class periods (centre officers)
//	@Description	They win over those added before for the days they name; nothing is changed or deleted.
//	@Tags			export
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			body			body		PeriodsRequest	true	"the class periods"
//	@Success		201				{object}	PeriodsResponse
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/class-periods [post]
func (h Handler) addPeriods(c *gin.Context) {
	var req PeriodsRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	p, err := h.service.AddPeriods(c.Request.Context(), export.Periods{School: req.School, FirstDay: req.FirstDay, LastDay: req.LastDay,
		Weekdays: req.Weekdays, Periods: req.Periods, Reference: req.Reference})
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusCreated, presentPeriods(p))
}

func presentPeriods(p export.Periods) PeriodsResponse {
	return PeriodsResponse{ID: p.ID, Version: p.Version, PeriodsRequest: PeriodsRequest{School: p.School, FirstDay: p.FirstDay, LastDay: p.LastDay,
		Weekdays: p.Weekdays, Periods: p.Periods, Reference: p.Reference}}
}

// AreaRequest is a special disaster area.
type AreaRequest struct {
	Name       string       `json:"name" example:"2026년 7월 호우 특별재난지역" validate:"required" maxLength:"100"`
	RegionCode string       `json:"region_code" example:"1221000000" validate:"required"` // and all below it
	FirstDay   calendar.Day `json:"first_day" format:"date" swaggertype:"string" example:"2026-07-01" validate:"required"`
	LastDay    calendar.Day `json:"last_day" format:"date" swaggertype:"string" example:"2026-09-30" validate:"required"`
	WonPerDay  int          `json:"won_per_day" example:"80000" validate:"required" minimum:"0" maximum:"10000000"` // what a day of service is worth
	Reference  string       `json:"reference" example:"대통령 공고 제400호" validate:"required" maxLength:"200"`
} //	@name	DisasterAreaRequest

// AreaResponse is a special disaster area as it is kept.
type AreaResponse struct {
	ID id.ID `json:"id" format:"uuid" swaggertype:"string"`
	AreaRequest
} //	@name	DisasterArea

// AreaPage is a page of disaster areas.
type AreaPage struct {
	Items []AreaResponse `json:"items"`
	Next  *string        `json:"next" extensions:"x-nullable"`
} //	@name	DisasterAreaPage

// listAreas lists disaster areas.
//
//	@ID			listDisasterAreas
//	@Summary	List special disaster areas, newest first (everybody signed in)
//	@Tags		export
//	@Security	bearer
//	@Produce	json
//	@Param		limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param		after	query		string	false	"next of the page before"
//	@Success	200		{object}	AreaPage
//	@Failure	400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure	401		{object}	problem.Problem	"auth.sign_in"
//	@Failure	503		{object}	problem.Problem	"busy, try again"
//	@Router		/disaster-areas [get]
func (h Handler) listAreas(c *gin.Context) {
	q := bind.NewQuery(c, "limit", "after")
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.ListAreas(c.Request.Context(), p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := AreaPage{Items: make([]AreaResponse, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, a := range found.Items {
		answer.Items[i] = presentArea(a)
	}
	c.JSON(http.StatusOK, answer)
}

// addArea adds a disaster area.
//
//	@ID			addDisasterArea
//	@Summary	Add a special disaster area (centre officers)
//	@Tags		export
//	@Security	bearer
//	@Accept		json
//	@Produce	json
//	@Param		Idempotency-Key	header		string		false	"the same key and body is served once"
//	@Param		body			body		AreaRequest	true	"the area"
//	@Success	201				{object}	AreaResponse
//	@Failure	400				{object}	problem.Problem	"unreadable body"
//	@Failure	401				{object}	problem.Problem	"auth.sign_in"
//	@Failure	403				{object}	problem.Problem	"auth.forbidden"
//	@Failure	413				{object}	problem.Problem	"request.too_large"
//	@Failure	415				{object}	problem.Problem	"request.media_type"
//	@Failure	422				{object}	problem.Problem	"request.invalid"
//	@Failure	503				{object}	problem.Problem	"busy, try again"
//	@Router		/disaster-areas [post]
func (h Handler) addArea(c *gin.Context) {
	var req AreaRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	a, err := h.service.AddArea(c.Request.Context(), export.Area{Name: req.Name, RegionCode: req.RegionCode, FirstDay: req.FirstDay, LastDay: req.LastDay,
		WonPerDay: req.WonPerDay, Reference: req.Reference})
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusCreated, presentArea(a))
}

func presentArea(a export.Area) AreaResponse {
	return AreaResponse{ID: a.ID, AreaRequest: AreaRequest{Name: a.Name, RegionCode: a.RegionCode, FirstDay: a.FirstDay, LastDay: a.LastDay,
		WonPerDay: a.WonPerDay, Reference: a.Reference}}
}
