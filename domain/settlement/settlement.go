// Package settlement (월 정산) tells each merchant month by month what the city owes him for vouchers, and pays it once.
package settlement

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
	"dure/domain/ledger"
	"dure/domain/merchant"
)

// Statement (정산서) is what the ledger says of one merchant and month, in points, frozen when it was prepared. What becomes
// of it is told by its steps.
type Statement struct {
	ID           id.ID
	MerchantID   id.ID
	Number       int          // of the merchant's statements, from 1 without gap
	Month        calendar.Day // its first day
	Opening      int64        // owed when the month began
	Redeemed     int64        // posted in the month
	Cancelled    int64        // posted in the month, whenever the redemption was
	Paid         int64        // payments posted in the month
	Closing      int64        // owed when it ended
	Carried      int64        // below zero by what more was cancelled than redeemed in months before
	Payable      int64        // carried, redeemed less cancelled; never below zero
	Lines        int
	PreparedAt   time.Time
	PreparedBy   id.ID  // account
	PreviousHash string // of the merchant's statement before; empty for the first
	Hash         string
}

// Line is one posting to what the merchant is owed.
type Line struct {
	StatementID  id.ID
	Number       int // from 1, in the order of days
	EntryID      id.ID
	Kind         ledger.Kind  // redemption, cancellation or payment
	Day          calendar.Day // on which it was posted
	RedemptionID *id.ID       // of the voucher that was redeemed; nil for payments
	Points       int64        // above zero for redemptions
}

// State is where a statement stands.
type State string

const (
	Prepared  State = "prepared"
	Confirmed State = "confirmed" // by the merchant
	Disputed  State = "disputed"  // by the merchant, with a reason
	Answered  State = "answered"  // by the centre: the merchant may confirm or dispute it again
	Approved  State = "approved"  // by a second officer
	Paid      State = "paid"
)

// States lists all states.
func States() []State { return []State{Prepared, Confirmed, Disputed, Answered, Approved, Paid} }

// Step is one step of a statement, with the state that it led to.
type Step struct {
	StatementID id.ID
	Number      int // 1 is the preparation
	State       State
	HappenedAt  time.Time
	AccountID   id.ID
	Reason      string
	Reference   string       // of a payment
	PaidOn      calendar.Day // the bank's day of a payment
	EntryID     *id.ID       // of a payment, on the ledger
}

// Listed is a statement with where it stands.
type Listed struct {
	Statement
	MerchantName string
	State        State
	Steps        int // how many there are
	MovedAt      time.Time
}

// Full is a statement with its whole story.
type Full struct {
	Listed
	Story []Step // in order
}

// ObjectionDays is how long a merchant has to confirm or dispute what the centre told him last. Who says nothing agrees: a
// shop that has closed is owed its money all the same.
const ObjectionDays = 10

var (
	ErrNotFound     = fault.New(fault.NotFound, "settlement.not_found")
	ErrMonthOpen    = fault.New(fault.Conflict, "settlement.month_open")
	ErrEarlierMonth = fault.New(fault.Conflict, "settlement.earlier_month")
	ErrNothing      = fault.New(fault.Conflict, "settlement.nothing_posted")
	ErrPrepared     = fault.New(fault.Conflict, "settlement.prepared_already")
	ErrState        = fault.New(fault.Conflict, "settlement.state")
	ErrWaiting      = fault.New(fault.Conflict, "settlement.objection_period")
	ErrNotPayable   = fault.New(fault.Conflict, "settlement.nothing_to_pay")
)

// Key names a statement: a merchant has one of a month at most.
type Key struct {
	MerchantID id.ID
	Month      calendar.Day // its first day
}

// Filter says which statements are wanted; zero members do not restrict.
type Filter struct {
	MerchantID id.ID
	Month      calendar.Day
	State      State
}

// Repository keeps statements inside a transaction. Whoever writes holds the lock of the merchant.
type Repository interface {
	// Due gives months of merchants, up to and with one, in which something was posted and of which there is no statement:
	// the oldest first, at most so many. The nil id asks about all merchants.
	Due(ctx context.Context, merchant id.ID, upTo calendar.Day, most int) ([]Key, error)
	// Last gives a merchant's newest statement; ok is false when there is none.
	Last(ctx context.Context, merchant id.ID) (s Statement, ok bool, err error)
	// Owed adds up what was posted to what a merchant is owed, before a day.
	Owed(ctx context.Context, merchant id.ID, before calendar.Day) (int64, error)
	// Posted gives what was posted to it from a day to another, both included, in the order of days.
	Posted(ctx context.Context, merchant id.ID, from, to calendar.Day) ([]Line, error)
	// Add keeps a new statement; ErrPrepared when there is one of that month.
	Add(ctx context.Context, s Statement, lines []Line, first Step) error
	// Get finds a statement with where it stands, or fails with ErrNotFound.
	Get(ctx context.Context, key Key) (Full, error)
	// Move appends a step; ErrState when somebody else took that step.
	Move(ctx context.Context, step Step) error
	// Interested gives the accounts that applied for a merchant, or that manage it or ever did.
	Interested(ctx context.Context, merchant id.ID) ([]id.ID, error)
}

// Reader reads statements; there are no personal data in them.
type Reader interface {
	// List gives the statements of a scope, the newest months first.
	List(ctx context.Context, s Scope, f Filter, p page.Request) (page.Page[Listed], error)
	// Statement finds a statement, or fails with ErrNotFound.
	Statement(ctx context.Context, key Key) (Full, error)
	// Lines gives the lines of a statement, in order.
	Lines(ctx context.Context, statement id.ID, p page.Request) (page.Page[Line], error)
	// AllLines gives all of them.
	AllLines(ctx context.Context, statement id.ID) ([]Line, error)
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	Duties() duty.Register
	Merchants() merchant.Repository
	Ledger() ledger.Repository
	Settlements() Repository
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Service holds the use cases of settlements.
type Service struct {
	store  Store
	reader Reader
	clock  calendar.Clock
}

// NewService makes the use cases.
func NewService(store Store, reader Reader, clock calendar.Clock) *Service {
	return &Service{store, reader, clock}
}

// step is the step that follows in the story, and leads to a state.
func (f Full) step(to State, by id.ID, reason string, at time.Time) Step {
	return Step{StatementID: f.ID, Number: f.Steps + 1, State: to, HappenedAt: at, AccountID: by, Reason: reason}
}

// who gives the accounts that took steps to a state.
func (f Full) who(state State) (accounts []id.ID) {
	for _, s := range f.Story {
		if s.State == state {
			accounts = append(accounts, s.AccountID)
		}
	}
	return accounts
}
