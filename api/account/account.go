// Package account serves registering, signing in and what a person sees of himself.
package account

import (
	"time"

	"github.com/gin-gonic/gin"

	"dure/domain/account"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/volunteer"
)

// Handler serves the routes of accounts.
type Handler struct {
	service    *account.Service
	accounts   account.Reader
	volunteers *volunteer.Service
}

// New makes the handler.
func New(service *account.Service, accounts account.Reader, volunteers *volunteer.Service) Handler {
	return Handler{service, accounts, volunteers}
}

// Routes registers the routes; who is not signed in may only do what signs him in.
func (h Handler) Routes(open, signedIn gin.IRoutes) {
	open.POST("/auth/register", h.register)
	open.POST("/auth/login", h.login)
	open.POST("/auth/refresh", h.refresh)
	signedIn.POST("/auth/logout", h.logout)
	signedIn.GET("/me", h.me)
	signedIn.PATCH("/me", h.edit)
	signedIn.PUT("/me/password", h.password)
}

// Tokens are what a device is signed in with. They are told once and kept nowhere.
type Tokens struct {
	AccessToken  string `json:"access_token" example:"eyJhbGciOiJFZERTQSIsImtpZCI6…"`
	TokenType    string `json:"token_type" example:"Bearer"`
	ExpiresIn    int    `json:"expires_in" example:"600"`
	RefreshToken string `json:"refresh_token" example:"5f0c9d…"`
} //	@name	Tokens

// Registered are a new account's tokens, and the account.
type Registered struct {
	Tokens
	Account Me `json:"account"`
} //	@name	Registered

// Me is an account as its owner sees it. Accounts without a person have null where one is described.
type Me struct {
	AccountID       id.ID         `json:"account_id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10"`
	Login           string        `json:"login" example:"gildong@example.kr"`
	VolunteerNumber *string       `json:"volunteer_number" extensions:"x-nullable" example:"4821-9374"`
	VolunteerID     *id.ID        `json:"volunteer_id" format:"uuid" swaggertype:"string" extensions:"x-nullable" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a11"`
	Name            *string       `json:"name" extensions:"x-nullable" example:"홍길동"`
	BirthDate       *calendar.Day `json:"birth_date" format:"date" swaggertype:"string" extensions:"x-nullable" example:"1987-03-14"`
	Sex             *string       `json:"sex" extensions:"x-nullable" enums:"female,male,undisclosed" example:"male"`
	Region          *Region       `json:"region" extensions:"x-nullable"`
	Status          *string       `json:"status" extensions:"x-nullable" enums:"active,pending_guardian,withdrawn" example:"active"`
	Mobile          *string       `json:"mobile" extensions:"x-nullable" example:"01012345678"`
	Email           *string       `json:"email" extensions:"x-nullable" example:"gildong@example.kr"`
	Consents        []Consent     `json:"consents"`
	Roles           []Role        `json:"roles"`
	RegisteredOn    *calendar.Day `json:"registered_on" format:"date" swaggertype:"string" extensions:"x-nullable" example:"2026-07-01"`
} //	@name	Me

// Region is where a person lives: a dong of the city, or elsewhere a province without a dong.
type Region struct {
	Code     string `json:"code" example:"1221052500"`
	GuName   string `json:"gu_name" example:"동구"`
	DongName string `json:"dong_name" example:"충장동"`
} //	@name	Residence

// Consent is a yes or no to one purpose, as worded in a version of its text.
type Consent struct {
	Purpose string `json:"purpose" enums:"terms,privacy,insurance,link_1365,messages,guardian" example:"terms" validate:"required"`
	Version string `json:"version" example:"1" validate:"required" maxLength:"20"`
	Granted bool   `json:"granted" example:"true" validate:"required"`
} //	@name	Consent

// Role is a task the account was entrusted with.
type Role struct {
	Role      string     `json:"role" enums:"camp_head,camp_keeper,demand_site_manager,merchant_manager,centre_officer,late_entry_approver,analyst,administrator" example:"camp_head"`
	ScopeType string     `json:"scope_type" enums:"city,camp,demand_site,merchant" example:"camp"`
	ScopeID   *id.ID     `json:"scope_id" format:"uuid" swaggertype:"string" extensions:"x-nullable" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a12"`
	Until     *time.Time `json:"until" format:"date-time" extensions:"x-nullable" example:"2027-12-31T15:00:00Z"`
} //	@name	MyRole

func presentTokens(s account.Signed) Tokens {
	return Tokens{AccessToken: s.AccessToken, TokenType: "Bearer", ExpiresIn: int(s.Lives.Seconds()), RefreshToken: s.RefreshToken}
}

func present(p account.Profile, grants []auth.Grant) Me {
	me := Me{AccountID: p.ID, Login: p.Login, VolunteerID: p.VolunteerID, Consents: []Consent{}, Roles: []Role{}}
	for _, g := range grants {
		role := Role{Role: string(g.Role), ScopeType: string(g.ScopeType), Until: g.Until}
		if g.ScopeID != id.Nil {
			role.ScopeID = &g.ScopeID
		}
		me.Roles = append(me.Roles, role)
	}
	v := p.Person
	if v == nil {
		return me
	}
	me.VolunteerNumber, me.Name, me.BirthDate, me.RegisteredOn = &v.Number, &v.Name, &v.BirthDate, &v.RegisteredOn
	me.Sex, me.Status = (*string)(&v.Sex), (*string)(&v.Status)
	me.Region = &Region{Code: v.RegionCode, GuName: v.GuName, DongName: v.DongName}
	if v.Mobile != "" {
		me.Mobile = &v.Mobile
	}
	if v.Email != "" {
		me.Email = &v.Email
	}
	for _, c := range v.Consents {
		me.Consents = append(me.Consents, Consent{Purpose: string(c.Purpose), Version: c.Version, Granted: c.Granted})
	}
	return me
}

func consents(list []Consent) []volunteer.Consent {
	read := make([]volunteer.Consent, len(list))
	for i, c := range list {
		read[i] = volunteer.Consent{Purpose: volunteer.Purpose(c.Purpose), Version: c.Version, Granted: c.Granted}
	}
	return read
}
