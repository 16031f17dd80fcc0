// Package volunteer serves persons: to the camps that know them, and to the centre.
package volunteer

import (
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/guess"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
	"dure/domain/volunteer"
)

// Handler serves the routes of volunteers.
type Handler struct {
	service *volunteer.Service
	names   *guess.Limit
}

// New makes the handler.
func New(service *volunteer.Service, clock calendar.Clock) Handler {
	return Handler{service, guess.New(1.0/600, 5, clock)} // five slips of the pen, then one in ten minutes
}

// Routes registers the routes.
func (h Handler) Routes(_, signedIn gin.IRoutes) {
	signedIn.POST("/camps/:camp_id/volunteers", h.register)
	signedIn.GET("/camps/:camp_id/volunteers", h.list)
	signedIn.PUT("/camps/:camp_id/volunteers/:volunteer_id/claim-code", h.handOver)
	signedIn.GET("/volunteers/:volunteer_id", h.get)
	signedIn.POST("/volunteers/:volunteer_id/guardian-consents", h.confirmGuardian)
	signedIn.GET("/volunteers/:volunteer_id/household", h.household)
	signedIn.POST("/volunteers/:volunteer_id/household", h.declareHousehold)
	signedIn.POST("/volunteers/:volunteer_id/household/:household_id/end", h.endHousehold)
	signedIn.GET("/me/household", h.myHousehold)
	signedIn.POST("/me/household", h.declareMyHousehold)
}

// Masked is a person as a camp's list shows him.
type Masked struct {
	VolunteerID     id.ID  `json:"volunteer_id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a11"`
	VolunteerNumber string `json:"volunteer_number" example:"4821-9374"`
	Name            string `json:"name" example:"홍*동"`
	BirthYear       int    `json:"birth_year" example:"1987"`
	Mobile          string `json:"mobile" example:"010-****-5678"`
	Status          string `json:"status" enums:"active,pending_guardian" example:"active"`
} //	@name	MaskedVolunteer

// Page is a page of a camp's people.
type Page struct {
	Items []Masked `json:"items"`
	Next  *string  `json:"next" extensions:"x-nullable"`
} //	@name	MaskedVolunteerPage

// Entered is a person as entered from paper.
type Entered struct {
	VolunteerID     id.ID        `json:"volunteer_id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a11"`
	VolunteerNumber string       `json:"volunteer_number" example:"4821-9374"`
	Name            string       `json:"name" example:"홍길동"`
	Status          string       `json:"status" enums:"active,pending_guardian" example:"active"`
	RegisteredOn    calendar.Day `json:"registered_on" format:"date" swaggertype:"string" example:"2026-07-01"`
} //	@name	EnteredVolunteer

// Handed is the code with which a person makes his record his own, at registration. It is shown once.
type Handed struct {
	VolunteerNumber string `json:"volunteer_number" example:"4821-9374"`
	ClaimCode       string `json:"claim_code" example:"7K3M-9QWX-2B4D"`
} //	@name	ClaimCode

// Record is a person with all that is kept about him.
type Record struct {
	VolunteerID     id.ID        `json:"volunteer_id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a11"`
	VolunteerNumber string       `json:"volunteer_number" example:"4821-9374"`
	Name            string       `json:"name" example:"홍길동"`
	BirthDate       calendar.Day `json:"birth_date" format:"date" swaggertype:"string" example:"2014-03-14"`
	Sex             string       `json:"sex" enums:"female,male,undisclosed" example:"male"`
	Region          Region       `json:"region"`
	Mobile          *string      `json:"mobile" extensions:"x-nullable" example:"01012345678"`
	Email           *string      `json:"email" extensions:"x-nullable" example:"gildong@example.kr"`
	Status          string       `json:"status" enums:"active,pending_guardian,withdrawn" example:"pending_guardian"`
	CampID          *id.ID       `json:"camp_id" format:"uuid" swaggertype:"string" extensions:"x-nullable" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a12"`
	RegisteredOn    calendar.Day `json:"registered_on" format:"date" swaggertype:"string" example:"2026-07-01"`
	Consents        []Consent    `json:"consents"`
	Guardians       []Guardian   `json:"guardians"`
} //	@name	VolunteerRecord

// Region is where a person lives.
type Region struct {
	Code     string `json:"code" example:"1221052500"`
	GuName   string `json:"gu_name" example:"동구"`
	DongName string `json:"dong_name" example:"충장동"`
} //	@name	VolunteerRegion

// Consent is a yes or no to one purpose.
type Consent struct {
	Purpose string `json:"purpose" enums:"terms,privacy,insurance,link_1365,messages,guardian" example:"terms" validate:"required"`
	Version string `json:"version" example:"1" validate:"required" maxLength:"20"`
	Granted bool   `json:"granted" example:"true" validate:"required"`
} //	@name	VolunteerConsent

// Guardian is a minor's guardian, as declared and later confirmed.
type Guardian struct {
	Name        string     `json:"name" example:"홍판서"`
	Mobile      string     `json:"mobile" example:"01012345678"`
	Relation    string     `json:"relation" example:"부"`
	ConfirmedAt *time.Time `json:"confirmed_at" format:"date-time" extensions:"x-nullable" example:"2026-07-02T01:30:00Z"`
} //	@name	VolunteerGuardian

func mask(v volunteer.Volunteer) Masked {
	return Masked{VolunteerID: v.ID, VolunteerNumber: v.Number, Name: text.Mask(v.Name), BirthYear: v.BirthDate.Year(),
		Mobile: text.MaskPhone(v.Mobile), Status: string(v.Status)}
}

func present(r volunteer.Record) Record {
	full := Record{VolunteerID: r.ID, VolunteerNumber: r.Number, Name: r.Name, BirthDate: r.BirthDate, Sex: string(r.Sex),
		Region: Region{Code: r.RegionCode, GuName: r.GuName, DongName: r.DongName}, Status: string(r.Status), CampID: r.CampID,
		RegisteredOn: r.RegisteredOn, Consents: make([]Consent, len(r.Consents)), Guardians: make([]Guardian, len(r.Guardians))}
	if r.Mobile != "" {
		full.Mobile = &r.Mobile
	}
	if r.Email != "" {
		full.Email = &r.Email
	}
	for i, c := range r.Consents {
		full.Consents[i] = Consent{Purpose: string(c.Purpose), Version: c.Version, Granted: c.Granted}
	}
	for i, g := range r.Guardians {
		full.Guardians[i] = Guardian{Name: g.Name, Mobile: g.Mobile, Relation: g.Relation, ConfirmedAt: g.ConfirmedAt}
	}
	return full
}
