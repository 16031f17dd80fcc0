// Package insurance serves contracts of insurance, tells who is covered, and gives the insurer his rosters.
package insurance

import (
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/i18n"
	"dure/domain/insurance"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// Handler serves the routes of insurance.
type Handler struct {
	service   *insurance.Service
	contracts insurance.Reader
	clock     calendar.Clock
}

// New makes the handler.
func New(service *insurance.Service, contracts insurance.Reader, clock calendar.Clock) Handler {
	return Handler{service, contracts, clock}
}

// Routes registers the routes. What the city's people are insured for, everybody who is signed in may read.
func (h Handler) Routes(_, signedIn gin.IRoutes) {
	signedIn.GET("/insurance-contracts", h.list)
	signedIn.GET("/insurance-contracts/:contract_id", h.get)
	signedIn.POST("/insurance-contracts", h.enter)
	signedIn.POST("/insurance-contracts/:contract_id/items", h.amend)
	signedIn.POST("/insurance-contracts/:contract_id/roster", h.roster)

	signedIn.GET("/coverage", h.coverage)
	signedIn.GET("/me/insurance", h.mine)
}

// Conditions say who is covered, and when.
type Conditions struct {
	ConsentRequired     bool `json:"consent_required" example:"true"`                    // to the passing on of data to the insurer
	MinimumAge          int  `json:"minimum_age" example:"0" minimum:"0"`                // full years
	MaximumAge          *int `json:"maximum_age" extensions:"x-nullable" minimum:"0"`    // full years, included; null for none
	Online              bool `json:"online" example:"true"`                              // people who registered themselves are covered
	Paper               bool `json:"paper" example:"true"`                               // people whom a camp registered are covered
	TravelBeforeMinutes int  `json:"travel_before_minutes" example:"120" maximum:"1440"` // the way there
	TravelAfterMinutes  int  `json:"travel_after_minutes" example:"120" maximum:"1440"`  // the way back
} //	@name	InsuranceConditions

// Item is one thing that is paid for.
type Item struct {
	Kind          string         `json:"kind" example:"hospital_day" pattern:"^[a-z][a-z0-9_]{0,39}$" validate:"required"`
	NameKo        string         `json:"name_ko" example:"입원일당" maxLength:"100" validate:"required"`
	NameEn        string         `json:"name_en" example:"Hospital stay" maxLength:"100" validate:"required"`
	LimitWon      int64          `json:"limit_won" example:"100000" minimum:"1" validate:"required"`
	Unit          insurance.Unit `json:"unit" swaggertype:"string" enums:"sum,per_day" example:"per_day" validate:"required"`
	MaxDays       *int           `json:"max_days" example:"180" extensions:"x-nullable"`                         // of a limit per day
	AgeFrom       int            `json:"age_from" example:"0"`                                                   // full years
	AgeTo         *int           `json:"age_to" extensions:"x-nullable"`                                         // full years, included
	DeductibleWon int64          `json:"deductible_won" example:"0" minimum:"0"`                                 // what the person bears himself
	EffectiveFrom calendar.Day   `json:"effective_from" format:"date" swaggertype:"string" example:"2026-05-01"` // the version's first day when it is not told
	EffectiveTo   calendar.Day   `json:"effective_to" format:"date" swaggertype:"string" example:"2027-04-30"`   // the contract's last day when it is not told
	Papers        []Paper        `json:"papers"`                                                                 // that a claim takes
} //	@name	InsuranceItem

// Paper is a document that a claim takes.
type Paper struct {
	Code   string `json:"code" example:"diagnosis" pattern:"^[a-z][a-z0-9_]{0,39}$" validate:"required"`
	NameKo string `json:"name_ko" example:"진단서" maxLength:"100" validate:"required"`
	NameEn string `json:"name_en" example:"Diagnosis" maxLength:"100" validate:"required"`
} //	@name	InsurancePaper

// Version is what a contract covers from a day on.
type Version struct {
	Version       int          `json:"version" example:"1"`
	EffectiveFrom calendar.Day `json:"effective_from" format:"date" swaggertype:"string" example:"2026-05-01"`
	Conditions    Conditions   `json:"conditions"`
	Items         []Item       `json:"items"`
	Reason        string       `json:"reason" example:"온열질환 추가"` // why it was changed
	EnteredAt     time.Time    `json:"entered_at" format:"date-time" example:"2026-04-28T02:00:00Z"`
} //	@name	InsuranceVersion

// Head is a contract without what it covers.
type Head struct {
	ID        id.ID        `json:"id" format:"uuid" swaggertype:"string"`
	Insurer   string       `json:"insurer" example:"삼성화재"`
	Number    string       `json:"number" example:"2026-종합-0501"`
	StartsOn  calendar.Day `json:"starts_on" format:"date" swaggertype:"string" example:"2026-05-01"`
	EndsOn    calendar.Day `json:"ends_on" format:"date" swaggertype:"string" example:"2027-04-30"`
	Reference string       `json:"reference" example:"행정안전부 자원봉사 종합보험 안내"`
} //	@name	InsuranceContractHead

// Response is a contract with all its versions, the first one first. On a day the highest counts that has begun.
type Response struct {
	Head
	Versions []Version `json:"versions"`
} //	@name	InsuranceContract

func presentHead(c insurance.Contract) Head {
	return Head{ID: c.ID, Insurer: c.Insurer, Number: c.Number, StartsOn: c.StartsOn, EndsOn: c.EndsOn, Reference: c.Reference}
}

func present(w insurance.Whole) Response {
	answer := Response{Head: presentHead(w.Contract), Versions: make([]Version, len(w.Versions))}
	for i, t := range w.Versions {
		answer.Versions[i] = presentVersion(t)
	}
	return answer
}

func presentVersion(t insurance.Terms) Version {
	return Version{Version: t.Version.Version, EffectiveFrom: t.EffectiveFrom, Conditions: presentConditions(t.Conditions),
		Items: presentItems(t.Items, t.Papers), Reason: t.Reason, EnteredAt: t.EnteredAt.UTC()}
}

func presentConditions(c insurance.Conditions) Conditions {
	return Conditions{ConsentRequired: c.ConsentRequired, MinimumAge: c.MinimumAge, MaximumAge: c.MaximumAge, Online: c.Online, Paper: c.Paper,
		TravelBeforeMinutes: c.TravelBeforeMinutes, TravelAfterMinutes: c.TravelAfterMinutes}
}

func presentItems(items []insurance.Item, papers []insurance.Paper) []Item {
	of := map[id.ID][]Paper{}
	for _, p := range papers {
		of[p.ItemID] = append(of[p.ItemID], Paper{p.Code, p.NameKo, p.NameEn})
	}
	answer := make([]Item, len(items))
	for i, item := range items {
		answer[i] = Item{Kind: item.Kind, NameKo: item.NameKo, NameEn: item.NameEn, LimitWon: item.LimitWon, Unit: item.Unit,
			MaxDays: item.MaxDays, AgeFrom: item.AgeFrom, AgeTo: item.AgeTo, DeductibleWon: item.DeductibleWon,
			EffectiveFrom: item.EffectiveFrom, EffectiveTo: item.EffectiveTo, Papers: append([]Paper{}, of[item.ID]...)}
	}
	return answer
}

// Coverage tells whether a person is covered at an instant.
type Coverage struct {
	VolunteerID id.ID     `json:"volunteer_id" format:"uuid" swaggertype:"string"`
	At          time.Time `json:"at" format:"date-time" example:"2026-07-15T04:00:00Z"`
	Status      string    `json:"status" enums:"covered,not_covered" example:"covered"`
	Reason      *string   `json:"reason" extensions:"x-nullable" enums:"no_consent,policy_gap,guardian_pending,withdrawn,age_outside,registration_outside,activity_not_approved,shift_cancelled,no_show,no_activity"` // why not
	Detail      *string   `json:"detail" extensions:"x-nullable" example:"보험사에 정보를 주는 데 동의하지 않았습니다."`                                                                                                                 // the reason in words
	Contract    *Policy   `json:"contract" extensions:"x-nullable"`                                                                                                                                                   // in force at the instant
	Basis       *string   `json:"basis" extensions:"x-nullable" enums:"sign_up,check_in,verified_attendance" example:"check_in"`                                                                                      // what it rests on, the strongest that holds
	Activity    *Activity `json:"activity" extensions:"x-nullable"`                                                                                                                                                   // that it rests on
	Window      *Window   `json:"window" extensions:"x-nullable"`
	Age         int       `json:"age" example:"36"` // full years at the instant
	Items       []Item    `json:"items"`            // that apply to a person of that age
} //	@name	Coverage

// Policy is the contract in force.
type Policy struct {
	ID       id.ID        `json:"id" format:"uuid" swaggertype:"string"`
	Insurer  string       `json:"insurer" example:"삼성화재"`
	Number   string       `json:"number" example:"2026-종합-0501"`
	StartsOn calendar.Day `json:"starts_on" format:"date" swaggertype:"string" example:"2026-05-01"`
	EndsOn   calendar.Day `json:"ends_on" format:"date" swaggertype:"string" example:"2027-04-30"`
	Version  int          `json:"version" example:"1"`
} //	@name	CoveragePolicy

// Activity is what cover rests on.
type Activity struct {
	ShiftID      id.ID  `json:"shift_id" format:"uuid" swaggertype:"string"`
	AttendanceID *id.ID `json:"attendance_id" format:"uuid" swaggertype:"string" extensions:"x-nullable"`
	Title        string `json:"title" example:"경로당 급식 봉사"`
} //	@name	CoverageActivity

// Window is when the activity gives cover, the ways there and back included: from its start up to its end.
type Window struct {
	Start time.Time `json:"start" format:"date-time" example:"2026-07-15T02:00:00Z"`
	End   time.Time `json:"end" format:"date-time" example:"2026-07-15T10:00:00Z"`
} //	@name	CoverageWindow

func presentCover(lang i18n.Lang, a insurance.Answer) Coverage {
	answer := Coverage{VolunteerID: a.VolunteerID, At: a.At.UTC(), Status: "not_covered", Age: a.Age, Items: presentItems(a.Items, a.Papers)}
	if p := a.Policy; p != nil {
		answer.Contract = &Policy{p.ID, p.Insurer, p.Number, p.StartsOn, p.EndsOn, p.Version}
	}
	if !a.Covered() {
		reason, detail := string(a.Reason), i18n.Text(lang, "insurance.reason."+string(a.Reason), nil)
		answer.Reason, answer.Detail = &reason, &detail
		return answer
	}
	basis := string(a.Basis)
	answer.Status, answer.Basis = "covered", &basis
	answer.Window = &Window{a.Window.Start.UTC(), a.Window.End.UTC()}
	answer.Activity = &Activity{ShiftID: a.Place.ShiftID, Title: a.Place.Title}
	if a.Place.AttendanceID != id.Nil {
		answer.Activity.AttendanceID = &a.Place.AttendanceID
	}
	return answer
}
