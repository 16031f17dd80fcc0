// Package recognition decides how many minutes of a person's day count as volunteering, by rules that are data.
package recognition

import (
	"bytes"
	"cmp"
	"slices"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

// Kind says what a rule does.
type Kind string

// The kinds of rules, and what the Minutes of each mean.
const (
	// KindDailyCap: the most minutes recognised per person and day; 480 in the MOIS 인정·보상 기준안 2010,
	// other values per field in a centre's own 자원봉사활동 시간인증 표준표.
	KindDailyCap Kind = "daily_cap"
	// KindBreak: the noted break of an attendance is not recognised. Minutes are not used: the attendance brings its own.
	KindBreak Kind = "break"
	// KindTravel: the most minutes of travel recognised per person and day, on top of the caps;
	// 120 in a special disaster area (특별재난지역), else none, in the MOIS 인정·보상 기준안 2010.
	KindTravel Kind = "travel"
	// KindShiftWindow: presence counts only from this many minutes before the shift to as many after it.
	KindShiftWindow Kind = "shift_window"
)

// Kinds lists the kinds that a rule may have.
func Kinds() []Kind { return []Kind{KindDailyCap, KindBreak, KindTravel, KindShiftWindow} }

// Rule is one row of a recognition table: data with a period, an owner and a source, never a constant in code.
type Rule struct {
	ID            id.ID
	Kind          Kind
	FieldCode     string       // 1365 field of activity; "" is every field, a group such as "1200" covers its fields such as "1201"
	Minutes       int          // what the kind makes of it
	EffectiveFrom calendar.Day // first day of activity that it holds for
	EffectiveTo   calendar.Day // last day, included; zero is open
	Version       int          // among rows of one kind and field on one day the highest wins
	Owner         string       // who set it: nation, city, gu, centre or school office
	Reference     string       // where it is written
}

// Validate refuses a rule that no day could be counted by, naming every wrong member.
func (r Rule) Validate() error {
	wrong := fault.Collect()
	r.check(wrong)
	return wrong.Err()
}

func (r Rule) check(wrong fault.Fields) {
	if wrong.Require(r.Kind != "", "kind") && !slices.Contains(Kinds(), r.Kind) {
		wrong.Add("kind", "unknown")
	}
	if r.Minutes < 0 || r.Minutes > 1440 {
		wrong.Add("minutes", "range", "min", 0, "max", 1440)
	}
	wrong.Require(!r.EffectiveFrom.IsZero(), "effective_from")
	if !r.EffectiveTo.IsZero() && r.EffectiveTo.Before(r.EffectiveFrom) {
		wrong.Add("effective_to", "before_start")
	}
}

func (r Rule) effectiveOn(day calendar.Day) bool {
	return !day.Before(r.EffectiveFrom) && (r.EffectiveTo.IsZero() || !day.After(r.EffectiveTo))
}

// Rules is the whole table, past and coming rows included, in any order.
type Rules []Rule

// Version is the highest version among the rules effective on a day, 0 when there is none.
func (r Rules) Version(day calendar.Day) int {
	version := 0
	for _, rule := range r {
		if rule.effectiveOn(day) {
			version = max(version, rule.Version)
		}
	}
	return version
}

// row finds the rule of a kind written for exactly this code that holds on a day.
func (r Rules) row(day calendar.Day, kind Kind, code string) (found Rule, ok bool) {
	for _, rule := range r {
		if rule.Kind == kind && rule.FieldCode == code && rule.effectiveOn(day) && (!ok || later(rule, found)) {
			found, ok = rule, true
		}
	}
	return found, ok
}

// closest finds the rule of a kind for a field on a day: its own before its group's before everyone's.
func (r Rules) closest(day calendar.Day, kind Kind, field string) (Rule, bool) {
	for _, code := range codes(field) {
		if rule, ok := r.row(day, kind, code); ok {
			return rule, true
		}
	}
	return Rule{}, false
}

// later orders rows of one kind and field; past the version only so that the order of the table never matters.
func later(a, b Rule) bool {
	return cmp.Or(
		cmp.Compare(a.Version, b.Version),
		a.EffectiveFrom.Compare(b.EffectiveFrom),
		bytes.Compare(a.ID[:], b.ID[:]),
	) > 0
}

// codes lists the codes whose rules cover a field, the narrowest first: "1201", "1200", "".
func codes(field string) []string {
	covering := []string{field}
	if n := len(field) - 2; n > 0 {
		covering = append(covering, field[:n]+"00")
	}
	return slices.Compact(append(covering, ""))
}
