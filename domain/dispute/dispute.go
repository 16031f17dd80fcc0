// Package dispute (이의신청) lets volunteers object to what was made of their presence, and has another person decide.
package dispute

import (
	"context"
	"time"

	"dure/domain/anomaly"
	"dure/domain/attendance"
	"dure/domain/document"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/outbox"
	"dure/domain/kernel/page"
	"dure/domain/ledger"
	"dure/domain/signup"
)

// About says what a dispute is about.
type About string

const (
	Attendance About = "attendance" // a presence that was recorded: other times, or that it counts at all
	Missing    About = "missing"    // a presence that nobody recorded
	NoShow     About = "no_show"    // a sign-up that was marked as not taken up
)

// State is where a dispute stands.
type State string

const (
	Opened    State = "opened"    // waits for the organiser's or the centre's answer
	Answered  State = "answered"  // waits for a decision
	Granted   State = "granted"   // decided for the volunteer
	Declined  State = "declined"  // decided against him; he may go to the centre
	Escalated State = "escalated" // waits for the centre, which decides for good
	Closed    State = "closed"
)

// States lists all states.
func States() []State { return []State{Opened, Answered, Granted, Declined, Escalated, Closed} }

// Outcome is the decision in force.
type Outcome string

const (
	Undecided  Outcome = ""
	ForHim     Outcome = "granted"
	AgainstHim Outcome = "declined"
	Withdrawn  Outcome = "withdrawn"
)

// Dispute is where an objection stands. How it came there is told by its steps, which are never changed.
type Dispute struct {
	ID                  id.ID
	VolunteerID         id.ID
	OrganiserID         id.ID
	ShiftID             id.ID
	About               About
	AttendanceID        *id.ID     // the presence that is disputed
	SignUpID            *id.ID     // of a no-show
	NoShowAt            *time.Time // when it was marked; the mark itself turns when the dispute is granted, this stays
	WantedInAt          *time.Time
	WantedOutAt         *time.Time
	Claim               string // what the volunteer says
	State               State
	Outcome             Outcome
	OpenedAt            time.Time
	OpenedBy            id.ID // the volunteer's account
	AnsweredBy          *id.ID
	DueAt               *time.Time // when it moves on by itself
	DecidedAt           *time.Time // of the last decision
	DecidedBy           *id.ID
	GrantedAttendanceID *id.ID // the presence that counts by the grant
	GrantedInAt         *time.Time
	GrantedOutAt        *time.Time
	PostedMinutes       int // by the grant, over all entries that it posted
	ClosedAt            *time.Time
	Steps               int // how many there are
}

// StepKind says what was done.
type StepKind string

// Step is one act about a dispute.
type Step struct {
	DisputeID    id.ID
	Number       int // 1 is the opening
	Kind         StepKind
	HappenedAt   time.Time
	AccountID    *id.ID // nil for the program itself
	Capacity     Capacity
	Words        string
	CheckedInAt  *time.Time // wanted by an opening, given by a grant
	CheckedOutAt *time.Time
}

// The steps.
const (
	stepOpened    StepKind = "opened"
	stepAnswered  StepKind = "answered"
	stepGranted   StepKind = "granted"
	stepDeclined  StepKind = "declined"
	stepEscalated StepKind = "escalated"
	stepWithdrawn StepKind = "withdrawn"
	stepClosed    StepKind = "closed"
)

// Capacity says as what somebody acted.
type Capacity string

const (
	AsVolunteer Capacity = "volunteer"
	AsOrganiser Capacity = "organiser"
	AsCentre    Capacity = "centre"
	AsSystem    Capacity = "system"
)

// step notes an act in its place, and counts it. Account is nil for the program itself.
func (d *Dispute) step(kind StepKind, account *id.ID, as Capacity, words string, at time.Time) Step {
	d.Steps++
	return Step{DisputeID: d.ID, Number: d.Steps, Kind: kind, HappenedAt: at, AccountID: account, Capacity: as, Words: words}
}

// close ends a dispute.
func (d *Dispute) close(at time.Time) { d.State, d.DueAt, d.ClosedAt = Closed, nil, &at }

// Listed is a dispute with what lists show beside it.
type Listed struct {
	Dispute
	ActivityTitle   string
	StartsAt        time.Time // of the shift
	EndsAt          time.Time
	VolunteerNumber string
	VolunteerName   string // in full
}

