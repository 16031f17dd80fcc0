// Package site knows the organisations (수요처) that need volunteers: they apply, are approved, and then list activities.
package site

import (
	"context"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/kernel/text"
)

// Kind is what sort of organisation a demand site is.
type Kind string

const (
	Public    Kind = "public"
	Welfare   Kind = "welfare"
	Education Kind = "education"
	Medical   Kind = "medical"
	NonProfit Kind = "non_profit"
	Other     Kind = "other"
)

// State is how far the centre's decision on a demand site has come.
type State string

const (
	Applied   State = "applied"
	Approved  State = "approved" // may list activities
	Rejected  State = "rejected"
	Suspended State = "suspended" // lists nothing until it is approved again
	Closed    State = "closed"
)

// Site is one organisation that needs volunteers.
type Site struct {
	ID         id.ID
	Name       string
	Search     string // Name in the form that searches compare
	Kind       Kind
	RegionCode string // a gu or a dong
	Address    string
	Phone      string // of the organisation, not of a person
	State      State
	AppliedBy  id.ID // account; nil id for sites that came with imported listings
	AppliedAt  time.Time
	DecidedBy  *id.ID
	DecidedAt  *time.Time
	Reason     string // of the last decision
	Version    int
}

// Listed is a demand site as lists and pages show it.
type Listed struct {
	Site
	GuName   string
	DongName string // empty where the region is a gu
}

// Filter says which demand sites are wanted; zero members do not restrict.
type Filter struct {
	State  State
	Region string // code of a city, gu or dong, present or past
	Word   string // part of the name
}

var (
	ErrNotFound    = fault.New(fault.NotFound, "site.not_found")
	ErrState       = fault.New(fault.Conflict, "site.state")
	ErrNotApproved = fault.New(fault.Conflict, "site.not_approved")
	ErrChanged     = fault.New(fault.PreconditionFailed, "request.changed")

	errRegion = fault.ErrInvalid.On("region_code", "unknown")
)

func (s Site) validate() error {
	f := fault.Collect()
	text.Line(f, "name", s.Name, 1, 100)
	switch s.Kind {
	case Public, Welfare, Education, Medical, NonProfit, Other:
	default:
		f.Add("kind", "unknown")
	}
	f.Require(s.RegionCode != "", "region_code")
	text.Line(f, "address", s.Address, 1, 200)
	text.Line(f, "phone", s.Phone, 0, 40)
	return f.Err()
}

// Repository keeps demand sites inside a transaction.
type Repository interface {
	// Lock finds a demand site and keeps others from changing it, or fails with ErrNotFound.
	Lock(ctx context.Context, id id.ID) (Site, error)
	// IsRegion tells whether a code is a gu or a dong, present or past.
	IsRegion(ctx context.Context, code string) (bool, error)
	// Add keeps a new demand site.
	Add(ctx context.Context, s Site) error
	// Update replaces a locked demand site.
	Update(ctx context.Context, s Site) error
	// Entrust makes an account the manager of a site, without end, unless it is already; made tells which.
	Entrust(ctx context.Context, s Site, account, by id.ID, at time.Time) (made bool, err error)
	// Dismiss ends all roles that are held for a site, and tells how many.
	Dismiss(ctx context.Context, s Site, by id.ID, at time.Time) (int, error)
}

// Reader reads demand sites within what a reader may see.
type Reader interface {
	// Listed finds one demand site in the scope, or fails with ErrNotFound.
	Listed(ctx context.Context, s Scope, id id.ID) (Listed, error)
	// List gives the demand sites of the scope by name.
	List(ctx context.Context, s Scope, f Filter, p page.Request) (page.Page[Listed], error)
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	Duties() duty.Register
	Sites() Repository
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Service holds the use cases that write demand sites.
type Service struct {
	store Store
	clock calendar.Clock
}

// NewService makes the use cases.
func NewService(store Store, clock calendar.Clock) *Service { return &Service{store, clock} }

// checked refuses a site whose members break rules, the region among them.
func checked(ctx context.Context, tx Tx, s Site) error {
	if err := s.validate(); err != nil {
		return err
	}
	known, err := tx.Sites().IsRegion(ctx, s.RegionCode)
	if err == nil && !known {
		return errRegion
	}
	return err
}
