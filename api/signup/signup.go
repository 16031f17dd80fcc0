// Package signup serves sign-ups, waitlists and volunteers' calendars.
package signup

import (
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/i18n"
	"dure/domain/insurance"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/signup"
)

// Handler serves the routes of sign-ups.
type Handler struct {
	service *signup.Service
	clock   calendar.Clock
}

// New makes the handler.
func New(service *signup.Service, clock calendar.Clock) Handler { return Handler{service, clock} }

// Routes registers the routes.
func (h Handler) Routes(_, signedIn gin.IRoutes) {
	signedIn.POST("/shifts/:shift_id/sign-ups", h.apply)
	signedIn.GET("/shifts/:shift_id/sign-ups", h.ofShift)
	signedIn.PATCH("/shifts/:shift_id", h.change)
	signedIn.POST("/sign-ups/:sign_up_id/cancellation", h.cancel)
	signedIn.GET("/me/sign-ups", h.mine)
	signedIn.GET("/me/calendar.ics", h.calendar)
}

// Response is a volunteer's place on a shift, or among those who wait for one.
type Response struct {
	ID        id.ID     `json:"id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7e10"`
	ShiftID   id.ID     `json:"shift_id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7d10"`
	State     string    `json:"state" enums:"applied,waitlisted,confirmed,cancelled,attended,no_show" example:"waitlisted"`
	Position  *int      `json:"position" extensions:"x-nullable" example:"3"` // among those who wait
	StartsAt  time.Time `json:"starts_at" format:"date-time" example:"2026-07-13T00:00:00Z"`
	EndsAt    time.Time `json:"ends_at" format:"date-time" example:"2026-07-13T03:00:00Z"`
	AppliedAt time.Time `json:"applied_at" format:"date-time" example:"2026-07-01T00:00:00Z"`
} //	@name	SignUp

// Mine is a volunteer's own sign-up.
type Mine struct {
	Response
	ActivityID    id.ID  `json:"activity_id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7c10"`
	ActivityTitle string `json:"activity_title" example:"어르신 말벗 봉사"`
	Place         string `json:"place" example:"충장동 행정복지센터 2층"`
	OrganiserName string `json:"organiser_name" example:"충장동 자원봉사캠프"`
} //	@name	MySignUp

// MinePage is a page of a volunteer's own sign-ups.
type MinePage struct {
	Items []Mine  `json:"items"`
	Next  *string `json:"next" extensions:"x-nullable"`
} //	@name	MySignUpPage

// Theirs is a sign-up as the shift's organiser sees it.
type Theirs struct {
	Response
	VolunteerID     id.ID      `json:"volunteer_id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7f10"`
	VolunteerNumber string     `json:"volunteer_number" example:"4821-9374"`
	Name            string     `json:"name" example:"홍*동"`
	Insurance       *Insurance `json:"insurance" extensions:"x-nullable"` // of who has a place: whether he is insured now, or at the shift's beginning or end
} //	@name	ShiftSignUp

// Insurance tells whether who has a place is insured.
type Insurance struct {
	Status string  `json:"status" enums:"covered,not_covered" example:"not_covered"`
	Reason *string `json:"reason" extensions:"x-nullable" enums:"no_consent,policy_gap,guardian_pending,withdrawn,age_outside,registration_outside,activity_not_approved,shift_cancelled,no_activity" example:"no_consent"` // why not
	Detail *string `json:"detail" extensions:"x-nullable" example:"보험사에 정보를 주는 데 동의하지 않았습니다."`                                                                                                                              // the reason in words
} //	@name	SignUpInsurance

func presentCover(lang i18n.Lang, cover *insurance.Cover) *Insurance {
	if cover == nil {
		return nil
	}
	if cover.Covered() {
		return &Insurance{Status: "covered"}
	}
	reason, detail := string(cover.Reason), i18n.Text(lang, "insurance.reason."+string(cover.Reason), nil)
	return &Insurance{"not_covered", &reason, &detail}
}

// TheirsPage is a page of a shift's sign-ups.
type TheirsPage struct {
	Items []Theirs `json:"items"`
	Next  *string  `json:"next" extensions:"x-nullable"`
} //	@name	ShiftSignUpPage

func present(p signup.Placed) Response {
	r := Response{ID: p.ID, ShiftID: p.ShiftID, State: string(p.State), StartsAt: p.StartsAt.UTC(), EndsAt: p.EndsAt.UTC(), AppliedAt: p.AppliedAt.UTC()}
	if p.Position > 0 {
		r.Position = &p.Position
	}
	return r
}

// states reads a state from a query; none is all.
func states(state string) []signup.State {
	if state == "" {
		return nil
	}
	return []signup.State{signup.State(state)}
}

// stateNames are what a query may ask for, "" first.
func stateNames() []string {
	names := []string{""}
	for _, s := range signup.States() {
		names = append(names, string(s))
	}
	return names
}
