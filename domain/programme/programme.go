// Package programme keeps incentive programmes (자원봉사 인센티브): who may have a card, parking or points for service, and who has.
package programme

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
	"dure/domain/points"
	"dure/domain/voucher"
)

// Programme is one incentive of a city, a gu or the nation.
type Programme struct {
	ID          id.ID
	Code        string // by which people and exchanges name it, e.g. "bukgu-v-awards"
	Name        string
	NameEn      string
	Owner       string       // whose it is, e.g. "광주광역시 북구"
	Source      string       // where the rule is written
	ClosedOn    calendar.Day // from this day on nothing is claimed; no day while it is open
	CloseReason string
	CreatedAt   time.Time
	CreatedBy   id.ID
	Version     int
}

// Version is the terms of a programme from a day on, until the next one begins.
type Version struct {
	ProgrammeID id.ID
	Number      int
	FromDay     calendar.Day
	Terms       Terms
	CreatedAt   time.Time
	CreatedBy   id.ID
	Reason      string
}

// Whole is a programme with all its versions, in order.
type Whole struct {
	Programme
	Versions []Version
}

// On gives the terms in force on a day; ok is false when none is, because it has not begun or is closed.
func (w Whole) On(day calendar.Day) (v Version, ok bool) {
	for _, one := range w.Versions {
		if !one.FromDay.After(day) {
			v, ok = one, true
		}
	}
	return v, ok && !w.closed(day)
}

func (w Whole) closed(day calendar.Day) bool { return !w.ClosedOn.IsZero() && !day.Before(w.ClosedOn) }

// Number finds a version by its number.
func (w Whole) Number(n int) (Version, bool) {
	for _, v := range w.Versions {
		if v.Number == n {
			return v, true
		}
	}
	return Version{}, false
}

// State says where a holding stands.
type State string

const (
	Requested State = "requested" // waits for somebody's approval
	Refused   State = "refused"
	Held      State = "held"
	Expired   State = "expired"
	TakenBack State = "taken_back" // what it was earned by is gone
	Exchanged State = "exchanged"  // given for something else
)

// Holding is what a person has of a programme.
type Holding struct {
	ID             id.ID
	ProgrammeID    id.ID
	Number         int // of the version under which it was claimed, and which stays its own
	VolunteerID    id.ID
	Benefit        string
	State          State
	Period         string // first day of the year or month that it is for; empty where that does not matter
	LedgerSequence int64  // of the last entry that was counted
	Reviewed       int64  // of the last entry that it was looked at again with
	CampID         *id.ID // the person's own camp of that day
	CampRegion     string
	Won            int64
	CarHash        *string
	CarLast        string
	ClaimedAt      time.Time
	ClaimedOn      calendar.Day
	ClaimedBy      id.ID
	GrantedAt      *time.Time
	GrantedBy      *id.ID // nil where nobody had to agree
	ValidFrom      calendar.Day
	ValidTo        calendar.Day // no day where it does not end
	ExchangedFor   *id.ID
	EndedAt        *time.Time
	Accrued        int64        // of mileage: the last entry of the account that was counted
	PaidTo         calendar.Day // of mileage that is paid on days of its own: the last day that was
	VoucherID      *id.ID       // of a voucher: which one it is
}

// StateOn is the state on a day: what has run out is expired before anybody wrote that down.
func (h Holding) StateOn(day calendar.Day) State {
	if h.State == Held && !h.ValidTo.IsZero() && h.ValidTo.Before(day) {
		return Expired
	}
	return h.State
}

// Basis is a condition as it was measured when a holding was claimed. The requirement after the last one of the terms is the
// ranking, whose threshold was the last place that won.
type Basis struct {
	HoldingID   id.ID
	Requirement int
	Line        int
	Measure     string
	WindowFrom  calendar.Day
	WindowTo    calendar.Day
	AtLeast     int
	Measured    int
}

func (b Basis) span() Span { return Span{b.WindowFrom, b.WindowTo} }

