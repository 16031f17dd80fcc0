// Package anomaly finds presences that are too unusual to count before an officer of the centre has looked at them.
package anomaly

import (
	"context"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
)

// Kind says what is unusual.
type Kind string

const (
	EntriesPerHour Kind = "entries_per_hour" // one account recorded more presences within an hour than the threshold
	WalkInsPerDay  Kind = "walk_ins_per_day" // more without sign-up and code on one day than the threshold
	NoConsent      Kind = "no_consent"       // the person's consent to terms or privacy is missing or was withdrawn; no thresholds
	TooFar         Kind = "too_far"          // faster than the threshold (km/h) from one site to the other, farther apart than the second (m)
	RepeatedGroup  Kind = "repeated_group"   // as many persons as the threshold, with the same minutes by the same account, on as many days as the second within RepeatDays
	UnlikeShift    Kind = "unlike_shift"     // longer than the threshold (% of the shift) and by over longMargin, or told to be shorter than the second (%)
	Night          Kind = "night"            // at a shift by day, over nightMargin between the threshold and the second (minutes after midnight)
)

// Kinds lists what is looked for.
func Kinds() []Kind {
	return []Kind{EntriesPerHour, WalkInsPerDay, NoConsent, TooFar, RepeatedGroup, UnlikeShift, Night}
}

// State is where a finding stands.
type State string

const (
	Open     State = "open"     // holds its attendance
	Released State = "released" // an officer found nothing wrong with it
	Rejected State = "rejected" // the presence was none
)

// Anomaly (이상 징후) is what a rule found about an attendance. The attendance is held while one of them is open.
type Anomaly struct {
	ID           id.ID
	AttendanceID id.ID
	Kind         Kind
	RuleVersion  int
	Detail       string // what was counted, as JSON; no names
	FoundAt      time.Time
	State        State
	DecidedAt    *time.Time
	DecidedBy    *id.ID
	Reason       string
}

// Listed is an anomaly with the presence that it is about.
type Listed struct {
	Anomaly
	AttendanceState string
	ShiftID         id.ID
	ActivityTitle   string
	OrganiserType   string
	OrganiserID     id.ID
	VolunteerID     id.ID
	VolunteerNumber string
	VolunteerName   string
	CheckedInAt     time.Time
	CheckedOutAt    *time.Time
	WorkedMinutes   int
	Evidence        string
	RecordedBy      id.ID
	RecordedAt      time.Time
}

var (
	ErrNotFound = fault.New(fault.NotFound, "anomaly.not_found")
	ErrDecided  = fault.New(fault.Conflict, "anomaly.decided")
)

// CanDecide lets the volunteer centre see what is held, decide on it, and set the rules.
func CanDecide(p auth.Principal) error {
	if p.Is(auth.CentreOfficer) {
		return nil
	}
	return auth.ErrForbidden
}

// Repository keeps anomalies inside the transaction of whoever records or decides on presences.
type Repository interface {
	// LockRecorder keeps others from recording by the same account until the transaction ends: what it recorded is counted.
	LockRecorder(ctx context.Context, account id.ID) error
	// Facts reads everything that presences are judged by.
	Facts(ctx context.Context, a Ask) (Facts, error)
	// Add keeps new anomalies.
	Add(ctx context.Context, found []Anomaly) error
	// Get reads anomalies by id.
	Get(ctx context.Context, ids []id.ID) ([]Anomaly, error)
	// Of reads all anomalies of attendances, the oldest first.
	Of(ctx context.Context, attendances []id.ID) ([]Anomaly, error)
	// Decide writes the decisions on anomalies.
	Decide(ctx context.Context, decided []Anomaly) error
}

// Filter says which anomalies are wanted; zero members do not restrict.
type Filter struct {
	State State
	Kind  Kind
}

// Reader reads the centre's list of anomalies and the rules.
type Reader interface {
	// List gives the newest first.
	List(ctx context.Context, f Filter, p page.Request) (page.Page[Listed], error)
	// Rules gives the newest version first.
	Rules(ctx context.Context, p page.Request) (page.Page[Rule], error)
}

// Ask says what is to be judged, so that what is needed for it can be read at once.
type Ask struct {
	Account   id.ID // who recorded it for others; the nil id for whoever proved his own presence
	Organiser id.ID
	Now       time.Time
	Today     calendar.Day
	Zone      *time.Location // of the city's days
	Presences []Presence
}
