package recognition

import (
	"bytes"
	"maps"
	"slices"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// Posted is what the ledger holds of one attendance on one day of a person, all its entries summed.
type Posted struct {
	AttendanceID id.ID
	Minutes      int // recognised minutes
	Visits       int // 1 on the day of the check-in, 0 on others and after a reversal
}

// Change is what is to be posted so that the ledger holds what the day is worth now.
type Change struct {
	Credit  Credit // the day's new count; of an attendance that is gone only its id and day
	Minutes int    // recognised minutes to add, or to take back below zero
	Visits  int    // visits to add, or to take back below zero
	First   bool   // nothing was ever posted for this attendance on this day
}

// Difference compares what is posted for a person's day with what Recognise makes of it now. A first credit is a change
// even of 0 minutes, so that the volunteer reads why nothing counted; an attendance without a credit is taken back.
// Changes come in the order of the credits, then the ones taken back by id.
func Difference(day calendar.Day, posted []Posted, credits []Credit) []Change {
	before := make(map[id.ID]Posted, len(posted))
	for _, p := range posted {
		sum := before[p.AttendanceID]
		before[p.AttendanceID] = Posted{p.AttendanceID, sum.Minutes + p.Minutes, sum.Visits + p.Visits}
	}

	var changes []Change
	for _, c := range credits {
		held, known := before[c.AttendanceID]
		delete(before, c.AttendanceID)
		change := Change{Credit: c, Minutes: c.Minutes - held.Minutes, Visits: -held.Visits, First: !known}
		if c.Visit {
			change.Visits++
		}
		if change.First || change.Minutes != 0 || change.Visits != 0 {
			changes = append(changes, change)
		}
	}

	byID := func(a, b id.ID) int { return bytes.Compare(a[:], b[:]) }
	for _, attendance := range slices.SortedFunc(maps.Keys(before), byID) {
		if held := before[attendance]; held.Minutes != 0 || held.Visits != 0 {
			gone := Credit{AttendanceID: attendance, Day: day, Reductions: []Reduction{}}
			changes = append(changes, Change{Credit: gone, Minutes: -held.Minutes, Visits: -held.Visits})
		}
	}
	return changes
}
