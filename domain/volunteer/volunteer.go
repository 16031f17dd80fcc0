// Package volunteer knows the city's volunteers: who they are, where they live, what they consented to and who cares for the minors among them.
package volunteer

import (
	"context"
	"time"

	"dure/domain/camp"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/ledger"
)

// Status says whether a person may sign up and be recorded.
type Status string

const (
	Active          Status = "active"
	PendingGuardian Status = "pending_guardian" // under 14, the guardian's consent is not confirmed yet
	Withdrawn       Status = "withdrawn"
)

// Volunteer is one person, with or without an account to sign in with.
type Volunteer struct {
	ID           id.ID
	Number       string // public, as ParseNumber gives it: 1234-5678
	Name         string
	Search       string // Name in the form that searches compare
	BirthDate    calendar.Day
	Sex          Sex
	RegionCode   string // the dong of residence, or the province of people from elsewhere
	Mobile       string // digits only; empty for none
	Email        string // lower case; empty for none
	Status       Status
	CampID       *id.ID // where the person was registered on paper
	RegisteredOn calendar.Day
	RegisteredAt time.Time
	RegisteredBy *id.ID       // the account that registered the person on paper
	WithdrawnOn  calendar.Day // the first day on which he is no longer registered; no day while he is
	ClaimHash    string       // what Claim compares; empty when there is nothing to claim
	Version      int
}

// Record is a person with all that is kept about him.
type Record struct {
	Volunteer
	GuName, DongName string
	Consents         []Consent // the latest of each purpose
	Guardians        []GuardianOf
}

// GuardianOf is a minor's guardian as declared and, later, confirmed.
type GuardianOf struct {
	Guardian
	DeclaredAt  time.Time
	ConfirmedAt *time.Time
}

var (
	ErrNotFound        = fault.New(fault.NotFound, "volunteer.not_found")
	ErrChanged         = fault.New(fault.PreconditionFailed, "request.changed")
	ErrNoPerson        = fault.New(fault.Conflict, "volunteer.no_person")
	ErrConsentMissing  = fault.New(fault.Invalid, "volunteer.consent_missing")
	ErrConsentRequired = fault.New(fault.Conflict, "volunteer.consent_required")
	ErrNumber          = fault.New(fault.Invalid, "volunteer.number_wrong")
	ErrClaimed         = fault.New(fault.Conflict, "volunteer.claimed")
	ErrNotPending      = fault.New(fault.Conflict, "volunteer.not_pending")
	errNumbersUsedUp   = fault.New(fault.Unavailable, "volunteer.numbers_used_up")
)

// Repository keeps persons inside a transaction.
type Repository interface {
	// Residence gives today's code of a dong, present or past, or of a province; ok is false when there is none.
	Residence(ctx context.Context, code string, today calendar.Day) (current string, ok bool, err error)
	// Add keeps a new person with his residence since RegisteredOn; taken tells that his number belongs to somebody.
	Add(ctx context.Context, v Volunteer) (taken bool, err error)
	// Get finds a person, or fails with ErrNotFound.
	Get(ctx context.Context, id id.ID) (Volunteer, error)
	// ByNumber finds a person by number, or fails with ErrNotFound.
	ByNumber(ctx context.Context, number string) (Volunteer, error)
	// Record finds a person with all that is kept about him, or fails with ErrNotFound.
	Record(ctx context.Context, id id.ID) (Record, error)
	// Update replaces the person whose version is one lower, or fails with ErrChanged. What he was known as before stays
	// known as of any instant before at.
	Update(ctx context.Context, v Volunteer, at time.Time) error
	// Move keeps that a person lives in a region since a day, as known from an instant on.
	Move(ctx context.Context, person id.ID, region string, since calendar.Day, at time.Time) error
	// Consent appends consents given or taken back.
	Consent(ctx context.Context, given ...Given) error
	// AddGuardian keeps a minor's guardian, and who that is if he is registered.
	AddGuardian(ctx context.Context, ward id.ID, g Guardian, at time.Time) error
	// LinkWards marks a person as the guardian that others declared by his mobile number.
	LinkWards(ctx context.Context, v Volunteer) error
	// ConfirmGuardians marks the declared guardians of a person as confirmed.
	ConfirmGuardians(ctx context.Context, ward, by id.ID, at time.Time) error
	// HasAccount tells whether the person signs in.
	HasAccount(ctx context.Context, person id.ID) (bool, error)
	// Household finds the declaration in force between two persons, whoever of them made it.
	Household(ctx context.Context, a, b id.ID) (h Household, found bool, err error)
	// AddHousehold keeps a declaration; full tells that its person has made as many as he may.
	AddHousehold(ctx context.Context, h Household, most int) (full bool, err error)
	// LockHousehold finds a declaration and keeps others from ending it, or fails with ErrHouseholdNotFound.
	LockHousehold(ctx context.Context, id id.ID) (Household, error)
	// EndHousehold writes the end of a locked declaration.
	EndHousehold(ctx context.Context, h Household) error
	// Housemates gives the declarations in force of one person, newest first, a hundred at most.
	Housemates(ctx context.Context, person id.ID) ([]Housemate, error)
	// AtCamp gives a camp's own people by name: who was registered or has been present there.
	AtCamp(ctx context.Context, camp id.ID, f Filter, p page.Request) (page.Page[Volunteer], error)
}

// Roll is what entering a person needs: he gets an account of minutes with his number.
type Roll interface {
	Volunteers() Repository
	Ledger() ledger.Repository
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Roll
	Grants() auth.Grants
	Audit() audit.Log
	Duties() duty.Register
	Camps() camp.Repository
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Service holds the use cases about persons.
type Service struct {
	store Store
	clock calendar.Clock
	texts Texts
}

// NewService makes the use cases; texts are those that everybody must agree to.
func NewService(store Store, clock calendar.Clock, texts Texts) *Service {
	return &Service{store, clock, texts}
}