// Step is something that became of a holding, and why.
type Step struct {
	ID          id.ID
	HoldingID   id.ID
	At          time.Time
	What        string // requested, refused, granted, decreased, taken_back, expired, exchanged
	Why         string // a code; empty where the step says it all
	Note        string // in a person's own words
	EntryID     *id.ID // of the ledger
	Requirement *int
	Line        *int
	Before      *int
	After       *int
	AccountID   *id.ID
}

// Why things became of a holding.
const (
	WhyEarned   = "earned"
	WhyApproved = "approved"
	WhyReversed = "minutes_reversed"
	WhyBroken   = "exchange_broken" // what was exchanged for it had not been earned
	WhyEnded    = "validity_ended"
	WhyPoints   = "points_taken_back" // by an entry of points; before and after are those of the year
	WhyVoucher  = "voucher_revoked"   // nobody has used it
	WhyUsed     = "voucher_used"      // before it could be revoked
)

// Kept is a holding with all that belongs to it.
type Kept struct {
	Holding
	Bases   []Basis
	Steps   []Step
	Voucher voucher.State // of its voucher, where it has one
}

// Fund is what a programme's budget of points was brought to for a year, or (year 0) for the whole programme, and by which
// version of the terms.
type Fund struct {
	ProgrammeID id.ID
	Year        int
	Number      int
	Points      int
	EntryID     *id.ID // nil when there was that much already
}

// Pay is up to which day a version of the terms has paid points by now; no day where it pays at once.
type Pay struct {
	Number int
	Paid   calendar.Day
}

// Stretch are days of a person on which his recognised minutes bring points, by the terms of a version.
type Stretch struct {
	VolunteerID id.ID
	Number      int
	From, To    calendar.Day
	CampID      *id.ID // own camp, as it was when he claimed
	CampRegion  string
}

// YearMinutes are somebody's minutes of a year that bring points.
type YearMinutes struct {
	VolunteerID id.ID
	Active      bool // whether he may be granted anything
	Year        int
	Minutes     int
}

var (
	ErrNotFound        = fault.New(fault.NotFound, "programme.not_found")
	ErrHoldingNotFound = fault.New(fault.NotFound, "programme.claim_not_found")
	ErrCodeTaken       = fault.New(fault.Conflict, "programme.code_taken")
	ErrClosed          = fault.New(fault.Conflict, "programme.closed")
	ErrNotEligible     = fault.New(fault.Conflict, "programme.not_eligible") // its case says why
	ErrCarTaken        = fault.New(fault.Conflict, "programme.car_taken")
	ErrState           = fault.New(fault.Conflict, "programme.claim_state")
	ErrChanged         = fault.New(fault.PreconditionFailed, "request.changed")
)

