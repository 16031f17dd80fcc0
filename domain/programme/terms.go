package programme

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
)

// Terms (기준) say who may have what: all that a programme is, as data. They are kept as one JSON document; the tags are its schema.
type Terms struct {
	Requirements []Requirement `json:"requirements"` // all of them must be met; none is anybody
	Ranking      *Ranking      `json:"ranking,omitempty"`
	Person       Person        `json:"person"`
	Seasons      []Season      `json:"seasons,omitempty"` // when one may apply; none is always
	Asks         []string      `json:"asks,omitempty"`    // what an applicant has to declare
	Exchange     *Exchange     `json:"exchange,omitempty"`
	Approval     string        `json:"approval"`
	Benefit      Benefit       `json:"benefit"`
	Payment      Payment       `json:"payment"`
	Validity     Validity      `json:"validity"`
	Repeat       string        `json:"repeat"`
	PerYear      int           `json:"per_year,omitempty"` // holdings of one person in a calendar year; 0 for any number
	Budget       Budget        `json:"budget"`
	OnePerCar    bool          `json:"one_per_car,omitempty"`
	Transferable bool          `json:"transferable,omitempty"`
}

// Requirement is met when one of its conditions is.
type Requirement struct {
	AnyOf []Condition `json:"any_of"`
}

// Condition wants so many minutes, visits or active days in a window, of the entries that count.
type Condition struct {
	Measure string  `json:"measure"`
	AtLeast int     `json:"at_least"`
	Window  Window  `json:"window"`
	Scope   Scope   `json:"scope"`
	Entries Entries `json:"entries"`
}

// What is measured.
const (
	Minutes    = "minutes"     // recognised minutes, net of what was taken back
	Visits     = "visits"      // 연인원: presences
	ActiveDays = "active_days" // days with recognised minutes
)

// Window is the stretch of days that counts, seen from the day of the claim.
type Window struct {
	Kind       string `json:"kind"`
	Months     int    `json:"months,omitempty"`      // of a rolling window
	FirstMonth int    `json:"first_month,omitempty"` // of a year: 1 for the calendar's, 12 for December to November
}

// Kinds of windows.
const (
	Lifetime      = "lifetime"       // all days up to the claim's
	Rolling       = "rolling"        // so many months that end with the day of the claim
	ThisYear      = "this_year"      // the year that the day of the claim is in, up to its end
	PreviousYear  = "previous_year"  // the one before
	ThisMonth     = "this_month"     // likewise of months
	PreviousMonth = "previous_month" //
)

// Scope says where service must have been given.
type Scope struct {
	Kind   string `json:"kind"`
	Region string `json:"region,omitempty"` // code of a gu or dong
}

// Kinds of scopes.
const (
	InCity   = "city"     // anywhere
	InRegion = "region"   // for organisers in this region
	InOwnGu  = "own_gu"   // for organisers in the gu of one's own camp
	InOwn    = "own_camp" // for one's own camp
)

// Entries says which entries count. Field codes of 1365 that end in 00 stand for their whole group.
type Entries struct {
	Fields      []string `json:"fields,omitempty"`
	NotFields   []string `json:"not_fields,omitempty"`
	Evidence    []string `json:"evidence,omitempty"`
	NotEvidence []string `json:"not_evidence,omitempty"`
	NotBlood    bool     `json:"exclude_blood_donation,omitempty"` // 헌혈, field 0503
	NotRemote   bool     `json:"exclude_remote,omitempty"`
}

// BloodDonation is the field of 헌혈.
const BloodDonation = "0503"

// Ranking keeps only the first among all who meet the requirements. Equals are told apart by the other measure (visits for
// minutes, minutes for visits); who is still equal shares the place, so that nobody wins by chance.
type Ranking struct {
	Measure string  `json:"measure"`
	Top     int     `json:"top"`
	Window  Window  `json:"window"`
	Scope   Scope   `json:"scope"`
	Entries Entries `json:"entries"`
}

// Person says who may have it.
type Person struct {
	AgeFrom     int      `json:"age_from,omitempty"` // in full years on the day of the claim
	AgeTo       int      `json:"age_to,omitempty"`   // inclusive; 0 for any age
	Residence   []string `json:"residence,omitempty"`
	CityOnly    bool     `json:"city_only,omitempty"`   // lives in the city
	Affiliation []string `json:"affiliation,omitempty"` // regions in one of which his own camp stands
}

