package calendar

import "time"

// Clock tells the time and the city's zone. It is injected; a use case asks it once.
type Clock struct {
	Instant func() time.Time
	Zone    *time.Location
}

// Now is the present instant in UTC, cut to the microsecond that both databases keep.
func (c Clock) Now() time.Time { return c.Instant().UTC().Truncate(time.Microsecond) }

// Day is the city's day of an instant.
func (c Clock) Day(t time.Time) Day { return Of(t, c.Zone) }