// Repository keeps programmes and holdings inside a transaction.
type Repository interface {
	// Add keeps a new programme with its first version; ErrCodeTaken when there is one of that code.
	Add(ctx context.Context, p Programme, v Version) error
	// AddVersion keeps one more version and the programme as it stands with it; ErrChanged when somebody was faster.
	AddVersion(ctx context.Context, p Programme, v Version) error
	// Close keeps a programme's last day; ErrChanged when somebody was faster.
	Close(ctx context.Context, p Programme) error
	// Lock reads a programme and lets nobody else grant of it until the transaction ends, or fails with ErrNotFound.
	Lock(ctx context.Context, programme id.ID) (Whole, error)
	// Read reads a programme, or fails with ErrNotFound.
	Read(ctx context.Context, programme id.ID) (Whole, error)
	// All reads all programmes by code.
	All(ctx context.Context) ([]Whole, error)
	// ByCode finds a programme's id, or fails with ErrNotFound.
	ByCode(ctx context.Context, code string) (id.ID, error)
	// Fields lists all codes of 1365 fields.
	Fields(ctx context.Context) ([]string, error)

	// Atlas reads all regions.
	Atlas(ctx context.Context) (Atlas, error)
	// Facts reads a person with all his entries, or fails with ledger.ErrNoAccount.
	Facts(ctx context.Context, volunteer id.ID) (Facts, error)

	// Kept reads all that a person has or had, the oldest first, with bases; steps on demand.
	Kept(ctx context.Context, volunteer id.ID, steps bool) ([]Kept, error)
	// Owner tells whose a holding is, or fails with ErrHoldingNotFound.
	Owner(ctx context.Context, holding id.ID) (id.ID, error)
	// Grant keeps new holdings with their bases; ErrCarTaken when the car has one.
	Grant(ctx context.Context, k Kept) error
	// Move writes where holdings stand now, and the steps that led there.
	Move(ctx context.Context, holdings []Holding, steps []Step) error
	// Ended reads some holdings that have run out before a day, and lets nobody else move them; where a car is given, those of
	// a programme for that car.
	Ended(ctx context.Context, day calendar.Day, programme id.ID, car *string, limit int) ([]Holding, error)
	// Suspects lists persons, after one, who hold something and have had minutes taken back since it was looked at, or have a
	// voucher that its redemption's cancelling brought back to life after it was gone.
	Suspects(ctx context.Context, after id.ID, limit int) ([]id.ID, error)
	// Used counts what was given of a programme, waiting claims included, between two days.
	Used(ctx context.Context, programme id.ID, s Span) (holdings, won int64, err error)
	// Available is what is left in a programme's budget of points; nothing while it was never opened.
	Available(ctx context.Context, programme id.ID) (int64, error)
	// Funds reads what a programme's budget of points was brought to.
	Funds(ctx context.Context, programme id.ID) ([]Fund, error)
	// AddFund keeps one more.
	AddFund(ctx context.Context, f Fund) error
	// Earners lists persons, after one, who have mileage of a programme and entries or paid days that were not counted for it.
	Earners(ctx context.Context, programme id.ID, pays []Pay, after id.ID, limit int) ([]id.ID, error)
	// Mileage reads what persons were granted of a programme's mileage, each person's in order of time.
	Mileage(ctx context.Context, programme id.ID, persons []id.ID) ([]Holding, error)
	// Minutes adds up, in one statement, what of the stretches a condition lets count.
	Minutes(ctx context.Context, stretches []Stretch, c Condition, a Atlas) ([]YearMinutes, error)
	// Counted notes that all entries of persons, whose accounts are locked, were counted for a programme's mileage.
	Counted(ctx context.Context, programme id.ID, pays []Pay, persons []id.ID) error
	// Place finds somebody's place in the last finished evaluation of a version, of which the first top win; ok is false when
	// there is none.
	Place(ctx context.Context, programme id.ID, number, top int, volunteer id.ID) (p Placed, ok bool, err error)
}

// Placed is somebody's place in an evaluation, and what the last place that won was worth.
type Placed struct {
	Day    calendar.Day
	Place  int
	CutOff int
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	Duties() duty.Register
	points.Ports
	voucher.Ports
	Programmes() Repository
	Evaluations() Evaluations
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
	// View runs fn so that all it reads is of one moment.
	View(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Reader reads programmes and what came of them.
type Reader interface {
	// One finds a programme, or fails with ErrNotFound.
	One(ctx context.Context, programme id.ID) (Whole, error)
	// List gives programmes by code.
	List(ctx context.Context, p page.Request) (page.Page[Whole], error)
	// Claims gives the claims on a programme that wait for approval, the oldest first, those of one camp alone where one is given.
	Claims(ctx context.Context, programme id.ID, camps []id.ID, all bool, p page.Request) (page.Page[Claimed], error)
	// Evaluation finds an evaluation of a programme, or fails with ErrEvaluationNotFound.
	Evaluation(ctx context.Context, programme, evaluation id.ID) (Evaluation, error)
	// Results gives whom an evaluation found, by place.
	Results(ctx context.Context, evaluation id.ID, p page.Request) (page.Page[Result], error)
}

// Claimed is a claim with whose it is.
type Claimed struct {
	Holding
	VolunteerNumber string
	VolunteerName   string
}

// Service holds the use cases of incentive programmes.
type Service struct {
	store  Store
	reader Reader
	clock  calendar.Clock
}

// NewService makes the use cases.
func NewService(store Store, reader Reader, clock calendar.Clock) *Service {
	return &Service{store, reader, clock}
}
