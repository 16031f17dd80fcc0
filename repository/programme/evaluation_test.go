package programme_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/programme"
	"dure/repository"
	"dure/repository/dbtest"
	store "dure/repository/programme"
)

// edge is a person at the edge of a condition of a programme.
type edge struct {
	code, name string
	volunteer  id.ID
	want       bool
}

// Every real programme is evaluated at the edges of each of its conditions: one short, exactly, one more; all of it on the
// first and last day of the window, and on the days before and after. The whole city's statement and one person's figures agree.
func TestEveryRealProgrammeAtItsEdges(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		all := c.entered()
		if len(all) < 40 {
			t.Fatal(len(all))
		}
		var edges []edge
		for code, w := range all {
			terms := w.Versions[0].Terms
			if len(terms.Requirements) == 0 {
				_, p := c.person()
				c.posted(p.VolunteerID, served{day: "2026-11-01", minutes: 1, visits: 1})
				edges = append(edges, edge{code, "anybody", p.VolunteerID, true})
			}
			for i, r := range terms.Requirements {
				for j, condition := range r.AnyOf {
					edges = append(edges, c.edgesOf(code, terms, i, j, condition)...)
				}
			}
		}
		for code, w := range all {
			found := c.evaluated(w, 50)
			for _, e := range edges {
				if _, ok := found[e.volunteer]; e.code == code && ok != e.want {
					t.Errorf("%s, %s: found %v", e.code, e.name, ok)
				}
			}
			c.sameAsOneByOne(w, found)
		}
	})
}

// edgesOf makes the persons at the edges of one condition; all other requirements are met by their first condition.
func (c *city) edgesOf(code string, t programme.Terms, i, j int, tested programme.Condition) (edges []edge) {
	span := tested.Window.On(c.today())
	first, last := span.From, span.To
	if tested.Window.Kind == programme.Lifetime {
		first = calendar.MustParse("1999-01-01")
	}
	make := func(name string, day calendar.Day, n int, want bool) {
		_, p := c.person()
		var all []served
		for k, r := range t.Requirements {
			if k == i {
				continue
			}
			other := r.AnyOf[0]
			within := other.Window.On(c.today())
			at := within.From
			if at.IsZero() {
				at = calendar.MustParse("1990-06-15") // outside every window but a lifetime
			}
			all = append(all, amount(other.Measure, at, other.AtLeast)...)
			if other.Measure == tested.Measure && span.Has(at) { // it counts for both
				n -= other.AtLeast
			}
		}
		all = append(all, amount(tested.Measure, day, n)...)
		if t.Ranking != nil && t.Ranking.Measure == programme.Visits { // else there is nothing to rank
			all = append(all, served{day: last.String(), visits: 1})
		}
		c.posted(p.VolunteerID, all...)
		edges = append(edges, edge{code, fmt.Sprintf("requirement %d, condition %d: %s", i, j, name), p.VolunteerID, want})
	}
	make("one short", last, tested.AtLeast-1, false)
	make("exactly, on the first day", first, tested.AtLeast, true)
	make("exactly, on the last day", last, tested.AtLeast, true)
	make("one more", last, tested.AtLeast+1, true)
	make("the day after", last.Add(1), tested.AtLeast, false)
	if tested.Window.Kind != programme.Lifetime {
		make("the day before", first.Add(-1), tested.AtLeast, false)
	}
	return edges
}

// amount is so much of one measure, and nothing of any other.
func amount(measure string, day calendar.Day, n int) []served {
	if measure == programme.Minutes {
		return []served{{day: day.String(), minutes: n}}
	}
	all := make([]served, n)
	for i := range all {
		all[i] = served{day: day.String(), visits: 1}
	}
	return all
}

// sameAsOneByOne compares what was found in the whole city with what one person after the other would be told.
func (c *city) sameAsOneByOne(w programme.Whole, found map[id.ID]programme.Result) {
	c.t.Helper()
	terms := w.Versions[0].Terms
	c.tx(func(ctx context.Context, u store.Unit) error {
		atlas, err := u.Programmes().Atlas(ctx)
		if err != nil {
			return err
		}
		var people []id.ID
		if err := u.Tx.Raw(`SELECT id FROM volunteers`).Scan(&people).Error; err != nil {
			return err
		}
		for _, volunteer := range people {
			f, err := u.Programmes().Facts(ctx, volunteer)
			if err != nil {
				return err
			}
			want := terms.Qualifies(f, atlas, c.today())
			r, ok := found[volunteer]
			if terms.Ranking != nil && want && !ok {
				continue // who has nothing of what is ranked is not among them
			}
			if ok != want {
				c.t.Errorf("%s: in the whole city %v, alone %v", w.Code, ok, want)
			}
			if !ok {
				continue
			}
			for i, m := range terms.Measure(f, atlas, c.today()) {
				if r.Measured[i] != m.Value {
					c.t.Errorf("%s: condition %d is %d in the whole city, %d alone", w.Code, i, r.Measured[i], m.Value)
				}
			}
		}
		return nil
	})
}