// Season is a stretch of every year, as MM-DD, both days included; it may run over New Year.
type Season struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Exchange makes the benefit cost holdings of another programme: ten coupons for a bag.
type Exchange struct {
	Programme string `json:"programme"` // code
	Count     int    `json:"count"`
}

// Who has to agree to a claim.
const (
	NobodyApproves  = "none"
	OfficerApproves = "officer"
	CampApproves    = "own_camp" // the head of the claimant's own camp, or an officer
)

// Payment says when a benefit begins after it was granted; of mileage, on which days points are paid for the days before.
type Payment struct {
	Kind string `json:"kind"`
	Day  int    `json:"day,omitempty"` // of the month, 1 to 28
}

// Kinds of payments.
const (
	AtOnce    = "at_once"
	Monthly   = "monthly"   // on the next such day of a month
	Quarterly = "quarterly" // on the next such day of January, April, July or October
)

// Validity says how long a benefit lasts.
type Validity struct {
	Kind   string       `json:"kind"`
	Months int          `json:"months,omitempty"`
	Day    calendar.Day `json:"day,omitzero"`
}

// Kinds of validity.
const (
	Unlimited = "unlimited"
	ForMonths = "months"
	YearEnd   = "year_end"
	UntilDay  = "until"
)

// How often one may have it.
const (
	AfterExpiry = "after_expiry" // again when the last one has ended
	EachWindow  = "each_window"  // once for each year or month of the first condition
	Once        = "once"
)

// Budget bounds what is given to all; 0 is no bound.
type Budget struct {
	Holdings int    `json:"holdings,omitempty"`
	Won      int    `json:"won,omitempty"`
	Each     string `json:"each,omitempty"`
}

// What a budget is for.
const (
	EachYear      = "year" // a calendar year
	EachProgramme = "programme"
)

// Conditions gives all conditions of the terms, in order.
func (t Terms) Conditions() []Condition {
	var all []Condition
	for _, r := range t.Requirements {
		all = append(all, r.AnyOf...)
	}
	return all
}

const (
	mostRequirements = 6
	mostConditions   = 4
	mostMinutes      = 10_000_000
)

// check notes everything that is wrong with the terms. Regions and codes of programmes are looked up by the caller.
func (t Terms) check(f fault.Fields) {
	if len(t.Requirements) > mostRequirements {
		f.Add("requirements", "too_many", "max", mostRequirements)
	}
	for i, r := range t.Requirements {
		f := f.Under("requirements[%d]", i)
		if n := len(r.AnyOf); n == 0 {
			f.Add("any_of", "required")
		} else if n > mostConditions {
			f.Add("any_of", "too_many", "max", mostConditions)
		}
		for j, c := range r.AnyOf {
			c.check(f.Under("any_of[%d]", j))
		}
	}
	if r := t.Ranking; r != nil {
		f := f.Under("ranking")
		oneOf(f, "measure", r.Measure, Minutes, Visits)
		between(f, "top", r.Top, 1, 100_000)
		r.Window.check(f.Under("window"))
		r.Scope.check(f.Under("scope"))
		r.Entries.check(f.Under("entries"))
	}
	t.Person.check(f.Under("person"))
	if len(t.Seasons) > 12 {
		f.Add("seasons", "too_many", "max", 12)
	}
	for i, s := range t.Seasons {
		monthDay(f.Under("seasons[%d]", i), "from", s.From)
		monthDay(f.Under("seasons[%d]", i), "to", s.To)
	}
	for i, ask := range t.Asks {
		oneOf(f, fmt.Sprintf("asks[%d]", i), ask, "driving_licence", "car_owner", "transport_card", "local_currency_account")
	}
	if x := t.Exchange; x != nil {
		f := f.Under("exchange")
		f.Require(codeForm.MatchString(x.Programme), "programme")
		between(f, "count", x.Count, 1, 1000)
		if t.Approval != NobodyApproves { // what was given in exchange would have to come back
			f.Add("programme", "not_with_kind")
		}
	}
	oneOf(f, "approval", t.Approval, NobodyApproves, OfficerApproves, CampApproves)
	t.Benefit.check(f.Under("benefit"))
	t.Payment.check(f.Under("payment"))
	t.Validity.check(f.Under("validity"))
	if t.Benefit.Kind == Voucher && t.Validity.Kind == Unlimited { // every voucher has a last day
		f.Under("validity").Add("kind", "not_with_kind")
	}
	oneOf(f, "repeat", t.Repeat, AfterExpiry, EachWindow, Once)
	if t.Repeat == EachWindow {
		if all := t.Conditions(); len(all) == 0 || !all[0].Window.repeats() {
			f.Add("repeat", "needs_year_or_month")
		}
	}
	between(f, "per_year", t.PerYear, 0, 1000)
	between(f.Under("budget"), "holdings", t.Budget.Holdings, 0, 10_000_000)
	between(f.Under("budget"), "won", t.Budget.Won, 0, 1_000_000_000_000)
	if t.Budget.Holdings > 0 || t.Budget.Won > 0 {
		oneOf(f.Under("budget"), "each", t.Budget.Each, EachYear, EachProgramme)
	} else if t.Budget.Each != "" {
		f.Under("budget").Add("each", "not_with_kind")
	}
}

