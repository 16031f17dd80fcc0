// Package claim (보험 청구) takes reports of accidents at volunteering, and follows what becomes of them at the insurer.
package claim

import (
	"context"
	"time"

	"dure/domain/attendance"
	"dure/domain/document"
	"dure/domain/insurance"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/outbox"
	"dure/domain/kernel/page"
	"dure/domain/ledger"
)

// State is where a claim stands.
type State string

const (
	Reported  State = "reported"  // the accident is known
	Documents State = "documents" // papers are being gathered
	Filed     State = "filed"     // handed in to the insurer
	Approved  State = "approved"  // the insurer pays, so much for each item
	Refused   State = "refused"
	Paid      State = "paid"
	Closed    State = "closed"
	Withdrawn State = "withdrawn" // by the volunteer
)

// States lists all states.
func States() []State {
	return []State{Reported, Documents, Filed, Approved, Refused, Paid, Closed, Withdrawn}
}

// Claim is where a claim stands. How it came there is told by its steps, which are never changed. What people wrote about the
// accident and about their health lies in the vault.
type Claim struct {
	ID           id.ID
	VolunteerID  id.ID  // who had the accident
	OrganiserID  *id.ID // whose volunteer he was there; nil where that is not known
	ShiftID      *id.ID // as reported
	AttendanceID *id.ID
	ReportedAt   time.Time
	ReportedBy   id.ID // account
	HappenedAt   time.Time
	Day          calendar.Day // the city's day of the accident
	Place        string
	StatementID  id.ID        // the document with what happened
	HealthID     *id.ID       // and with what it did to him
	DeadlineOn   calendar.Day // the last day on which the insurer takes it
	State        State
	ApprovedWon  int64
	ApprovedBy   *id.ID
	PaidBy       *id.ID
	Steps        int // how many there are
	CoverNumber  int // the step at which cover was last asked about
}

// Late tells whether the insurer takes it no more on a day.
func (c Claim) Late(on calendar.Day) bool { return on.After(c.DeadlineOn) }

// Step is one step of a claim, with the state that it led to.
type Step struct {
	ClaimID    id.ID
	Number     int // 1 is the report
	State      State
	HappenedAt time.Time
	AccountID  id.ID
	Reason     string
	AmountWon  int64 // approved or paid by it
}

// move notes a step in its place, and moves the claim.
func (c *Claim) move(to State, by id.ID, reason string, at time.Time) Step {
	c.Steps++
	c.State = to
	return Step{ClaimID: c.ID, Number: c.Steps, State: to, HappenedAt: at, AccountID: by, Reason: reason}
}

// Cover is what was known of the cover at the accident's instant when a step was taken.
type Cover struct {
	ClaimID                id.ID
	Number                 int              // of the step
	Reason                 insurance.Reason // why not; empty when covered
	Age                    int              // full years at the accident
	ContractID             *id.ID           // nil when none was in force
	Version                *int
	Basis                  insurance.Basis // and the rest, when covered
	ShiftID, AttendanceID  *id.ID
	WindowStart, WindowEnd *time.Time
}

// covered keeps an answer with the step that it was asked at.
func (c *Claim) covered(answer insurance.Cover) Cover {
	c.CoverNumber = c.Steps
	kept := Cover{ClaimID: c.ID, Number: c.Steps, Reason: answer.Reason, Age: answer.Age}
	if answer.Policy != nil {
		kept.ContractID, kept.Version = &answer.Policy.ID, &answer.Policy.Version
	}
	if answer.Covered() {
		kept.Basis, kept.ShiftID = answer.Basis, &answer.Place.ShiftID
		kept.WindowStart, kept.WindowEnd = &answer.Window.Start, &answer.Window.End
		if answer.Place.AttendanceID != id.Nil {
			kept.AttendanceID = &answer.Place.AttendanceID
		}
	}
	return kept
}

// Amount is what was approved for an item.
type Amount struct {
	ClaimID   id.ID
	Number    int // of the step
	ItemID    id.ID
	Days      *int // of an item per day
	AmountWon int64
}

// Award is an amount with the item that it is for.
type Award struct {
	Amount
	Kind           string
	NameKo, NameEn string
}

// Paper is a document that was handed in for a claim.
type Paper struct {
	ClaimID    id.ID
	DocumentID id.ID
	Code       string // which paper it is; Other for one that no item asks for
	AddedAt    time.Time
	AddedBy    id.ID // account
}

// Other is the code of a paper that no item asks for.
const Other = "other"

// Required is a paper that the items of a claim ask for.
type Required struct {
	ClaimID        id.ID
	Code           string
	NameKo, NameEn string
	Given          bool
}

// Consent is a word about the use of health data for a claim; the last one counts.
type Consent struct {
	ID      id.ID
	ClaimID id.ID
	Version string // of the text that was read
	Granted bool
	GivenAt time.Time
	GivenBy id.ID // account
	Medium  Medium
}

// Medium says how consent was given.
type Medium string

