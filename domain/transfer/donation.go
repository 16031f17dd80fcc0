package transfer

import (
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// donationField is the 1365 field of blood donations (헌혈).
const donationField = "0503"

// DonationRule says what a kind of blood donation counts, and how many in a year: data with a period and an owner.
// Source: 헌혈 봉사시간 인정, since 2010-07-01 four hours each, whole blood 5 and components 24 a year.
type DonationRule struct {
	Kind          string // whole_blood, plasma, platelets …
	Name          string // 전혈, 혈장, 혈소판 …
	Quota         string // kinds of one quota are counted together
	Minutes       int    // each
	YearlyMaximum int    // of the quota
	FirstMonth    int    // with which the year begins: 1, or 3 for a school year
	EffectiveFrom calendar.Day
	EffectiveTo   calendar.Day // zero is open
	Reference     string
}

// DonationRules is the table of one owner.
type DonationRules []DonationRule

// Donation is a donation that counts or waits.
type Donation struct {
	VolunteerID id.ID
	Kind        string
	Day         calendar.Day
}

// On finds the rule for a kind, by its code or its name, that holds on a day; of several the one that began last.
func (r DonationRules) On(kind string, day calendar.Day) (found DonationRule, ok bool) {
	for _, rule := range r {
		holds := !day.Before(rule.EffectiveFrom) && (rule.EffectiveTo.IsZero() || !day.After(rule.EffectiveTo))
		if holds && (rule.Kind == kind || rule.Name == kind) && (!ok || rule.EffectiveFrom.After(found.EffectiveFrom)) {
			found, ok = rule, true
		}
	}
	return found, ok
}

// Year is the year of the rule in which a day lies, by the calendar year in which it begins.
func (r DonationRule) Year(day calendar.Day) int {
	if int(day.Month()) < r.FirstMonth {
		return day.Year() - 1
	}
	return day.Year()
}

// Full tells whether a person's donations of the year leave no room for one more on a day.
func (r DonationRules) Full(rule DonationRule, day calendar.Day, given []Donation) bool {
	n := 0
	for _, d := range given {
		if other, ok := r.On(d.Kind, d.Day); ok && other.Quota == rule.Quota && rule.Year(d.Day) == rule.Year(day) {
			n++
		}
	}
	return n >= rule.YearlyMaximum
}