// Whatever the terms and whatever people did, the one statement for the whole city says the same as one person after the other.
func TestTheWholeCityIsTheSumOfItsPeople(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		r := rand.New(rand.NewPCG(20261210, 4))
		pick := func(s ...string) string { return s[r.IntN(len(s))] }
		for range 30 {
			_, p := c.person()
			var all []served
			for range r.IntN(12) {
				all = append(all, served{day: calendar.MustParse("2024-02-25").Add(r.IntN(1020)).String(), minutes: r.IntN(480), visits: r.IntN(2),
					field: pick("0104", "0503", "0801", "1701"), evidence: pick("qr", "leader", "self", "imported"),
					organiser: []id.ID{c.camp, c.other, c.site}[r.IntN(3)], remote: r.IntN(4) == 0})
			}
			c.posted(p.VolunteerID, all...)
			for i := range all {
				if r.IntN(4) == 0 {
					c.reversed(p.VolunteerID, int64(i+1))
				}
			}
			birth := calendar.MustParse("2004-02-25").Add(r.IntN(8)) // around 29 February
			c.exec(`UPDATE volunteers SET birth_date = ?, region_code = ?, status = ? WHERE id = ?`, birth, pick(bukguDong, dbtest.Dong, dbtest.Elsewhere),
				pick("active", "active", "active", "pending_guardian"), p.VolunteerID)
			switch r.IntN(3) {
			case 0:
				c.exec(`UPDATE volunteers SET camp_id = NULL WHERE id = ?`, p.VolunteerID)
			case 1:
				c.exec(`UPDATE volunteers SET camp_id = ? WHERE id = ?`, c.other, p.VolunteerID)
			}
		}
		condition := func() programme.Condition {
			one := programme.Condition{Measure: pick(programme.Minutes, programme.Visits, programme.ActiveDays)}
			one.AtLeast = map[string]int{programme.Minutes: 1 + r.IntN(900), programme.Visits: 1 + r.IntN(3), programme.ActiveDays: 1 + r.IntN(4)}[one.Measure]
			switch one.Window.Kind = pick(programme.Lifetime, programme.Rolling, programme.ThisYear, programme.PreviousYear, programme.ThisMonth, programme.PreviousMonth); one.Window.Kind {
			case programme.Rolling:
				one.Window.Months = 1 + r.IntN(36)
			case programme.ThisYear, programme.PreviousYear:
				one.Window.FirstMonth = 1 + r.IntN(12)
			}
			if one.Scope.Kind = pick(programme.InCity, programme.InRegion, programme.InOwnGu, programme.InOwn); one.Scope.Kind == programme.InRegion {
				one.Scope.Region = pick(bukgu, dbtest.Gu, dbtest.OtherDong)
			}
			for _, list := range []*[]string{&one.Entries.Fields, &one.Entries.NotFields} {
				if r.IntN(4) == 0 {
					*list = []string{pick("0100", "0503", "0800", "1701"), "0104"}[:1+r.IntN(2)]
				}
			}
			for _, list := range []*[]string{&one.Entries.Evidence, &one.Entries.NotEvidence} {
				if r.IntN(4) == 0 {
					*list = []string{pick("qr", "leader", "self")}
				}
			}
			one.Entries.NotBlood, one.Entries.NotRemote = r.IntN(3) == 0, r.IntN(3) == 0
			return one
		}
		some := 0
		for i := range 60 {
			d := drafts(t)[0]
			d.Code = fmt.Sprintf("random-%d", i)
			d.Terms.Requirements, d.Terms.Person = nil, programme.Person{}
			for range r.IntN(4) {
				requirement := programme.Requirement{}
				for range 1 + r.IntN(3) {
					requirement.AnyOf = append(requirement.AnyOf, condition())
				}
				d.Terms.Requirements = append(d.Terms.Requirements, requirement)
			}
			if r.IntN(3) == 0 {
				d.Terms.Person.AgeFrom = 20 + r.IntN(3)
			}
			if r.IntN(3) == 0 {
				d.Terms.Person.AgeTo = 22
			}
			switch r.IntN(6) {
			case 0:
				d.Terms.Person.CityOnly = true
			case 1:
				d.Terms.Person.Residence = []string{pick(bukgu, dbtest.Dong)}
			case 2:
				d.Terms.Person.Affiliation = []string{bukgu}
			}
			w := c.enter(d)
			c.now = c.now.AddDate(0, 0, []int{0, 1, 81, 365}[r.IntN(4)]) // to 29 February of a leap year and the like
			found := c.evaluated(w, 7)
			some += len(found)
			c.sameAsOneByOne(w, found)
			if c.now.Year() > 2027 {
				c.now = c.now.AddDate(-2, 0, 0)
			}
		}
		if some < 200 {
			t.Error("only so many were found: ", some)
		}
	})
}

// Who ranks first: the other measure decides between equals, and who is still equal shares the place.
func TestARankingHasItsPlaces(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		w := c.entered("bukgu-v-awards-minutes")["bukgu-v-awards-minutes"]
		places := map[id.ID]int{}
		for _, p := range []struct{ minutes, visits, place int }{{22000, 1, 3}, {22000, 2, 1}, {22000, 2, 1}, {21900, 9, 4}, {21899, 99, 0}} {
			_, who := c.person()
			all := []served{{day: "2026-11-30", minutes: p.minutes, visits: 1}}
			for range p.visits - 1 {
				all = append(all, served{day: "2025-12-01", visits: 1})
			}
			c.posted(who.VolunteerID, all...)
			places[who.VolunteerID] = p.place
		}
		found := c.evaluated(w, 2)
		for who, place := range places {
			if found[who].Place != place {
				t.Errorf("place %d instead of %d", found[who].Place, place)
			}
		}
		if slices.Max(slices.Collect(func(yield func(int) bool) {
			for _, r := range found {
				if !yield(r.Place) {
					return
				}
			}
		})) != 4 {
			t.Error(found)
		}
	})
}
