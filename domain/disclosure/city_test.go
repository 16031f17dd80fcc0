package disclosure

import (
	"fmt"
	"math/rand/v2"
	"strconv"
)

// act is one visit, as the finest tables would have it.
type act struct {
	id, person int
	at         map[string]int // by axis: the path
	minutes    int
	organiser  int
}

// pair is a cube: two axes with the levels that are published of each.
type pair struct {
	row, column string
	rows, cols  []string
}

// city is small enough to count by hand.
type city struct {
	axes  []Axis
	pairs []pair
	acts  []act
	fresh map[int]bool // persons whose first activity ever was this year
	all   bool         // new persons are counted in all tables
}

func homes(gus, dongs int) Axis {
	a := Axis{Name: "home", Levels: []string{"dong", "gu", "city"}}
	for g := range gus {
		for d := range dongs {
			a.Paths = append(a.Paths, []string{fmt.Sprintf("%02d%02d", g, d), fmt.Sprintf("%02d", g), "city"})
		}
	}
	a.Paths = append(a.Paths, []string{"outside", "outside", "outside"})
	return a
}

func months(n int) Axis {
	a := Axis{Name: "time", Levels: []string{"month", "quarter"}, Periods: true}
	for m := range n {
		a.Paths = append(a.Paths, []string{fmt.Sprintf("2026-%02d", m+1), "2026-Q" + strconv.Itoa(m/3+1)})
	}
	return a
}

// ages are cut by tens and by school age, so that no level is the finest.
func ages() Axis {
	a := Axis{Name: "age", Levels: []string{"tens", "youth"}, Paths: [][]string{{"0-9", "0-13"}, {"10-19", "0-13"}, {"10-19", "14-19"}}}
	for t := 20; t < 100; t += 10 {
		k := fmt.Sprintf("%d-%d", t, t+9)
		if t < 70 {
			a.Paths = append(a.Paths, []string{k, k})
		} else {
			a.Paths = append(a.Paths, []string{k, "70+"})
		}
	}
	return a
}

func flat(name, level string, exclusive bool, keys ...string) Axis {
	a := Axis{Name: name, Levels: []string{level}, Exclusive: exclusive}
	for _, k := range keys {
		a.Paths = append(a.Paths, []string{k})
	}
	return a
}

func numbered(n int) (keys []string) {
	for i := range n {
		keys = append(keys, fmt.Sprintf("%04d", (i+1)*100))
	}
	return keys
}

// figures counts the city.
func (c city) figures() Figures {
	f := Figures{Year: 2026, Axes: c.axes}
	for _, p := range c.pairs {
		for _, r := range append([]string{Total}, p.rows...) {
			for _, k := range append([]string{Total}, p.cols...) {
				f.Tables = append(f.Tables, c.count(Side{p.row, r}, Side{p.column, k}))
			}
		}
	}
	return f
}

func (c city) key(side Side, a act) string {
	if side.Level == Total {
		return Total
	}
	for _, x := range c.axes {
		for l, level := range x.Levels {
			if x.Name == side.Axis && level == side.Level {
				return x.Paths[a.at[x.Name]][l]
			}
		}
	}
	panic("no " + side.Axis + "." + side.Level)
}

// coarse says whether new persons are counted in a table: of one axis, and not by dong.
func (c city) coarse(row, column Side) bool {
	return c.all || (row.Level == Total || column.Level == Total) && row.Level != "dong" && column.Level != "dong"
}

// newIn says whether a person's first activity ever lies in the same period as an act.
func (c city) newIn(side Side, a act, first map[int]act) bool {
	if !c.fresh[a.person] || side.Level == Total {
		return c.fresh[a.person]
	}
	return c.key(side, a) == c.key(side, first[a.person])
}

