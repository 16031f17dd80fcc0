// Package asof goes back to what was known at an instant, and only to instants about which nothing more can become known.
package asof

import (
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
)

// Settling is how long it takes until everything that says it was recorded at an instant has been written, or never will be:
// what is recorded carries the time at which its transaction was about to begin, and a transaction may take half of this. The other
// half is for a commit that the database is slow to finish and for servers whose clocks differ.
const Settling = 2 * time.Minute

var (
	// ErrFuture refuses what nobody can know yet.
	ErrFuture = fault.New(fault.Invalid, "as_of.future")
	// ErrTooRecent refuses an instant about which an answer might still change; its argument latest is the newest that is settled.
	ErrTooRecent = fault.New(fault.Conflict, "as_of.too_recent")
)

// Point is what a question is asked as of: an instant, or a day, which means its last microsecond. The zero Point is now.
type Point struct {
	Day     calendar.Day
	Instant time.Time
}

// IsZero tells whether things are asked about as they are known now.
func (p Point) IsZero() bool { return p.Day.IsZero() && p.Instant.IsZero() }

// Settled gives the instant up to which, and with which, things are to be known. Errors: as_of.future, as_of.too_recent.
func (p Point) Settled(clock calendar.Clock, now time.Time) (time.Time, error) {
	at := p.Instant.UTC().Truncate(time.Microsecond) // what both databases keep
	if !p.Day.IsZero() {
		at = p.Day.End(clock.Zone).Add(-time.Microsecond).UTC()
	}
	switch latest := now.Add(-Settling); {
	case at.After(now):
		return at, ErrFuture
	case at.After(latest):
		return at, ErrTooRecent.With("latest", latest.In(clock.Zone).Format(time.RFC3339))
	}
	return at, nil
}
