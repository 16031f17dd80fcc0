package proof

import (
	"slices"
	"time"

	"dure/domain/kernel/calendar"
)

// PostedHour is what is kept of the entries of minutes that were posted in an hour and are about a day.
type PostedHour struct {
	Hour         time.Time // when it began
	EffectiveDay calendar.Day
	Entries      int
	Minutes      int64
	Visits       int
}

// hour names a sum of entries: in Unix time, for equal instants need not be equal values.
type hour struct {
	began int64
	day   calendar.Day
}

func (h hour) String() string {
	return time.Unix(h.began, 0).UTC().Format("2006-01-02T15Z ") + h.day.String()
}

type hourSum struct {
	entries int
	minutes int64
	visits  int
}

// hours adds an account's entries to the hours in which they were posted.
func (c *checker) hours(b Book) {
	for _, e := range b.Entries {
		h := hour{e.PostedAt.Truncate(time.Hour).Unix(), e.EffectiveDay}
		s := c.posted[h]
		c.posted[h] = hourSum{s.entries + 1, s.minutes + e.own(), s.visits + e.Visits}
	}
}

// checkHours compares the hours that are added up with what was found; those after the last one are not yet.
func (c *checker) checkHours(kept []PostedHour) {
	if len(kept) == 0 {
		return
	}
	last := kept[len(kept)-1].Hour.Unix()
	for _, k := range kept {
		h := hour{k.Hour.Unix(), k.EffectiveDay}
		if c.posted[h] != (hourSum{k.Entries, k.Minutes, k.Visits}) {
			c.findings.add(RollupsAreSums, "posted_hours %s", h)
		}
		delete(c.posted, h)
	}
	var missing []string
	for h := range c.posted {
		if h.began <= last {
			missing = append(missing, h.String())
		}
	}
	slices.Sort(missing)
	for _, h := range missing {
		c.findings.add(RollupsAreSums, "posted_hours %s (missing)", h)
	}
}