func (c city) count(row, column Side) Table {
	t := Table{Row: row, Column: column}
	type sum struct {
		visits     int
		minutes    map[int]int
		organisers map[int]bool
		active     map[int]map[int]bool
		fresh      map[int]bool
	}
	first, when := map[int]act{}, Side{"time", Total}
	for _, a := range c.acts {
		if f, ok := first[a.person]; !ok || a.at["time"] < f.at["time"] {
			first[a.person] = a
		}
	}
	for _, side := range []Side{row, column} {
		if side.Axis == "time" {
			when = side
		}
	}
	cells, order := map[[2]string]*sum{}, [][2]string{}
	for _, a := range c.acts {
		id := [2]string{c.key(row, a), c.key(column, a)}
		if cells[id] == nil {
			cells[id] = &sum{minutes: map[int]int{}, organisers: map[int]bool{}, active: map[int]map[int]bool{}, fresh: map[int]bool{}}
			order = append(order, id)
		}
		s := cells[id]
		s.visits++
		s.minutes[a.person] += a.minutes
		s.organisers[a.organiser] = true
		if s.active[a.person] == nil {
			s.active[a.person] = map[int]bool{}
		}
		s.active[a.person][a.at["time"]] = true
		if c.newIn(when, a, first) {
			s.fresh[a.person] = true
		}
	}
	period := 12
	for _, side := range []Side{row, column} {
		switch side.Level {
		case "month":
			period = 0
		case "quarter":
			period = 3
		}
	}
	for _, id := range order {
		s := cells[id]
		cell := Cell{Row: id[0], Column: id[1], Measures: Measures{Persons: len(s.minutes), Visits: s.visits}, Organisers: len(s.organisers)}
		regular := 0
		for person, m := range s.minutes {
			cell.Minutes += m
			if m > cell.Top1 {
				cell.Top1, cell.Top2 = m, cell.Top1
			} else if m > cell.Top2 {
				cell.Top2 = m
			}
			if len(s.active[person]) >= min(period, 3) {
				regular++
			}
		}
		if period > 0 {
			cell.RegularPersons = &regular
		}
		if fresh := len(s.fresh); c.coarse(row, column) {
			cell.NewPersons = &fresh
		}
		t.Cells = append(t.Cells, cell)
	}
	return t
}

// people lets persons volunteer at random: some dongs, months and fields are much liked, most are not.
func (c *city) people(r *rand.Rand, persons, visits int) {
	skewed := func(n int) int { return int(float64(n) * r.Float64() * r.Float64()) }
	count := map[string]int{}
	for _, x := range c.axes {
		count[x.Name] = len(x.Paths)
	}
	if c.fresh == nil {
		c.fresh = map[int]bool{}
	}
	first := len(c.acts)
	for p := first; p < first+persons; p++ {
		is := map[string]int{}
		for _, x := range c.axes {
			is[x.Name] = skewed(count[x.Name])
		}
		c.fresh[p] = r.IntN(3) == 0
		for range 1 + r.IntN(visits) {
			a := act{person: p, at: map[string]int{}, minutes: 30 * (1 + r.IntN(8)), organiser: r.IntN(4)}
			for _, x := range c.axes {
				a.at[x.Name] = is[x.Name]
				switch x.Name {
				case "time", "field", "place", "camp", "day_kind", "organiser", "evidence":
					a.at[x.Name] = skewed(count[x.Name])
				case "home":
					if r.IntN(50) == 0 { // somebody moves
						is["home"] = skewed(count["home"])
					}
				}
			}
			c.acts = append(c.acts, a)
		}
	}
}

// demo is a city as the demo's: most of its cells are small.
func demo(gus, dongs, nmonths, fields, persons, visits int) city {
	c := city{axes: []Axis{homes(gus, dongs), months(nmonths), ages(), flat("sex", "each", true, "female", "male", "undisclosed"),
		flat("field", "group", false, numbered(fields)...)}}
	c.pairs = []pair{
		{"home", "time", []string{"dong", "gu", "city"}, []string{"month", "quarter"}},
		{"home", "age", []string{"dong", "gu", "city"}, []string{"tens"}},
		{"home", "sex", []string{"dong", "gu", "city"}, []string{"each"}},
		{"home", "field", []string{"dong", "gu", "city"}, []string{"group"}},
		{"age", "sex", []string{"tens", "youth"}, []string{"each"}},
		{"age", "time", []string{"tens"}, []string{"month", "quarter"}},
		{"field", "time", []string{"group"}, []string{"month", "quarter"}},
	}
	c.people(rand.New(rand.NewPCG(1, 2)), persons, visits)
	return c
}

// listed is a city with all cubes that are published of a year.
func listed(fields, persons, visits int) city {
	c := demo(5, 19, 12, fields, 0, 1)
	place, camp := homes(5, 19), homes(5, 19)
	place.Name, camp.Name = "place", "camp"
	camp.Paths = append(camp.Paths, []string{"none", "none", "none"})
	c.axes = append(c.axes, place, camp, flat("day_kind", "each", false, "weekday", "weekend", "holiday"),
		flat("organiser", "each", false, "camp", "demand_site"), flat("evidence", "each", false, "qr", "leader", "self", "imported", "late_proof"))
	region, period := []string{"dong", "gu", "city"}, []string{"month", "quarter"}
	c.pairs = append(c.pairs, pair{"place", "time", region, period}, pair{"place", "field", region, []string{"group"}},
		pair{"camp", "time", region, period}, pair{"day_kind", "time", []string{"each"}, period},
		pair{"organiser", "time", []string{"each"}, period}, pair{"evidence", "time", []string{"each"}, period})
	c.people(rand.New(rand.NewPCG(3, 4)), persons, visits)
	return c
}
