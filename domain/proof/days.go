package proof

import (
	"maps"
	"slices"
	"time"

	"dure/domain/attendance"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/recognition"
)

// day is what a person's book says of one day.
type day struct {
	presences []recognition.Presence
	posted    []recognition.Posted
	fields    map[id.ID]string // of the attendances, as last posted
	minutes   int64
	version   int // the newest rule that an entry of the day was counted by
}

// holds tells whether the ledger has what the presences are worth by rules; an activity whose field was edited later
// stands by the field that its presences were posted under.
func (d *day) holds(on calendar.Day, zone *time.Location, rules recognition.Rules) bool {
	equal := func(presences []recognition.Presence) bool {
		return recognition.Difference(on, d.posted, recognition.Recognise(on, zone, presences, rules)) == nil
	}
	if equal(d.presences) {
		return true
	}
	before := slices.Clone(d.presences)
	for i, p := range before {
		if field, ok := d.fields[p.AttendanceID]; ok {
			before[i].FieldCode = field
		}
	}
	return !slices.Equal(before, d.presences) && equal(before)
}

// days proves that the ledger holds for each day what the verified presences of that day are worth.
func (c *checker) days(b Book) {
	days := map[calendar.Day]*day{}
	of := func(d calendar.Day) *day {
		if days[d] == nil {
			days[d] = &day{fields: map[id.ID]string{}}
		}
		return days[d]
	}
	for _, e := range b.Entries {
		d := of(e.EffectiveDay)
		d.posted = append(d.posted, recognition.Posted{AttendanceID: e.SourceID, Minutes: int(e.own()), Visits: e.Visits})
		d.fields[e.SourceID] = e.FieldCode
		d.minutes += e.own()
		d.version = max(d.version, e.RuleVersion)
	}
	for _, a := range b.Attendances {
		if a.State != attendance.Verified {
			continue
		}
		for _, touched := range a.span().Days(c.zone) {
			d := of(touched)
			d.presences = append(d.presences, a.Presence)
		}
	}
	for _, on := range slices.SortedFunc(maps.Keys(days), calendar.Day.Compare) {
		d := days[on]
		if !c.underRules(on, d.version, func(rules recognition.Rules) bool {
			most, bounded := limit(rules, on)
			return !bounded || d.minutes <= int64(most)
		}) {
			c.findings.add(DayCaps, "volunteers %s on %s (%d minutes)", b.Account.OwnerID, on, d.minutes)
		}
		if !c.underRules(on, d.version, func(rules recognition.Rules) bool { return d.holds(on, c.zone, rules) }) {
			c.findings.add(DaysRecomputed, "volunteers %s on %s (%s)", b.Account.OwnerID, on, attendancesOf(d.posted))
		}
	}
}

// underRules asks whether something is true of a day under the rules as they are, or as they may have been when the day
// was last counted: a rule that was made later changes a counted day only when that day is counted again. Rules that an
// entry of the day knows of already (up to version) are never left out.
func (c *checker) underRules(on calendar.Day, version int, holds func(recognition.Rules) bool) bool {
	for rules := c.rules; ; {
		if holds(rules) {
			return true
		}
		newest := rules.Version(on)
		if newest <= version {
			return false
		}
		rules = slices.DeleteFunc(slices.Clone(rules), func(r recognition.Rule) bool { return r.Version >= newest })
	}
}

// limit is the most that the rules let a person be recognised on a day: the cap for all fields, and the most generous
// travel rule. Written without recognition's own reading of the rules, for it is that which is to be proved.
func limit(rules recognition.Rules, on calendar.Day) (minutes int, bounded bool) {
	type row struct {
		kind recognition.Kind
		code string
	}
	wins := map[row]recognition.Rule{}
	for _, r := range rules {
		key := row{r.Kind, r.FieldCode}
		effective := !on.Before(r.EffectiveFrom) && (r.EffectiveTo.IsZero() || !on.After(r.EffectiveTo))
		if before, ok := wins[key]; effective && (!ok || r.Version > before.Version) {
			wins[key] = r
		}
	}
	cover, bounded := wins[row{recognition.KindDailyCap, ""}]
	travel := 0
	for key, r := range wins {
		if key.kind == recognition.KindTravel {
			travel = max(travel, r.Minutes)
		}
	}
	return cover.Minutes + travel, bounded
}

// attendancesOf names the attendances that were posted on a day.
func attendancesOf(posted []recognition.Posted) string {
	text, seen := "attendances", map[id.ID]bool{}
	for _, p := range posted {
		if !seen[p.AttendanceID] {
			seen[p.AttendanceID] = true
			text += " " + p.AttendanceID.String()
		}
	}
	if len(seen) == 0 {
		return "nothing posted"
	}
	return text
}
