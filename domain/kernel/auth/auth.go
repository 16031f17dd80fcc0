// Package auth says who is asking and what he was entrusted with.
package auth

import (
	"context"
	"time"

	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

// Role is a task somebody was entrusted with.
type Role string

const (
	Volunteer       Role = "volunteer"           // every registered person, for himself; never granted
	CampHead        Role = "camp_head"           // 캠프장, for his camp
	CampKeeper      Role = "camp_keeper"         // 캠프지기, for his camp
	SiteManager     Role = "demand_site_manager" // for his demand site
	MerchantManager Role = "merchant_manager"    // for his shop or facility
	CentreOfficer   Role = "centre_officer"      // of the volunteer centre, for the city
	LateApprover    Role = "late_entry_approver" // beside another role: decides on what was entered after the window
	ClaimsOfficer   Role = "claims_officer"      // handles claims on the insurance, and alone reads the health data in them
	Analyst         Role = "analyst"             // figures of the city, never people
	Administrator   Role = "administrator"       // accounts, roles, reference data
)

// ScopeType says what kind of thing a role is limited to.
type ScopeType string

const (
	City       ScopeType = "city"
	Camp       ScopeType = "camp"
	DemandSite ScopeType = "demand_site"
	Merchant   ScopeType = "merchant"
)

// ScopeOf names the kind of scope that a role is granted for; ok is false for roles that are not granted.
func ScopeOf(r Role) (s ScopeType, ok bool) {
	switch r {
	case CampHead, CampKeeper:
		return Camp, true
	case SiteManager:
		return DemandSite, true
	case MerchantManager:
		return Merchant, true
	case CentreOfficer, LateApprover, ClaimsOfficer, Analyst, Administrator:
		return City, true
	default:
		return "", false
	}
}

// Grant is a role held for a scope and, when Until is set, for a term that ends at that instant.
type Grant struct {
	Role      Role
	ScopeType ScopeType
	ScopeID   id.ID // nil id for the city
	Until     *time.Time
}

// Principal is who is asking. The zero value is a stranger.
type Principal struct {
	AccountID   id.ID
	VolunteerID id.ID // the person behind the account; nil id for accounts without one
	SessionID   id.ID
	Grants      []Grant // in force at the time they were read
}

// Stranger tells whether nobody is signed in.
func (p Principal) Stranger() bool { return p.AccountID == id.Nil }

// Has tells whether one of the roles is held for a scope.
func (p Principal) Has(scope id.ID, roles ...Role) bool {
	for _, g := range p.Grants {
		for _, r := range roles {
			if g.Role == r && g.ScopeID == scope {
				return true
			}
		}
	}
	return false
}

// Is tells whether one of the city's roles is held.
func (p Principal) Is(roles ...Role) bool { return p.Has(id.Nil, roles...) }

// Scopes lists the ids for which one of the roles is held.
func (p Principal) Scopes(roles ...Role) []id.ID {
	ids := []id.ID{}
	for _, g := range p.Grants {
		for _, r := range roles {
			if g.Role == r && g.ScopeID != id.Nil {
				ids = append(ids, g.ScopeID)
			}
		}
	}
	return ids
}

// Staff tells whether any role is held.
func (p Principal) Staff() bool { return len(p.Grants) > 0 }

// ErrSignIn and ErrForbidden refuse a stranger, and somebody without the role.
var (
	ErrSignIn    = fault.New(fault.Unauthenticated, "auth.sign_in")
	ErrForbidden = fault.New(fault.Forbidden, "auth.forbidden")
)

type contextKey struct{}

// With puts the principal in a request's context.
func With(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, contextKey{}, p)
}

// From takes the principal of a request from its context; a stranger when there is none.
func From(ctx context.Context) Principal {
	p, _ := ctx.Value(contextKey{}).(Principal)
	return p
}

// Grants reads the roles in force; inside a transaction it sees what the transaction sees.
type Grants interface {
	// Current is the principal with the roles in force at an instant, and a stranger when the
	// account is disabled or its session has ended.
	Current(ctx context.Context, p Principal, at time.Time) (Principal, error)
}

// Current is the principal of the request with roles read afresh: what every writing use case starts with.
// It refuses strangers with ErrSignIn.
func Current(ctx context.Context, g Grants, at time.Time) (Principal, error) {
	p, err := g.Current(ctx, From(ctx), at)
	if err == nil && p.Stranger() {
		err = ErrSignIn
	}
	return p, err
}
