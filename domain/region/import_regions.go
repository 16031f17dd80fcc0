package region

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/text"
)

// Line is a region as one line of a table tells it; what the table leaves empty stays as it is known.
type Line struct {
	Number int // in the table, for what is said about it
	Region
	Residents *int // printed beside it, nil for none; kept for a dong only, as everything above is summed
	Month     calendar.Day
}

// Imported counts what an import did.
type Imported struct {
	Added, Changed int // regions
	Figures        int // of population, added; none is ever changed
}

// ImportRegions keeps a table of regions: what is new is added, what was empty is filled in, names and centres follow the table.
// A new dong without a centre takes over the one of its only predecessor. Importing the same table again changes nothing.
// Errors: request.invalid, naming lines.
func (s *Service) ImportRegions(ctx context.Context, lines []Line) (Imported, error) {
	now := s.clock.Now()
	var done Imported
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.Regions().Lock(ctx); err != nil {
			return err
		}
		before, err := tx.Regions().All(ctx)
		if err != nil {
			return err
		}
		after, err := merge(before, lines)
		if err != nil {
			return err
		}
		totals, err := tx.Regions().Totals(ctx, monthsOf(lines))
		if err != nil {
			return err
		}
		fresh, err := newTotals(totals, lines)
		if err != nil {
			return err
		}
		var changed []Region
		changed, done = compare(before, after)
		done.Figures = len(fresh)
		if done == (Imported{}) {
			return nil
		}
		if err := tx.Regions().Save(ctx, changed, now); err != nil {
			return err
		}
		if err := tx.Regions().AddTotals(ctx, fresh, now); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, imported("region.imported", now, done))
	})
	return done, err
}

// merge lays the lines over what is known and checks the whole.
func merge(before []Region, lines []Line) (map[string]Region, error) {
	f := fault.Collect()
	after, seen := map[string]Region{}, map[string]int{}
	for _, r := range before {
		after[r.Code] = r
	}
	for _, l := range lines {
		at := f.Under("line %d", l.Number)
		level, ok := LevelOf(l.Code)
		switch first, twice := seen[l.Code]; {
		case !ok:
			at.Add("code", "region_code")
			continue
		case twice:
			at.Add("code", "duplicate_line", "line", first)
			continue
		}
		seen[l.Code] = l.Number
		r := after[l.Code]
		r.Code, r.Level, r.Parent = l.Code, level, ParentOf(l.Code)
		after[l.Code] = r.with(l.Region, at)
	}
	for _, l := range lines {
		if seen[l.Code] == l.Number {
			after[l.Code].check(f.Under("line %d", l.Number), after)
		}
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	inheritCentres(after)
	return after, nil
}

// with fills in what is told of a region; names and centres are replaced, codes and days once known are not.
func (r Region) with(told Region, f fault.Fields) Region {
	if told.Name != "" {
		r.Name = told.Name
	}
	if told.Lat != nil && told.Lon != nil {
		r.Lat, r.Lon = told.Lat, told.Lon
	}
	fill(f, "valid_from", &r.ValidFrom, told.ValidFrom)
	fill(f, "valid_to", &r.ValidTo, told.ValidTo)
	fill(f, "successor", &r.Successor, told.Successor)
	return r
}

func fill[T comparable](f fault.Fields, name string, member *T, told T) {
	var nothing T
	switch {
	case told == nothing:
	case *member == nothing:
		*member = told
	case *member != told:
		f.Add(name, "differs", "kept", *member)
	}
}

func (r Region) check(f fault.Fields, all map[string]Region) {
	text.Line(f, "name", r.Name, 1, 50)
	if r.Lat != nil && !(*r.Lat >= -90 && *r.Lat <= 90) {
		f.Add("lat", "range", "min", -90, "max", 90)
	}
	if r.Lon != nil && !(*r.Lon >= -180 && *r.Lon <= 180) {
		f.Add("lon", "range", "min", -180, "max", 180)
	}
	if !r.ValidTo.IsZero() && r.begins(r.ValidTo) {
		f.Add("valid_to", "order", "after", "valid_from")
	}
	if _, ok := all[r.Parent]; !ok && r.Parent != "" {
		f.Add("parent", "region_unknown", "code", r.Parent)
	}
	if r.Successor == "" {
		return
	}
	switch next, ok := all[r.Successor]; {
	case !ok || next.Level != r.Level:
		f.Add("successor", "region_unknown", "code", r.Successor)
	case r.ValidTo.IsZero() || !next.begins(r.ValidTo): // so that no chain of codes runs in a circle
		f.Add("successor", "order", "after", "valid_to")
	}
}

func inheritCentres(all map[string]Region) {
	former := map[string][]Region{}
	for _, r := range all {
		if r.Successor != "" {
			former[r.Successor] = append(former[r.Successor], r)
		}
	}
	for code, r := range all {
		if r.Lat == nil && len(former[code]) == 1 {
			r.Lat, r.Lon = former[code][0].Lat, former[code][0].Lon
			all[code] = r
		}
	}
}

// compare gives the regions that are to be written, and counts them.
func compare(before []Region, after map[string]Region) (changed []Region, done Imported) {
	known := map[string]Region{}
	for _, r := range before {
		known[r.Code] = r
	}
	for code, r := range after {
		switch old, ok := known[code]; {
		case !ok:
			done.Added++
		case !old.same(r):
			done.Changed++
		default:
			continue
		}
		changed = append(changed, r)
	}
	return changed, done
}

func (r Region) same(o Region) bool {
	equal := func(a, b *float64) bool { return a == b || a != nil && b != nil && *a == *b }
	centres := equal(r.Lat, o.Lat) && equal(r.Lon, o.Lon)
	r.Lat, r.Lon, o.Lat, o.Lon = nil, nil, nil, nil
	return centres && r == o
}

// newTotals gives the printed figures that are not kept yet; one that differs from what is kept is refused,
// because rates that were told once must stay as they were told.
func newTotals(kept []Total, lines []Line) ([]Total, error) {
	f := fault.Collect()
	known := counts(kept)
	var fresh []Total
	for _, l := range lines {
		if level, _ := LevelOf(l.Code); l.Residents == nil || level != Dong {
			continue
		}
		have, ok := known[place{l.Code, l.Month}]
		switch at := f.Under("line %d", l.Number); {
		case !countable(*l.Residents):
			at.Add("population", "number")
		case !ok:
			fresh = append(fresh, Total{l.Code, l.Month, *l.Residents})
		case have != *l.Residents:
			at.Add("population", "differs", "kept", have)
		}
	}
	return fresh, f.Err()
}

// place is a region in a month.
type place struct {
	code  string
	month calendar.Day
}

func counts(totals []Total) map[place]int {
	m := make(map[place]int, len(totals))
	for _, t := range totals {
		m[place{t.RegionCode, t.Month}] = t.Count
	}
	return m
}

func monthsOf(lines []Line) []calendar.Day {
	months := map[calendar.Day]bool{}
	for _, l := range lines {
		if l.Residents != nil {
			months[l.Month] = true
		}
	}
	return slices.Collect(maps.Keys(months))
}

// imported is the event that tells an import.
func imported(action string, at time.Time, done Imported) audit.Event {
	return audit.Event{HappenedAt: at, Action: action, SubjectType: "region",
		Detail: fmt.Sprintf(`{"added":%d,"changed":%d,"figures":%d}`, done.Added, done.Changed, done.Figures)}
}