func (c Condition) check(f fault.Fields) {
	oneOf(f, "measure", c.Measure, Minutes, Visits, ActiveDays)
	between(f, "at_least", c.AtLeast, 1, mostMinutes)
	c.Window.check(f.Under("window"))
	c.Scope.check(f.Under("scope"))
	c.Entries.check(f.Under("entries"))
}

func (w Window) check(f fault.Fields) {
	oneOf(f, "kind", w.Kind, Lifetime, Rolling, ThisYear, PreviousYear, ThisMonth, PreviousMonth)
	only(f, "months", w.Months, w.Kind == Rolling, 1, 240)
	only(f, "first_month", w.FirstMonth, w.Kind == ThisYear || w.Kind == PreviousYear, 1, 12)
}

// repeats tells whether the window has a name of its own, such as a year.
func (w Window) repeats() bool {
	return w.Kind == ThisYear || w.Kind == PreviousYear || w.Kind == ThisMonth || w.Kind == PreviousMonth
}

func (s Scope) check(f fault.Fields) {
	oneOf(f, "kind", s.Kind, InCity, InRegion, InOwnGu, InOwn)
	if s.Kind == InRegion {
		f.Require(s.Region != "", "region")
	} else if s.Region != "" {
		f.Add("region", "not_with_kind")
	}
}

func (e Entries) check(f fault.Fields) {
	for name, codes := range map[string][]string{"fields": e.Fields, "not_fields": e.NotFields} {
		if len(codes) > 100 {
			f.Add(name, "too_many", "max", 100)
		}
		for i, code := range codes {
			if !fieldForm.MatchString(code) {
				f.Add(fmt.Sprintf("%s[%d]", name, i), "unknown")
			}
		}
	}
	for name, kinds := range map[string][]string{"evidence": e.Evidence, "not_evidence": e.NotEvidence} {
		for i, kind := range kinds {
			oneOf(f, fmt.Sprintf("%s[%d]", name, i), kind, "qr", "leader", "self", "imported")
		}
	}
}

func (p Person) check(f fault.Fields) {
	between(f, "age_from", p.AgeFrom, 0, 120)
	between(f, "age_to", p.AgeTo, 0, 120)
	if p.AgeTo != 0 && p.AgeTo < p.AgeFrom {
		f.Add("age_to", "order", "after", "age_from")
	}
	for name, codes := range map[string][]string{"residence": p.Residence, "affiliation": p.Affiliation} {
		if len(codes) > 100 {
			f.Add(name, "too_many", "max", 100)
		}
	}
}

func (p Payment) check(f fault.Fields) {
	oneOf(f, "kind", p.Kind, AtOnce, Monthly, Quarterly)
	only(f, "day", p.Day, p.Kind == Monthly || p.Kind == Quarterly, 1, 28)
}

func (v Validity) check(f fault.Fields) {
	oneOf(f, "kind", v.Kind, Unlimited, ForMonths, YearEnd, UntilDay)
	only(f, "months", v.Months, v.Kind == ForMonths, 1, 240)
	if v.Kind == UntilDay {
		f.Require(!v.Day.IsZero(), "day")
	} else if !v.Day.IsZero() {
		f.Add("day", "not_with_kind")
	}
}

var (
	codeForm  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	fieldForm = regexp.MustCompile(`^[0-9]{4}$`)
)

func oneOf(f fault.Fields, name, value string, choices ...string) {
	if !slices.Contains(choices, value) {
		f.Add(name, "unknown_choice", "choices", strings.Join(choices, ", "))
	}
}

func between(f fault.Fields, name string, n, least, most int) {
	if n < least || n > most {
		f.Add(name, "range", "min", least, "max", most)
	}
}

