// Package points keeps volunteers' points (마일리지) as money is kept: from a programme's budget to a person, and from him to a
// merchant, to a cause, or to nobody when they expire. Source: the mileage programmes of domain.md section 4.
package points

import (
	"context"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/ledger"
)

var (
	ErrNoPerson      = fault.New(fault.Forbidden, "points.no_person")
	ErrAmount        = fault.New(fault.Invalid, "points.amount")
	ErrInsufficient  = fault.New(fault.Conflict, "points.insufficient")
	ErrBudgetSpent   = fault.New(fault.Conflict, "points.budget_spent")
	ErrNoBudget      = fault.New(fault.NotFound, "points.budget_not_found")
	ErrCapReached    = fault.New(fault.Conflict, "points.cap_reached")
	ErrNotGranted    = fault.New(fault.Conflict, "points.not_granted")
	ErrCauseNotFound = fault.New(fault.NotFound, "points.cause_not_found")
	ErrCauseTaken    = fault.New(fault.Conflict, "points.cause_taken")
	ErrNotSpent      = fault.New(fault.NotFound, "points.spending_not_found")
	ErrCancelled     = fault.New(fault.Conflict, "points.already_cancelled")
)

// Lot is what is left of one grant. Its points expire together.
type Lot struct {
	ID          id.ID
	VolunteerID id.ID
	ProgrammeID id.ID
	EntryID     id.ID // the grant
	Year        int   // of the programme, for which they were granted
	Granted     int
	Remaining   int
	ExpiresOn   calendar.Day // the last day on which they can be used; no day: they never expire
	Donatable   bool         // can be given to a cause
}

// expired tells whether the lot cannot be used any more.
func (l Lot) expired(today calendar.Day) bool {
	return !l.ExpiresOn.IsZero() && l.ExpiresOn.Before(today)
}

// Debt is what a person owes because points that he had used were taken back. It is settled first by whatever comes in.
type Debt struct {
	ID          id.ID
	EntryID     id.ID // the take-back that raised it, with its reason
	VolunteerID id.ID
	ProgrammeID id.ID
	Amount      int
	Remaining   int
}

// Wallet is what a person holds, in the order in which it is spent, and what he owes, the oldest first.
type Wallet struct {
	Account ledger.Account
	Lots    []Lot
	Debts   []Debt
}

// held is the sum of the lots; only is nil for all of them.
func (w *Wallet) held(only func(Lot) bool) (sum int) {
	for _, l := range w.Lots {
		if only == nil || only(l) {
			sum += l.Remaining
		}
	}
	return sum
}

// Move is what an entry did to a lot: above zero by grants and cancellations, else below.
type Move struct {
	LotID, EntryID id.ID
	Kind           ledger.Kind
	Amount         int
}

// DebtMove is what an entry did to a debt: below zero where it was raised, above where it was settled.
type DebtMove struct {
	DebtID, EntryID id.ID
	Amount          int
}

// BudgetMove is what an entry did to a programme's budget, numbered, with what was left after it.
type BudgetMove struct {
	ProgrammeID id.ID
	Sequence    int64
	EntryID     id.ID
	Amount      int
	Balance     int64
}

// TakenBack is what a programme asked back, and what became of it.
type TakenBack struct {
	EntryID     id.ID
	VolunteerID id.ID
	ProgrammeID id.ID
	Year        int
	Asked       int
	Taken       int // from what was held
	Owed        int // a debt from now on
	Forgiven    int // expired unused: he never had anything of it
}

// Changes are what entries did beside the ledger.
type Changes struct {
	Lots      []Lot // new ones
	Moves     []Move
	Debts     []Debt // new ones
	DebtMoves []DebtMove
	Budgets   []BudgetMove
	TakenBack []TakenBack
}

// Standing is where a person stands with a programme in one of its years.
type Standing struct {
	Granted  int // all grants
	Asked    int // asked back
	Returned int // of that taken or owed
	Expired  int // of the year's lots
}

// Spending is a redemption as it was posted, with its lots as they are now.
type Spending struct {
	VolunteerID id.ID
	Against     id.ID // the merchant's account
	Cancelled   bool
	Parts       []Part
}

// Part is what a spending took from a lot.
type Part struct {
	Lot    Lot
	Points int
}

// Repository keeps lots, debts and budgets inside a transaction.
type Repository interface {
	// Wallets reads lots and debts of persons whose accounts are locked.
	Wallets(ctx context.Context, accounts map[id.ID]ledger.Account) (map[id.ID]*Wallet, error)
	// BudgetSequences gives the number of the last move of each budget.
	BudgetSequences(ctx context.Context, programmes []id.ID) (map[id.ID]int64, error)
	// Standings tells where persons stand with a programme, year by year; years without anything of it are missing.
	Standings(ctx context.Context, programme id.ID, volunteers []id.ID) (map[id.ID]map[int]Standing, error)
	// Spending finds a redemption by its entry, or fails with ErrNotSpent.
	Spending(ctx context.Context, entry id.ID) (Spending, error)
	// Expired finds persons with lots whose last day is before a day, at most so many lots.
	Expired(ctx context.Context, before calendar.Day, lots int) ([]id.ID, error)
	// Keep writes changes, and what lots, debts and budgets are after them.
	Keep(ctx context.Context, c Changes) error
	// Cause finds a cause that does not end before this transaction does, or fails with ErrCauseNotFound.
	Cause(ctx context.Context, cause id.ID) (Charity, error)
	// AddCause keeps a new cause, or fails with ErrCauseTaken.
	AddCause(ctx context.Context, c Charity) error
	// EndCause writes the end of a cause.
	EndCause(ctx context.Context, c Charity) error
}

// Ports is what moving points touches. Features above this one hand in their own transaction.
type Ports interface {
	Ledger() ledger.Repository
	Points() Repository
}

// Cause says why points move: who, when, and the reason as people read it.
type Cause struct {
	Actor  id.ID // account; nil for the system itself
	Reason string
	Now    time.Time
	Today  calendar.Day
}

// Charity (기부처) is a cause that points can be given to.
type Charity struct {
	ID      id.ID
	Name    string
	AddedAt time.Time
	EndedAt *time.Time
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	Ports
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Reader reads one volunteer's points, and budgets.
type Reader interface {
	// Mine reads a person's points on a day; lots that have expired by then are left out.
	Mine(ctx context.Context, volunteer id.ID, today calendar.Day) (Mine, error)
	// Entries gives the newest first.
	Entries(ctx context.Context, volunteer id.ID, p page.Request) (page.Page[Listed], error)
	// Budget finds a programme's budget, or fails with ErrNoBudget.
	Budget(ctx context.Context, programme id.ID) (Budget, error)
	// Causes lists the causes that points can be given to, by name.
	Causes(ctx context.Context) ([]Charity, error)
}

// Service holds the use cases of points.
type Service struct {
	store  Store
	reader Reader
	clock  calendar.Clock
}

// NewService makes the use cases.
func NewService(store Store, reader Reader, clock calendar.Clock) *Service {
	return &Service{store, reader, clock}
}