// Entry is an entry of the ledger that a grant posted.
type Entry struct {
	ID           id.ID
	AttendanceID id.ID
	EffectiveDay calendar.Day
	Minutes      int
	PostedAt     time.Time
}

// Full is a dispute with its whole story.
type Full struct {
	Listed
	Story     []Step // in order
	Documents []document.Document
	Entries   []Entry
}

// Deadlines are days after which a dispute moves on by itself, counted to the end of the last day.
type Deadlines struct {
	Answer int // from the opening: unanswered, it goes to the centre; from the answer: undecided, too
	Appeal int // from a decision: the volunteer may go to the centre until then, afterwards it is closed
}

// after is the end of the n-th day after an instant.
func after(clock calendar.Clock, at time.Time, days int) *time.Time {
	end := clock.Day(at).Add(days).End(clock.Zone).UTC()
	return &end
}

var (
	ErrNotFound = fault.New(fault.NotFound, "dispute.not_found")
	ErrOpen     = fault.New(fault.Conflict, "dispute.open_already")
	ErrRecorded = fault.New(fault.Conflict, "dispute.presence_recorded")
	ErrState    = fault.New(fault.Conflict, "dispute.state")
	ErrTooLate  = fault.New(fault.Conflict, "dispute.too_late")
)

// Repository keeps disputes inside a transaction. Whoever writes holds the lock of the volunteer's account, and no other.
type Repository interface {
	// Get finds a dispute, or fails with ErrNotFound.
	Get(ctx context.Context, id id.ID) (Dispute, error)
	// Full is Get with its story.
	Full(ctx context.Context, id id.ID) (Full, error)
	// Unsettled tells whether a dispute about this attendance, or without one about the person's place on the shift, is not settled yet.
	Unsettled(ctx context.Context, volunteer, shift id.ID, attendance *id.ID) (bool, error)
	// Add keeps a new dispute with its evidence; ErrOpen when there is one about the same.
	Add(ctx context.Context, d Dispute, opening Step, documents []id.ID) error
	// Move writes where disputes stand now, and appends the steps that led there.
	Move(ctx context.Context, disputes []Dispute, steps []Step) error
	// Link keeps which entries a grant posted.
	Link(ctx context.Context, dispute id.ID, entries []ledger.Entry) error
	// Source finds the attendance of one of a volunteer's entries, or fails with ledger.ErrNotFound.
	Source(ctx context.Context, volunteer, entry id.ID) (id.ID, error)
	// Hands tells who proposed or decided changes of an attendance, and who decided other disputes about it.
	Hands(ctx context.Context, attendance, except id.ID) ([]duty.Act, error)
	// Due locks the accounts of volunteers and gives their disputes that are to move on by an instant; those whom somebody
	// else holds right now are left for the next run.
	Due(ctx context.Context, at time.Time) ([]Dispute, error)
}

// Filter says which disputes are wanted; zero members do not restrict.
type Filter struct{ State State }

// Reader reads lists, newest first. Every list is limited to a person, to an organiser, or to whom the whole city is entrusted.
type Reader interface {
	// Organiser tells whether there is such a camp or demand site, or fails with attendance.ErrOrganiser.
	Organiser(ctx context.Context, o attendance.Organiser) error
	OfVolunteer(ctx context.Context, volunteer id.ID, f Filter, p page.Request) (page.Page[Listed], error)
	OfOrganiser(ctx context.Context, organiser id.ID, f Filter, p page.Request) (page.Page[Listed], error)
	OfCity(ctx context.Context, f Filter, p page.Request) (page.Page[Listed], error)
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	Duties() duty.Register
	Attendance() attendance.Repository
	Anomalies() anomaly.Repository
	Ledger() ledger.Repository
	SignUps() signup.Repository
	Documents() document.Repository
	Disputes() Repository
	Outbox() outbox.Box
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Service holds the use cases of disputes.
type Service struct {
	store     Store
	reader    Reader
	clock     calendar.Clock
	deadlines Deadlines
}

// NewService makes the use cases.
func NewService(store Store, reader Reader, clock calendar.Clock, deadlines Deadlines) *Service {
	return &Service{store, reader, clock, deadlines}
}
