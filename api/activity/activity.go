// Package activity serves activities and their shifts.
package activity

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/activity"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
)

// Handler serves the routes of activities and shifts.
type Handler struct {
	service    *activity.Service
	activities activity.Reader
}

// New makes the handler.
func New(service *activity.Service, activities activity.Reader) Handler {
	return Handler{service, activities}
}

// Routes registers the routes; approved activities hold no personal data, so anybody may read them.
func (h Handler) Routes(open, signedIn gin.IRoutes) {
	open.GET("/activity-fields", h.fields)
	open.GET("/activities", h.list)
	open.GET("/activities/:activity_id", h.get)
	open.GET("/activities/:activity_id/shifts", h.shifts)
	signedIn.GET("/activity-submissions", h.submissions)
	signedIn.GET("/camps/:camp_id/activities", h.ofCamp)
	signedIn.GET("/camps/:camp_id/shifts", h.shiftsOfCamp)
	signedIn.GET("/demand-sites/:site_id/activities", h.ofSite)
	signedIn.GET("/demand-sites/:site_id/shifts", h.shiftsOfSite)
	signedIn.POST("/activities", h.draft)
	signedIn.PATCH("/activities/:activity_id", h.edit)
	signedIn.POST("/activities/:activity_id/submission", h.submit)
	signedIn.POST("/activities/:activity_id/approval", h.approve)
	signedIn.POST("/activities/:activity_id/rejection", h.reject)
	signedIn.POST("/activities/:activity_id/cancellation", h.cancel)
	signedIn.POST("/activities/:activity_id/shifts", h.schedule)
	signedIn.POST("/shifts/:shift_id/cancellation", h.cancelShift)
}

// Response is an activity.
type Response struct {
	ID           id.ID        `json:"id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7c10"`
	Title        string       `json:"title" example:"어르신 말벗 봉사"`
	Description  string       `json:"description" example:"혼자 사시는 어르신을 찾아가 이야기를 나눕니다."`
	Field        Field        `json:"field"`
	Organiser    Organiser    `json:"organiser"`
	Region       Region       `json:"region"`
	Place        string       `json:"place" example:"충장동 행정복지센터 2층"`
	Lat          *float64     `json:"lat" extensions:"x-nullable" example:"35.15058"`
	Lon          *float64     `json:"lon" extensions:"x-nullable" example:"126.91538"`
	Adults       bool         `json:"adults" example:"true"`
	Youths       bool         `json:"youths" example:"true"`
	Families     bool         `json:"families" example:"false"`
	Groups       bool         `json:"groups" example:"false"`
	Remote       bool         `json:"remote" example:"false"` // done from home
	State        string       `json:"state" enums:"draft,submitted,approved,rejected,ended,cancelled" example:"approved"`
	Reason       string       `json:"reason" example:"장소를 더 자세히 적어 주십시오."`
	FirstDay     calendar.Day `json:"first_day" format:"date" swaggertype:"string" extensions:"x-nullable" example:"2026-07-13"`
	LastDay      calendar.Day `json:"last_day" format:"date" swaggertype:"string" extensions:"x-nullable" example:"2026-12-30"`
	OriginSystem *string      `json:"origin_system" extensions:"x-nullable" example:"1365"`
	OriginID     *string      `json:"origin_id" extensions:"x-nullable" example:"3168803"`
	Version      int          `json:"version" example:"3"`
} //	@name	Activity

// Field is a field of activity (1365).
type Field struct {
	Code      string `json:"code" example:"0301"`
	Name      string `json:"name" example:"말벗.상담"`
	GroupCode string `json:"group_code" example:"0300"`
	GroupName string `json:"group_name" example:"상담"`
} //	@name	ActivityField

// Organiser is the camp or demand site that lists an activity.
type Organiser struct {
	Type string `json:"type" enums:"camp,demand_site" example:"camp"`
	ID   id.ID  `json:"id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10"`
	Name string `json:"name" example:"충장동 자원봉사캠프"`
} //	@name	ActivityOrganiser

// Region is the gu or dong of an activity.
type Region struct {
	Code     string `json:"code" example:"1221052500"`
	GuName   string `json:"gu_name" example:"동구"`
	DongName string `json:"dong_name" example:"충장동"`
} //	@name	ActivityRegion

// Page is a page of activities.
type Page struct {
	Items []Response `json:"items"`
	Next  *string    `json:"next" extensions:"x-nullable"`
} //	@name	ActivityPage

// Shift is one dated slot of an activity.
type Shift struct {
	ID            id.ID     `json:"id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7d10"`
	ActivityID    id.ID     `json:"activity_id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7c10"`
	ActivityTitle string    `json:"activity_title" example:"어르신 말벗 봉사"`
	StartsAt      time.Time `json:"starts_at" format:"date-time" example:"2026-07-13T00:00:00Z"`
	EndsAt        time.Time `json:"ends_at" format:"date-time" example:"2026-07-13T03:00:00Z"`
	BreakMinutes  int       `json:"break_minutes" example:"10"`
	Capacity      int       `json:"capacity" example:"5"`
	Confirmed     int       `json:"confirmed" example:"3"`
} //	@name	Shift

// ShiftPage is a page of shifts.
type ShiftPage struct {
	Items []Shift `json:"items"`
	Next  *string `json:"next" extensions:"x-nullable"`
} //	@name	ShiftPage

func present(l activity.Listed) Response {
	r := Response{
		ID: l.ID, Title: l.Title, Description: l.Description,
		Field:     Field{Code: l.FieldCode, Name: l.FieldName, GroupCode: l.GroupCode, GroupName: l.GroupName},
		Organiser: Organiser{Type: string(l.OrganiserType), ID: l.OrganiserID, Name: l.OrganiserName},
		Region:    Region{Code: l.RegionCode, GuName: l.GuName, DongName: l.DongName},
		Place:     l.Place, Lat: l.Lat, Lon: l.Lon, Adults: l.Adults, Youths: l.Youths, Families: l.Families, Groups: l.Groups, Remote: l.Remote,
		State: string(l.State), FirstDay: l.FirstDay, LastDay: l.LastDay,
		OriginSystem: l.OriginSystem, OriginID: l.OriginID, Version: l.Version,
	}
	if l.State != activity.Approved { // those are seen by the organiser's people and the centre only
		r.Reason = l.Reason
	}
	return r
}

func presentShift(s activity.Shift, title string) Shift {
	return Shift{ID: s.ID, ActivityID: s.ActivityID, ActivityTitle: title, StartsAt: s.StartsAt.UTC(), EndsAt: s.EndsAt.UTC(),
		BreakMinutes: s.BreakMinutes, Capacity: s.Capacity, Confirmed: s.Confirmed}
}

// answer shows an activity as it stands now, to somebody who was allowed to change it.
func (h Handler) answer(c *gin.Context, status int, activityID id.ID) {
	l, err := h.activities.Listed(c.Request.Context(), activity.Scope{All: true}, activityID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("ETag", bind.ETag(l.Version))
	c.JSON(status, present(l))
}

func answerPage(c *gin.Context, q *bind.Query, found page.Page[activity.Listed], err error) {
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

func answerShifts(c *gin.Context, q *bind.Query, found page.Page[activity.ListedShift], err error) {
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := ShiftPage{Items: make([]Shift, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, l := range found.Items {
		answer.Items[i] = presentShift(l.Shift, l.ActivityTitle)
	}
	c.JSON(http.StatusOK, answer)
}
