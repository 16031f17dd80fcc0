// Package insurance knows what the city's volunteers are insured for (자원봉사 종합보험), and tells of each whether he is covered at an instant.
package insurance

import (
	"context"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
)

// Contract is one contract with an insurer; a year from 1 May to 30 April is usual. No two cover the same day.
type Contract struct {
	ID        id.ID
	Insurer   string
	Number    string       // as the insurer writes it
	StartsOn  calendar.Day // first day
	EndsOn    calendar.Day // last day, included
	Reference string       // where it is written
	EnteredAt time.Time
	EnteredBy *id.ID // nil for what came with the city
}

// covers tells whether a day is of the contract.
func (c Contract) covers(d calendar.Day) bool { return !d.Before(c.StartsOn) && !d.After(c.EndsOn) }

// Conditions say who is covered, and when beside the activity itself.
type Conditions struct {
	ConsentRequired     bool // to the passing on of data to the insurer (종합보험가입 정보제공)
	MinimumAge          int  // full years
	MaximumAge          *int // full years, included; nil for none
	Online, Paper       bool // people who registered themselves, and people whom a camp registered
	TravelBeforeMinutes int  // the way there
	TravelAfterMinutes  int  // the way back
}

// Version is what a contract covers from a day on; of those that have begun the highest counts. A change makes a version.
type Version struct {
	ContractID    id.ID
	Version       int // from 1
	EffectiveFrom calendar.Day
	Conditions
	Reason    string // why it was changed; empty for the first
	EnteredAt time.Time
	EnteredBy *id.ID
}

// Unit says what a limit is of.
type Unit string

const (
	Sum    Unit = "sum"     // for all of one accident
	PerDay Unit = "per_day" // for each day, up to MaxDays
)

// Units lists the units of limits.
func Units() []Unit { return []Unit{Sum, PerDay} }

// Item is one thing that a version pays for. Amounts are in won.
type Item struct {
	ID             id.ID
	ContractID     id.ID
	Version        int
	Kind           string // such as "hospital_day"
	NameKo, NameEn string
	LimitWon       int64
	Unit           Unit
	MaxDays        *int // of a limit per day; nil for no bound
	AgeFrom        int  // full years: no death benefit under 15
	AgeTo          *int // full years, included; nil for none
	DeductibleWon  int64
	EffectiveFrom  calendar.Day
	EffectiveTo    calendar.Day // included
}

// appliesTo tells whether the item is for people of that age, on that day.
func (i Item) appliesTo(age int, on calendar.Day) bool {
	return age >= i.AgeFrom && (i.AgeTo == nil || age <= *i.AgeTo) && !on.Before(i.EffectiveFrom) && !on.After(i.EffectiveTo)
}

// Paper is a document that a claim on an item takes.
type Paper struct {
	ItemID         id.ID
	Code           string // such as "diagnosis"
	Position       int    // in the list of papers, from 1
	NameKo, NameEn string
}

// Terms is a version with all that belongs to it.
type Terms struct {
	Version
	Items  []Item
	Papers []Paper // of all items
}

// Whole is a contract with all its versions, the first one first.
type Whole struct {
	Contract
	Versions []Terms
}

var (
	ErrNotFound = fault.New(fault.NotFound, "insurance.contract_not_found")
	ErrOverlap  = fault.New(fault.Conflict, "insurance.contract_overlap")
	ErrNumber   = fault.New(fault.Conflict, "insurance.number_taken")
	ErrTooLong  = fault.New(fault.Invalid, "insurance.roster_too_long")
	ErrNoPerson = fault.New(fault.Forbidden, "insurance.no_person")
)

// Repository reads and keeps contracts, and what cover depends on. All methods about persons take many at once.
type Repository interface {
	// LockAll keeps others from adding contracts until the transaction ends.
	LockAll(ctx context.Context) error
	// Overlapping tells whether a contract covers a day from the first to the last.
	Overlapping(ctx context.Context, from, to calendar.Day) (bool, error)
	// Add keeps a new contract; ErrNumber when the insurer has one of that number.
	Add(ctx context.Context, c Contract) error
	// Lock finds a contract and keeps others from adding versions to it, or fails with ErrNotFound.
	Lock(ctx context.Context, contract id.ID) (Contract, error)
	// Last is the highest version of a contract.
	Last(ctx context.Context, contract id.ID) (Version, error)
	// AddVersion keeps a new version with items and papers.
	AddVersion(ctx context.Context, t Terms) error
	// Whole finds a contract with its versions, or fails with ErrNotFound.
	Whole(ctx context.Context, contract id.ID) (Whole, error)
	// Items reads the items and papers of a version.
	Items(ctx context.Context, contract id.ID, version int) ([]Item, []Paper, error)

	// Facts gives for each question, in one statement, what was known of the person and the contract at its instant; questions
	// about unknown persons are passed over. Days are those of the zone.
	Facts(ctx context.Context, zone *time.Location, about []Question) ([]Facts, error)
	// Places gives the sign-ups and presences around each question's instant, each with the number of the question.
	Places(ctx context.Context, about []Question) ([]Numbered, error)
	// Scheduled gives the sign-ups and presences that begin in a span, of people who consent to it at an instant, by their beginning; one
	// more than at most says that there are more.
	Scheduled(ctx context.Context, during calendar.Span, consentAt time.Time, most int) ([]Listed, error)
}

// Reader reads contracts for everybody; there are no personal data in them.
type Reader interface {
	// Whole finds a contract with its versions, or fails with ErrNotFound.
	Whole(ctx context.Context, contract id.ID) (Whole, error)
	// List gives contracts, the newest first.
	List(ctx context.Context, p page.Request) (page.Page[Contract], error)
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	Insurance() Repository
}

// Store runs a use case in one transaction, or reads.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
	Snapshot(ctx context.Context, fn func(ctx context.Context, r Repository) error) error
}

// Service holds the use cases of insurance.
type Service struct {
	store Store
	clock calendar.Clock
}

// NewService makes the use cases.
func NewService(store Store, clock calendar.Clock) *Service { return &Service{store, clock} }
