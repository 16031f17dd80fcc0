// Package signup gives volunteers their places (신청) on shifts, and keeps those in order who wait for one.
package signup

import (
	"context"
	"time"

	"dure/domain/activity"
	"dure/domain/insurance"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
)

// State is what became of a sign-up.
type State string

const (
	Applied    State = "applied" // waits for the organiser's yes; nothing comes here yet
	Waitlisted State = "waitlisted"
	Confirmed  State = "confirmed"
	Cancelled  State = "cancelled"
	Attended   State = "attended"
	NoShow     State = "no_show"
)

// States lists all states.
func States() []State { return []State{Applied, Waitlisted, Confirmed, Cancelled, Attended, NoShow} }

// SignUp is a volunteer's place on a shift, or his place among those who wait for one.
type SignUp struct {
	ID          id.ID
	ShiftID     id.ID
	VolunteerID id.ID
	State       State
	StartsAt    time.Time // of the shift, which never moves
	EndsAt      time.Time
	Queued      *int64 // who waits is served by the lowest number; nil for who does not wait
	AppliedAt   time.Time
	ChangedAt   time.Time
}

// Placed is a sign-up with its position among those who wait: 1 is next, 0 waits not.
type Placed struct {
	SignUp
	Position int
}

// Bounds of sign-ups.
const (
	maxWaitlist = 200                // who may wait for a place on one shift
	noShowAfter = 7 * 24 * time.Hour // sheets of paper come in days after a shift; what comes later still counts
)

// Offer is a shift as those who sign up meet it.
type Offer struct {
	activity.Shift
	Open bool // its activity is approved, and its organiser in good standing
}

// Place names a volunteer's place on a shift.
type Place struct{ ShiftID, VolunteerID id.ID }

var (
	ErrNotFound        = fault.New(fault.NotFound, "signup.not_found")
	ErrExists          = fault.New(fault.Conflict, "signup.exists")
	ErrOverlap         = fault.New(fault.Conflict, "signup.overlap")
	ErrFull            = fault.New(fault.Conflict, "signup.full")
	ErrGuardianPending = fault.New(fault.Conflict, "signup.guardian_pending")
	ErrState           = fault.New(fault.Conflict, "signup.state")
	ErrCapacityTaken   = fault.New(fault.Conflict, "signup.capacity_taken")
)

// Repository keeps sign-ups inside a transaction. Locks are taken in one order everywhere: the shift, then persons.
type Repository interface {
	// LockShift finds a shift and keeps others from changing it and its sign-ups, or fails with activity.ErrShiftNotFound.
	LockShift(ctx context.Context, shift id.ID) (Offer, error)
	// Offer is LockShift without the lock.
	Offer(ctx context.Context, shift id.ID) (Offer, error)
	// LockPersons keeps others from giving these persons places; it gives their status (active, pending_guardian, withdrawn).
	LockPersons(ctx context.Context, volunteers ...id.ID) (map[id.ID]string, error)
	// Get finds a sign-up, or fails with ErrNotFound.
	Get(ctx context.Context, id id.ID) (SignUp, error)
	// Find finds a volunteer's sign-up for a shift.
	Find(ctx context.Context, p Place) (s SignUp, found bool, err error)
	// Busy gives those of the volunteers who have a place elsewhere at the time of a shift; back to back is no overlap.
	Busy(ctx context.Context, s activity.Shift, volunteers ...id.ID) (map[id.ID]bool, error)
	// Queue gives the length of a shift's waitlist, and the number of its last place.
	Queue(ctx context.Context, shift id.ID) (length int, last int64, err error)
	// Waiting gives the first so many on the waitlist of a shift who are active and have no place elsewhere at its time.
	Waiting(ctx context.Context, s activity.Shift, most int) ([]SignUp, error)
	// Add keeps a new sign-up.
	Add(ctx context.Context, s SignUp) error
	// Update writes state, queue number and times of sign-ups of a locked shift that are still in the given state,
	// and tells how many were.
	Update(ctx context.Context, from State, sign ...SignUp) (int, error)
	// UpdateShift writes capacity, break and places taken of a locked shift.
	UpdateShift(ctx context.Context, s activity.Shift) error
	// OfShift gives a shift's sign-ups in the order in which they came, names in full; no states are all states.
	OfShift(ctx context.Context, shift id.ID, states []State, p page.Request) (page.Page[Theirs], error)
	// NoShows marks sign-ups as not taken up whose shifts ended before an instant and to which nobody came, and tells how many.
	NoShows(ctx context.Context, endedBefore, at time.Time) (int, error)
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	Duties() duty.Register
	SignUps() Repository
	Insurance() insurance.Repository
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Service holds the use cases of sign-ups.
type Service struct {
	store  Store
	reader Reader
	clock  calendar.Clock
}

// NewService makes the use cases.
func NewService(store Store, reader Reader, clock calendar.Clock) *Service {
	return &Service{store, reader, clock}
}
