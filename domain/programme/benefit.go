package programme

import (
	"regexp"
	"strconv"
	"strings"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/text"
	"dure/domain/points"
)

// Benefit is what one gets. Which members it has depends on its kind.
type Benefit struct {
	Kind          string  `json:"kind"`
	Level         string  `json:"level,omitempty"`           // of a card, badge or award
	Percent       int     `json:"percent,omitempty"`         // off, at merchants, facilities or parking
	HoursADay     int     `json:"hours_a_day,omitempty"`     // of parking; 0 for any
	PointsPerHour int     `json:"points_per_hour,omitempty"` // of mileage
	PointsPerYear int     `json:"points_per_year,omitempty"` // of mileage, for one person; 0 for any
	PointsExpire  string  `json:"points_expire,omitempty"`   // year_end, never, or months:N
	Donation      bool    `json:"donation,omitempty"`        // points may be donated
	Counts        *Counts `json:"counts,omitempty"`          // which minutes mileage is for; all of them without it
	Won           int     `json:"won,omitempty"`             // what one voucher or award is worth; a voucher of 0 is for a thing
	Items         []Item  `json:"items,omitempty"`
}

// Counts says which recognised minutes bring points.
type Counts struct {
	Scope   Scope   `json:"scope"`
	Entries Entries `json:"entries"`
}

// Item is one thing that a benefit opens, such as a museum.
type Item struct {
	Name    string `json:"name"`
	Percent int    `json:"percent,omitempty"` // off; 100 is free
	WonOff  int    `json:"won_off,omitempty"`
}

// Kinds of benefits.
const (
	Card             = "card"
	Badge            = "badge"
	Mileage          = "mileage"
	Voucher          = "voucher"
	MerchantDiscount = "merchant_discount"
	FacilityDiscount = "facility_discount"
	Parking          = "parking"
	Award            = "award"
)

// money tells whether the benefit is paid out of a budget of points.
func (b Benefit) money() bool { return b.Kind == Mileage || b.Kind == Voucher && b.Won > 0 }

// rate is what the minutes of a year are worth.
func (b Benefit) rate() points.Rate {
	return points.Rate{PerHour: b.PointsPerHour, Cap: b.PointsPerYear}
}

// condition finds the minutes that bring points.
func (b Benefit) condition() Condition {
	c := Condition{Measure: Minutes, Scope: Scope{Kind: InCity}}
	if b.Counts != nil {
		c.Scope, c.Entries = b.Counts.Scope, b.Counts.Entries
	}
	return c
}

// pointsEnd is the last day of points that are granted on a day; no day when they do not expire.
func (b Benefit) pointsEnd(granted calendar.Day) calendar.Day {
	if months, ok := strings.CutPrefix(b.PointsExpire, "months:"); ok {
		n, err := strconv.Atoi(months)
		if err != nil {
			panic(err) // terms that were checked
		}
		return Validity{Kind: ForMonths, Months: n}.ends(granted)
	}
	if b.PointsExpire == "year_end" {
		return Validity{Kind: YearEnd}.ends(granted)
	}
	return calendar.Day{}
}

// points is how many points the budget is for all together; 0 where the terms say nothing.
func (b Budget) points(of Benefit) int {
	if b.Won == 0 && of.Kind == Voucher {
		return b.Holdings * of.Won
	}
	return b.Won
}

func (b Benefit) check(f fault.Fields) {
	oneOf(f, "kind", b.Kind, Card, Badge, Mileage, Voucher, MerchantDiscount, FacilityDiscount, Parking, Award)
	if b.Kind == Card || b.Kind == Badge || b.Kind == Award {
		text.Line(f, "level", b.Level, 0, 40)
	} else if b.Level != "" {
		f.Add("level", "not_with_kind")
	}
	between(f, "percent", b.Percent, 0, 100)
	only(f, "hours_a_day", b.HoursADay, b.Kind == Parking, 0, 24)
	only(f, "points_per_hour", b.PointsPerHour, b.Kind == Mileage, 1, 100_000)
	only(f, "points_per_year", b.PointsPerYear, b.Kind == Mileage, 0, 100_000_000)
	only(f, "won", b.Won, b.Kind == Voucher || b.Kind == Award, 0, 100_000_000)
	switch {
	case b.Kind == Mileage && !expireForm.MatchString(b.PointsExpire):
		f.Add("points_expire", "unknown")
	case b.Kind != Mileage && b.PointsExpire != "":
		f.Add("points_expire", "not_with_kind")
	}
	if c := b.Counts; c != nil && b.Kind != Mileage {
		f.Add("counts", "not_with_kind")
	} else if c != nil {
		c.Scope.check(f.Under("counts.scope"))
		c.Entries.check(f.Under("counts.entries"))
	}
	if b.Donation && b.Kind != Mileage {
		f.Add("donation", "not_with_kind")
	}
	if len(b.Items) > 50 {
		f.Add("items", "too_many", "max", 50)
	}
	for i, item := range b.Items {
		f := f.Under("items[%d]", i)
		text.Line(f, "name", item.Name, 1, 100)
		between(f, "percent", item.Percent, 0, 100)
		between(f, "won_off", item.WonOff, 0, 10_000_000)
	}
}

var expireForm = regexp.MustCompile(`^(year_end|never|months:([1-9]|[1-9][0-9]|1[0-9][0-9]))$`)
