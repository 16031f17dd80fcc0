// Package attendance records who was present at which shift, and has another person confirm it before a minute counts.
package attendance

import (
	"context"
	"time"

	"dure/domain/anomaly"
	"dure/domain/document"
	"dure/domain/insurance"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/id"
	"dure/domain/kernel/outbox"
	"dure/domain/kernel/page"
	"dure/domain/ledger"
	"dure/domain/recognition"
	"dure/domain/window"
)

// State is where an attendance stands.
type State string

const (
	Open       State = "open"        // checked in, not yet out
	AutoClosed State = "auto_closed" // the check-out was forgotten; closed at the shift's end, waits for a person
	Pending    State = "pending"     // told by somebody, waits for another person
	Held       State = "held"        // held back by a rule, waits for an officer
	Verified   State = "verified"    // counts
	Rejected   State = "rejected"    // never counted
	Reversed   State = "reversed"    // counted once, taken back
)

// Evidence says how we know of a presence.
type Evidence string

const (
	QR       Evidence = "qr"       // the camp's changing code on the volunteer's own phone
	Leader   Evidence = "leader"   // a leader wrote it down
	Self     Evidence = "self"     // the volunteer said so himself
	Imported Evidence = "imported" // from another system

	LateProof Evidence = "late_proof" // entered after the window, with a document as proof
)

// Attendance (출결) is one person's presence at one shift. The checked times are what was first told and never change;
// the counted times are what counts, after verified corrections.
type Attendance struct {
	ID                id.ID
	ShiftID           id.ID
	ActivityID        id.ID
	OrganiserID       id.ID
	VolunteerID       id.ID
	ClientID          *string
	ClientHash        *string
	CheckedInAt       time.Time
	CheckedOutAt      *time.Time
	CountedInAt       time.Time
	CountedOutAt      *time.Time
	TravelMinutes     int
	Evidence          Evidence
	WalkIn            bool // came without a sign-up
	State             State
	WorkedMinutes     int // whole minutes between the counted times (활동시간)
	RecognisedMinutes int // what the ledger holds for it (인정시간)
	Day               calendar.Day
	RecordedAt        time.Time
	RecordedBy        id.ID // the account that told us first
	VerifiedAt        *time.Time
	VerifiedBy        *id.ID
	DecidedAt         *time.Time // of a rejection or reversal
	DecidedBy         *id.ID
	Reason            string
	LateProofID       *id.ID  // the document of a late entry
	GroupName         *string // 단체: with whom he came; nil for alone
}

// Span is the counted time; empty while open.
func (a Attendance) Span() calendar.Span {
	if a.CountedOutAt == nil {
		return calendar.Span{Start: a.CountedInAt, End: a.CountedInAt}
	}
	return calendar.Span{Start: a.CountedInAt, End: *a.CountedOutAt}
}

// live tells whether the presence still stands.
func (a Attendance) live() bool { return a.State != Rejected && a.State != Reversed }

// Listed is an attendance with what lists show beside it.
type Listed struct {
	Attendance
	ActivityTitle   string
	VolunteerNumber string
	VolunteerName   string
	Hold            Hold
}

// Shift is what attendance needs to know of a shift and its activity.
type Shift struct {
	ID            id.ID
	ActivityID    id.ID
	OrganiserType string
	OrganiserID   id.ID
	Title         string
	FieldCode     string
	StartsAt      time.Time
	EndsAt        time.Time
	BreakMinutes  int
	CancelledAt   *time.Time
	Approved      bool // the activity is
	SiteOpen      bool // and its demand site, where it is of one
	CodeSecret    string
	Lat, Lon      *float64 // of the activity, else of its camp; nil when neither is known
	ActivityState string   // what cover asks about
	DecidedAt     *time.Time
}

// Person is what attendance needs to know of a volunteer.
type Person struct {
	ID     id.ID
	Number string
	Status string // active, pending_guardian or withdrawn
}

// SignUp is a person's place on a shift, confirmed.
type SignUp struct{ ShiftID, VolunteerID id.ID }

// Organiser is the camp or demand site whose attendance it is.
type Organiser struct {
	Type string // Camp or Site
	ID   id.ID
}

// Types of organisers.
const (
	Camp = "camp"
	Site = "demand_site"
)

// PersonDay is one person's day, with its bounds in the city's zone.
type PersonDay struct {
	VolunteerID id.ID
	AccountID   id.ID
	Day         calendar.Day
	Start, End  time.Time
}

