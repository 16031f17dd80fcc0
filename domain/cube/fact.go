package cube

import (
	"slices"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// Person is what figures need to know of a volunteer: no name.
type Person struct {
	ID           id.ID
	Sex          string
	BirthDate    calendar.Day
	RegisteredOn calendar.Day
	Withdrawn    bool
	WithdrawnOn  calendar.Day // no day where it was never kept: he counts as registered on no day
	RegionCode   string       // where he lives, for want of moves
	Moves        []Move       // in the order of their days
}

// Move is where a person lives from a day on.
type Move struct {
	Since      calendar.Day
	RegionCode string
}

// HomeOn is where the person lived on a day: by the last move until then, or by the first one known where all came later.
func (p Person) HomeOn(d calendar.Day) string {
	home := p.RegionCode
	for i, m := range p.Moves {
		if i == 0 || !m.Since.After(d) {
			home = m.RegionCode
		}
	}
	return home
}

// Act is what the ledger holds of one attendance on one day, net of all corrections, with what is known of its activity.
type Act struct {
	VolunteerID   id.ID
	AttendanceID  id.ID
	Day           calendar.Day
	Visits        int
	Minutes       int
	FieldCode     string
	Evidence      string
	PlaceCode     string // region of the activity
	OrganiserType string // camp or demand_site
	OrganiserID   id.ID
	CampCode      string // region of the camp; empty for demand sites
	Party         string
}

// Entry is what one entry of the ledger says of an act; the newest of a person has the highest sequence.
type Entry struct {
	Act
	Sequence int64
}

// net adds up the entries of one person. Of field and evidence counts what an act's newest entry says.
func net(entries []Entry) []Act {
	type of struct {
		attendance id.ID
		day        calendar.Day
	}
	var (
		acts   []Act
		newest []int64
		known  = make(map[of]int, len(entries))
	)
	for _, e := range entries {
		i, ok := known[of{e.AttendanceID, e.Day}]
		if !ok {
			known[of{e.AttendanceID, e.Day}] = len(acts)
			acts, newest = append(acts, e.Act), append(newest, e.Sequence)
			continue
		}
		acts[i].Visits += e.Visits
		acts[i].Minutes += e.Minutes
		if e.Sequence > newest[i] {
			acts[i].FieldCode, acts[i].Evidence, newest[i] = e.FieldCode, e.Evidence, e.Sequence
		}
	}
	return acts
}

// Fact is an act with what the person was on its day. All figures are made of facts, and facts of the ledger.
type Fact struct {
	Act
	HomeCode string
	Sex      string
	Age      int  // full years
	Newcomer bool // whether it is of the first day on which the person was ever active
}

// Facts gives a person's facts, those that count: with a visit or minutes. In which of them he was new is told by all of them.
func (p Person) Facts(acts []Act) []Fact {
	facts := make([]Fact, 0, len(acts))
	for _, a := range acts {
		if a.Visits > 0 || a.Minutes > 0 {
			facts = append(facts, Fact{Act: a, HomeCode: p.HomeOn(a.Day), Sex: p.Sex, Age: calendar.AgeOn(p.BirthDate, a.Day)})
		}
	}
	return facts
}

// FirstDay is the first on which the person of the facts, of whom there is one at least, was active.
func FirstDay(facts []Fact) calendar.Day {
	first := facts[0].Day
	for i := range facts {
		if facts[i].Day.Before(first) {
			first = facts[i].Day
		}
	}
	return first
}

// Step is a change of the number of registered persons who live somewhere.
type Step struct {
	VolunteerID id.ID
	Day         calendar.Day
	HomeCode    string
	Sex         string
	BirthDate   calendar.Day
	Delta       int
}

// Steps gives when and where a person came to be registered, moved, and withdrew; on the day of withdrawal he is no longer registered.
func (p Person) Steps() []Step {
	if p.Withdrawn && !p.WithdrawnOn.After(p.RegisteredOn) {
		return nil
	}
	sums := map[Step]int{}
	add := func(d calendar.Day, home string, delta int) {
		sums[Step{p.ID, d, home, p.Sex, p.BirthDate, 0}] += delta
	}
	home := p.HomeOn(p.RegisteredOn)
	add(p.RegisteredOn, home, 1)
	for _, m := range p.Moves {
		if !m.Since.After(p.RegisteredOn) || p.Withdrawn && !m.Since.Before(p.WithdrawnOn) {
			continue
		}
		add(m.Since, home, -1)
		add(m.Since, m.RegionCode, 1)
		home = m.RegionCode
	}
	if p.Withdrawn {
		add(p.WithdrawnOn, home, -1)
	}
	steps := make([]Step, 0, len(sums))
	for s, delta := range sums {
		if s.Delta = delta; delta != 0 {
			steps = append(steps, s)
		}
	}
	slices.SortFunc(steps, func(a, b Step) int {
		if c := a.Day.Compare(b.Day); c != 0 {
			return c
		}
		return a.Delta - b.Delta
	})
	return steps
}
