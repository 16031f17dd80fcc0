// Package attendance serves attendances: recorded by camps and demand sites, proved by phones, confirmed by another person.
package attendance

import (
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/guess"
	"dure/api/i18n"
	"dure/api/problem"
	"dure/domain/anomaly"
	"dure/domain/attendance"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// Handler serves the routes of attendance.
type Handler struct {
	service *attendance.Service
	clock   calendar.Clock
	codes   *guess.Limit
}

// New makes the handler.
func New(service *attendance.Service, clock calendar.Clock) Handler {
	return Handler{service, clock, guess.New(1.0/30, 10, clock)} // by the time of one code
}

// Routes registers the routes; all of them are about persons. What a camp may do, a demand site may do in the same way.
func (h Handler) Routes(_, signedIn gin.IRoutes) {
	signedIn.POST("/camps/:camp_id/attendances", h.recordAtCamp)
	signedIn.POST("/camps/:camp_id/attendance-sheets", h.sheetAtCamp)
	signedIn.POST("/camps/:camp_id/verifications", h.verifyAtCamp)
	signedIn.POST("/camps/:camp_id/rejections", h.rejectAtCamp)
	signedIn.GET("/camps/:camp_id/attendances", h.listAtCamp)
	signedIn.GET("/camps/:camp_id/attendance-changes", h.changesAtCamp)

	signedIn.POST("/demand-sites/:site_id/attendances", h.recordAtSite)
	signedIn.POST("/demand-sites/:site_id/attendance-sheets", h.sheetAtSite)
	signedIn.POST("/demand-sites/:site_id/verifications", h.verifyAtSite)
	signedIn.POST("/demand-sites/:site_id/rejections", h.rejectAtSite)
	signedIn.GET("/demand-sites/:site_id/attendances", h.listAtSite)
	signedIn.GET("/demand-sites/:site_id/attendance-changes", h.changesAtSite)

	signedIn.GET("/shifts/:shift_id/check-in-code", h.code)
	signedIn.POST("/shifts/:shift_id/check-ins", h.checkIn)
	signedIn.POST("/shifts/:shift_id/check-outs", h.checkOut)

	signedIn.POST("/attendances/:attendance_id/corrections", h.correct)
	signedIn.POST("/attendances/:attendance_id/reversals", h.reverse)
	signedIn.POST("/attendances/:attendance_id/changes/:change_id/verification", h.verifyChange)
	signedIn.POST("/attendances/:attendance_id/changes/:change_id/refusal", h.refuseChange)

	signedIn.GET("/me/attendances", h.mine)
}

// organiser reads whose attendance a path is about.
func organiser(c *gin.Context, kind string) (attendance.Organiser, error) {
	param := "camp_id"
	if kind == attendance.Site {
		param = "site_id"
	}
	organiserID, err := bind.ID(c, param)
	return attendance.Organiser{Type: kind, ID: organiserID}, err
}

// Response is an attendance with the times that count: after a verified correction, the corrected ones.
type Response struct {
	ID                id.ID               `json:"id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10"`
	ShiftID           id.ID               `json:"shift_id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a11"`
	CheckedInAt       time.Time           `json:"checked_in_at" format:"date-time" example:"2026-07-14T04:00:00Z"`
	CheckedOutAt      *time.Time          `json:"checked_out_at" format:"date-time" extensions:"x-nullable" example:"2026-07-14T08:00:00Z"`
	Evidence          attendance.Evidence `json:"evidence" swaggertype:"string" enums:"qr,leader,self,imported,late_proof" example:"leader"`
	State             attendance.State    `json:"state" swaggertype:"string" enums:"open,auto_closed,pending,held,verified,rejected,reversed" example:"verified"`
	WorkedMinutes     int                 `json:"worked_minutes" example:"240"`
	RecognisedMinutes int                 `json:"recognised_minutes" example:"210"`
} //	@name	Attendance

func present(a attendance.Attendance) Response {
	return Response{ID: a.ID, ShiftID: a.ShiftID, CheckedInAt: a.CountedInAt, CheckedOutAt: a.CountedOutAt, Evidence: a.Evidence,
		State: a.State, WorkedMinutes: a.WorkedMinutes, RecognisedMinutes: a.RecognisedMinutes}
}

// HoldResponse says why an attendance is held. It counts nowhere until an officer of the centre has decided.
type HoldResponse struct {
	Reasons []anomaly.Kind `json:"reasons" swaggertype:"array,string" enums:"entries_per_hour,walk_ins_per_day,no_consent,too_far,repeated_group,unlike_shift,night" example:"walk_ins_per_day"`
	Since   time.Time      `json:"since" format:"date-time" example:"2026-07-14T08:05:00Z"`
	Text    string         `json:"text" example:"누군가 회원님의 이름으로 활동시간을 적었습니다. 센터가 확인하기 전에는 인정되지 않습니다."`
} //	@name	AttendanceHold

// presentHold gives nothing for what is not held; whose says for whom the text is.
func presentHold(c *gin.Context, h attendance.Hold, whose string) *HoldResponse {
	if len(h.Reasons) == 0 {
		return nil
	}
	return &HoldResponse{h.Reasons, h.Since, i18n.Text(problem.Lang(c), whose, nil)}
}

// optional is an id that may not be there.
func optional(i id.ID) *id.ID {
	if i == id.Nil {
		return nil
	}
	return &i
}