// DayRow is one attendance that may touch a person's day, and what the ledger holds of it for that day.
type DayRow struct {
	VolunteerID   id.ID
	Day           calendar.Day
	AttendanceID  id.ID
	ShiftID       id.ID
	State         State
	Evidence      Evidence
	FieldCode     string
	CountedInAt   time.Time
	CountedOutAt  *time.Time
	TravelMinutes int
	StartsAt      time.Time // of the shift
	EndsAt        time.Time
	BreakMinutes  int
	PostedMinutes int
	PostedVisits  int
	PostedEntries int // 0 when the ledger never heard of it
}

// Repository keeps attendances inside a transaction. All methods take many at once.
type Repository interface {
	// Organiser tells whether a camp or demand site is there, or fails with ErrOrganiser, and whether anything new may be
	// recorded there: a demand site must be approved.
	Organiser(ctx context.Context, o Organiser) (open bool, err error)
	// People finds volunteers by id or number.
	People(ctx context.Context, ids []id.ID, numbers []string) ([]Person, error)
	// Shifts finds shifts with their activities.
	Shifts(ctx context.Context, ids []id.ID) ([]Shift, error)
	// ShiftsDuring finds an organiser's shifts that share time with one of the spans, but for cancelled ones.
	ShiftsDuring(ctx context.Context, organiser id.ID, spans []calendar.Span) ([]Shift, error)
	// Same finds what may be the same presences: an organiser's rows with these client ids, and rows of these persons at these shifts.
	Same(ctx context.Context, organiser id.ID, clientIDs []string, at []SignUp) ([]Attendance, error)
	// SignedUp finds which of these persons had a confirmed place on these shifts.
	SignedUp(ctx context.Context, at []SignUp) ([]SignUp, error)
	// Add keeps new attendances and marks the sign-ups of those who came as attended; ErrClientIDTaken when a client id is
	// no longer free.
	Add(ctx context.Context, rows []Attendance) error
	// LockOf locks the accounts of the persons whose attendances these are; unknown ids are passed over.
	LockOf(ctx context.Context, ids []id.ID) (map[id.ID]ledger.Account, error)
	// Get reads attendances by id.
	Get(ctx context.Context, ids []id.ID) ([]Attendance, error)
	// Decide writes state, times, worked and recognised minutes, verification, decision and reason of attendances.
	Decide(ctx context.Context, rows []Attendance) error
	// Recognised adds to the recognised minutes of attendances.
	Recognised(ctx context.Context, minutes map[id.ID]int) error
	// DayBook gives, for each of these days, the person's attendances around it that are verified or among the subjects.
	DayBook(ctx context.Context, days []PersonDay, subjects []id.ID) ([]DayRow, error)
	// Windows reads until when an organiser's presences may be entered: its gu's windows and the city's.
	Windows(ctx context.Context, organiser id.ID) (window.Windows, error)
	// Rules reads the rules of recognition.
	Rules(ctx context.Context) (recognition.Rules, error)
	// CloseForgotten closes open attendances whose shifts ended before an instant, and tells how many.
	CloseForgotten(ctx context.Context, endedBefore time.Time) (int, error)
	// Unsent fails with ErrSentToSchool when one of these attendances was handed to a school.
	Unsent(ctx context.Context, rows []Attendance) error
	// Propose keeps a proposed change; ErrChangeOpen when the attendance has one already.
	Propose(ctx context.Context, c Change) error
	// Change finds a change, or fails with ErrChangeNotFound.
	Change(ctx context.Context, id id.ID) (Change, error)
	// OpenChange finds the change that waits for an attendance, or fails with ErrChangeNotFound.
	OpenChange(ctx context.Context, attendance id.ID) (Change, error)
	// DecideChange writes the decision on a change.
	DecideChange(ctx context.Context, c Change) error
}

// Filter says which attendances of an organiser are wanted; zero members do not restrict.
type Filter struct {
	State    State
	From, To calendar.Day // days of check-in, both included
}

// Reader reads lists. Every list is limited to an organiser or to one person.
type Reader interface {
	// Organiser tells whether there is such a camp or demand site, or fails with ErrOrganiser.
	Organiser(ctx context.Context, o Organiser) error
	OfOrganiser(ctx context.Context, organiser id.ID, f Filter, p page.Request) (page.Page[Listed], error)
	OfVolunteer(ctx context.Context, volunteer id.ID, p page.Request) (page.Page[Listed], error)
	Changes(ctx context.Context, organiser id.ID, state ChangeState, p page.Request) (page.Page[ListedChange], error)
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	Duties() duty.Register
	Attendance() Repository
	Documents() document.Repository
	Anomalies() anomaly.Repository
	Ledger() ledger.Repository
	Insurance() insurance.Repository
	Outbox() outbox.Box
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Service holds the use cases of attendance.
type Service struct {
	store  Store
	reader Reader
	clock  calendar.Clock
}

// NewService makes the use cases.
func NewService(store Store, reader Reader, clock calendar.Clock) *Service {
	return &Service{store, reader, clock}
}