const (
	Online  Medium = "online" // by the volunteer himself
	OnPaper Medium = "paper"  // entered by the organiser for somebody without an account
)

// Listed is a claim with what lists show beside it.
type Listed struct {
	Claim
	Cover           Cover
	VolunteerNumber string
	VolunteerName   string // in full
	Missing         []Required
}

// Handed is a paper with what is known of its document.
type Handed struct {
	Paper
	Document document.Document
}

// Full is a claim with its whole story.
type Full struct {
	Listed
	Kinds    []string // that are claimed
	Contract *insurance.Contract
	Story    []Step // in order
	Papers   []Handed
	Amounts  []Award
	Consents []Consent // in order
	Text     string    // what happened
	Whole    bool      // the reader may see all of it, else state and papers
}

// Consented tells the last word on health data.
func (f Full) Consented() bool {
	return len(f.Consents) > 0 && f.Consents[len(f.Consents)-1].Granted
}

var (
	ErrNotFound      = fault.New(fault.NotFound, "claim.not_found")
	ErrReported      = fault.New(fault.Conflict, "claim.reported_already")
	ErrState         = fault.New(fault.Conflict, "claim.state")
	ErrNoContract    = fault.New(fault.Conflict, "claim.no_contract")
	ErrPapersMissing = fault.New(fault.Conflict, "claim.papers_missing")
	ErrLate          = fault.New(fault.Conflict, "claim.deadline_passed")
	ErrNotCovered    = fault.New(fault.Conflict, "claim.not_covered")
	ErrNoConsent     = fault.New(fault.Forbidden, "claim.health_consent_missing")
	ErrUsed          = fault.New(fault.Conflict, "claim.document_used")
)

// Scope says whose claims are wanted: one of the two ids, or the whole city's where both are nil.
type Scope struct{ VolunteerID, OrganiserID id.ID }

// Filter says which claims are wanted; zero members do not restrict.
type Filter struct{ State State }

// Repository keeps claims inside a transaction. Whoever writes holds the lock of the volunteer's account.
type Repository interface {
	// Deadline gives for how many years after a day the insurer takes a claim.
	Deadline(ctx context.Context, on calendar.Day) (years int, err error)
	// Theirs finds, of these organisers, the one at whose shifts a person had a place or was present last.
	Theirs(ctx context.Context, volunteer id.ID, organisers []id.ID) (organiser id.ID, found bool, err error)
	// HasAccount tells whether the person can speak for himself.
	HasAccount(ctx context.Context, volunteer id.ID) (bool, error)
	// Add keeps a new claim; ErrReported when the same accident was reported and not withdrawn.
	Add(ctx context.Context, c Claim, kinds []string, first Step, cover Cover) error
	// Get finds a claim, or fails with ErrNotFound.
	Get(ctx context.Context, claim id.ID) (Claim, error)
	// Listed is Get with what lists show.
	Listed(ctx context.Context, claim id.ID) (Listed, error)
	// Full is Get with its story, but for what lies in the vault.
	Full(ctx context.Context, claim id.ID) (Full, error)
	// Kinds are the kinds of items that are claimed.
	Kinds(ctx context.Context, claim id.ID) ([]string, error)
	// Move writes where a claim stands now, and appends the step that led there with what was found and approved by it.
	Move(ctx context.Context, c Claim, step Step, cover *Cover, amounts []Amount) error
	// Required gives the papers that the items of claims ask for, by code.
	Required(ctx context.Context, claims []id.ID) ([]Required, error)
	// AddPaper keeps a paper; ErrUsed when the document was handed in already.
	AddPaper(ctx context.Context, p Paper) error
	// Document finds a document among the papers of a claim, or fails with document.ErrNotFound.
	Document(ctx context.Context, claim, document id.ID) (document.Document, error)
	// AddConsent keeps a word on health data.
	AddConsent(ctx context.Context, c Consent) error
	// Consented tells the last word on health data; false when there is none.
	Consented(ctx context.Context, claim id.ID) (bool, error)
	// Spent tells what was approved for the same person's other claims of a day, by kind.
	Spent(ctx context.Context, volunteer id.ID, on calendar.Day, except id.ID) ([]Spent, error)
	// List gives claims, the newest first.
	List(ctx context.Context, scope Scope, f Filter, p page.Request) (page.Page[Listed], error)
	// Lines gives what was filed under a contract, by the accident; one more than at most says that there are more.
	Lines(ctx context.Context, contract id.ID, from, to calendar.Day, most int) ([]Line, error)
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	Duties() duty.Register
	Outbox() outbox.Box
	Attendance() attendance.Repository
	Insurance() insurance.Repository
	Documents() document.Repository
	Ledger() ledger.Repository
	Claims() Repository
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Service holds the use cases of claims.
type Service struct {
	store Store
	vault document.Vault
	clock calendar.Clock
}

// NewService makes the use cases.
func NewService(store Store, vault document.Vault, clock calendar.Clock) *Service {
	return &Service{store, vault, clock}
}
