// Package role entrusts people with tasks – a camp, a demand site, the city's centre – and takes the trust back.
package role

import (
	"context"
	"time"

	"dure/domain/account"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
)

// Grant is a role held by an account for a scope and a term. It is ended, never deleted.
type Grant struct {
	ID        id.ID
	AccountID id.ID
	Role      auth.Role
	ScopeType auth.ScopeType
	ScopeID   id.ID // nil id for the city
	StartsAt  time.Time
	EndsAt    *time.Time
	GrantedBy *id.ID // nil for the first administrator
	Reason    string
	RevokedAt *time.Time
	RevokedBy *id.ID
}

// Listed is a grant with the login of who holds it.
type Listed struct {
	Grant
	Login string
}

// Filter says which grants are wanted; zero members do not restrict.
type Filter struct {
	AccountID id.ID
	ScopeID   id.ID
	Role      auth.Role
	Live      bool // only those in force at At
	At        time.Time
}

var (
	ErrNotFound = fault.New(fault.NotFound, "role.not_found")
	ErrHeld     = fault.New(fault.Conflict, "role.held")
	ErrRevoked  = fault.New(fault.Conflict, "role.revoked")
)

// Repository keeps grants inside a transaction.
type Repository interface {
	// Exists tells whether a camp or demand site is there.
	Exists(ctx context.Context, t auth.ScopeType, scope id.ID) (bool, error)
	// Add keeps a new grant, or fails with ErrHeld while the same one is in force.
	Add(ctx context.Context, g Grant) error
	// Get finds a grant, or fails with ErrNotFound.
	Get(ctx context.Context, id id.ID) (Grant, error)
	// Revoke ends a grant, or fails with ErrRevoked.
	Revoke(ctx context.Context, g Grant) error
	// List gives grants that may be seen, newest first.
	List(ctx context.Context, v Visible, f Filter, p page.Request) (page.Page[Listed], error)
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	Duties() duty.Register
	Accounts() account.Repository
	Roles() Repository
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Service holds the use cases about roles.
type Service struct {
	store  Store
	clock  calendar.Clock
	forget account.Forget
}

// NewService makes the use cases.
func NewService(store Store, clock calendar.Clock, forget account.Forget) *Service {
	return &Service{store, clock, forget}
}