// only is between for a member that goes with some kinds alone.
func only(f fault.Fields, name string, n int, allowed bool, least, most int) {
	switch {
	case allowed:
		between(f, name, n, least, most)
	case n != 0:
		f.Add(name, "not_with_kind")
	}
}

// monthDay wants MM-DD of a leap year, so that 02-29 can be said.
func monthDay(f fault.Fields, name, s string) {
	if _, err := calendar.Parse("2024-" + s); err != nil || len(s) != 5 {
		f.Add(name, "month_day")
	}
}

// Span is a stretch of days, both included; From is no day where it has no beginning.
type Span struct{ From, To calendar.Day }

// Has tells whether a day lies in the span.
func (s Span) Has(d calendar.Day) bool { return !d.Before(s.From) && !d.After(s.To) }

// Before gives the day so many months before another, the last of its month where there is none such: what 민법 제160조 says
// of periods counted in months.
func before(d calendar.Day, months int) calendar.Day { return after(d, -months) }

func after(d calendar.Day, months int) calendar.Day {
	first := calendar.Date(d.Year(), d.Month()+time.Month(months), 1)
	last := calendar.Date(first.Year(), first.Month()+1, 0)
	there := first.Add(d.Sub(d.FirstOfMonth()))
	if there.After(last) {
		return last
	}
	return there
}

// On gives the days that the window has when it is seen from a day.
func (w Window) On(day calendar.Day) Span {
	switch w.Kind {
	case Rolling:
		return Span{before(day, w.Months).Add(1), day}
	case ThisMonth:
		return month(day)
	case PreviousMonth:
		return month(day.FirstOfMonth().Add(-1))
	case ThisYear:
		return w.year(day)
	case PreviousYear:
		return w.year(w.year(day).From.Add(-1))
	default: // Lifetime
		return Span{To: day}
	}
}

func month(d calendar.Day) Span {
	first := d.FirstOfMonth()
	return Span{first, calendar.Date(first.Year(), first.Month()+1, 0)}
}

// year gives the year from the window's first month on in which a day lies.
func (w Window) year(d calendar.Day) Span {
	y, first := d.Year(), time.Month(w.FirstMonth)
	if d.Month() < first {
		y--
	}
	return Span{calendar.Date(y, first, 1), calendar.Date(y+1, first, 0)}
}

// period is the name under which one may have the benefit once.
func (t Terms) period(day calendar.Day) string {
	if t.Repeat != EachWindow {
		return ""
	}
	return t.Conditions()[0].Window.On(day).From.String()
}

// inSeason tells whether one may apply on a day. A season that ends on 02-29 ends on 02-28 in common years.
func (t Terms) inSeason(day calendar.Day) bool {
	if len(t.Seasons) == 0 {
		return true
	}
	today := day.String()[5:]
	for _, s := range t.Seasons {
		if s.From <= s.To && s.From <= today && today <= s.To || s.From > s.To && (s.From <= today || today <= s.To) {
			return true
		}
	}
	return false
}

// begins is the day from which a benefit granted on a day is there.
func (p Payment) begins(granted calendar.Day) calendar.Day {
	if p.Kind == AtOnce {
		return granted
	}
	at := calendar.Date(granted.Year(), granted.Month(), p.Day)
	for at.Before(granted) || p.Kind == Quarterly && at.Month()%3 != 1 {
		at = calendar.Date(at.Year(), at.Month()+1, p.Day)
	}
	return at
}

// begins is the day from which a benefit granted on a day is there: mileage counts at once, whenever it is paid.
func (t Terms) begins(granted calendar.Day) calendar.Day {
	if t.Benefit.Kind == Mileage {
		return granted
	}
	return t.Payment.begins(granted)
}

// ends is the last day of a benefit that begins on a day; no day when it does not end.
func (v Validity) ends(begins calendar.Day) calendar.Day {
	switch v.Kind {
	case ForMonths:
		if last := after(begins, v.Months); last.Sub(last.FirstOfMonth()) == begins.Sub(begins.FirstOfMonth()) {
			return last.Add(-1)
		} else {
			return last // no such day in that month: it ends with the month
		}
	case YearEnd:
		return calendar.Date(begins.Year(), 12, 31)
	case UntilDay:
		return v.Day
	default:
		return calendar.Day{}
	}
}

// latestBirth is the last birth day of those who are so many years old on a day.
func latestBirth(age int, on calendar.Day) calendar.Day { return before(on, 12*age) }
