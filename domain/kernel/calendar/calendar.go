// Package calendar knows the days of the city, as people and rules count them.
package calendar

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"

	"dure/domain/kernel/fault"
)

// ErrDay is the refusal of a text that is no day of the form YYYY-MM-DD between 1900 and 2100.
var ErrDay = fault.New(fault.Invalid, "calendar.day")

// Day is a calendar day, not an instant: which instants it holds depends on the zone.
// The zero Day is no day.
type Day struct{ n int32 } // days since origin

// origin stands for no day: it lies before every day that anybody means, in days since 1970-01-01.
const origin = -62092 // 1799-12-31

const layout = "2006-01-02"

// Date gives the day of a year, month and day of month; values out of range are carried over as in time.Date.
func Date(year int, month time.Month, day int) Day {
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return Day{int32(t.Unix()/86400) - origin}
}

// Of gives the day on which an instant falls in a zone.
func Of(t time.Time, zone *time.Location) Day {
	y, m, d := t.In(zone).Date()
	return Date(y, m, d)
}

// Parse reads YYYY-MM-DD, years 1900 to 2100.
func Parse(s string) (Day, error) {
	t, err := time.Parse(layout, s)
	if err != nil || t.Year() < 1900 || t.Year() > 2100 {
		return Day{}, ErrDay
	}
	return Date(t.Date()), nil
}

// MustParse is Parse for texts written in code.
func MustParse(s string) Day {
	d, err := Parse(s)
	if err != nil {
		panic(fmt.Sprintf("calendar: %q is no day", s))
	}
	return d
}

func (d Day) utc() time.Time { return time.Unix((int64(d.n)+origin)*86400, 0).UTC() }

// IsZero tells whether this is no day.
func (d Day) IsZero() bool { return d.n == 0 }

// String gives YYYY-MM-DD, and nothing for no day.
func (d Day) String() string {
	if d.IsZero() {
		return ""
	}
	return d.utc().Format(layout)
}

// Start is the instant at which the day begins in a zone.
func (d Day) Start(zone *time.Location) time.Time {
	y, m, dd := d.utc().Date()
	return time.Date(y, m, dd, 0, 0, 0, 0, zone)
}

// End is the instant at which the next day begins in a zone.
func (d Day) End(zone *time.Location) time.Time { return d.Add(1).Start(zone) }

// Add gives the day n days later.
func (d Day) Add(n int) Day { return Day{d.n + int32(n)} }

// AddMonths gives the same day of the month n months later, or that month's last day where it has no such day.
func (d Day) AddMonths(n int) Day {
	y, m, day := d.utc().Date()
	last := Date(y, m+time.Month(n)+1, 0)
	_, _, length := last.utc().Date()
	return last.Add(min(day, length) - length)
}

// Sub counts the days from another day to this one.
func (d Day) Sub(other Day) int { return int(d.n - other.n) }

// Before, After and Compare order days.
func (d Day) Before(other Day) bool { return d.n < other.n }
func (d Day) After(other Day) bool  { return d.n > other.n }
func (d Day) Compare(other Day) int { return int(d.n) - int(other.n) }

// Year, Month and Weekday take the day apart.
func (d Day) Year() int             { return d.utc().Year() }
func (d Day) Month() time.Month     { return d.utc().Month() }
func (d Day) Weekday() time.Weekday { return d.utc().Weekday() }

// FirstOfMonth is the first day of this day's month.
func (d Day) FirstOfMonth() Day {
	y, m, _ := d.utc().Date()
	return Date(y, m, 1)
}

// AgeOn counts the full years from a birth day to this day; born on 29 February, one ages on 1 March in common years.
func AgeOn(birth, on Day) int {
	by, bm, bd := birth.utc().Date()
	y, m, d := on.utc().Date()
	age := y - by
	if m < bm || m == bm && d < bd {
		age--
	}
	return age
}

// BornBy is the last birthday with which one has reached an age on a day.
func BornBy(age int, on Day) Day {
	y, m, d := on.utc().Date()
	if birth := Date(y-age, m, d); birth.Month() == m {
		return birth
	}
	return Date(y-age, m+1, 1).Add(-1) // 29 February of a common year
}

// MarshalJSON gives "YYYY-MM-DD", and null for no day.
func (d Day) MarshalJSON() ([]byte, error) {
	if d.IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(d.String())
}

// UnmarshalJSON reads "YYYY-MM-DD" or null.
func (d *Day) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*d = Day{}
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return ErrDay
	}
	var err error
	*d, err = Parse(s)
	return err
}

// Value stores the day as text, NULL for no day.
func (d Day) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan reads what the drivers give for a date column.
func (d *Day) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Day{}
	case time.Time:
		*d = Date(v.UTC().Date())
	case string:
		if len(v) < len(layout) {
			return fmt.Errorf("calendar: cannot read %q", v)
		}
		t, err := time.Parse(layout, v[:len(layout)])
		if err != nil {
			return err
		}
		*d = Date(t.Date())
	case []byte:
		return d.Scan(string(v))
	default:
		return fmt.Errorf("calendar: cannot read %T", src)
	}
	return nil
}

// GormDataType tells the mapper that a Day is a value, not a struct to look into.
func (Day) GormDataType() string { return "date" }
