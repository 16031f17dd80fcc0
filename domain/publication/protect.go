package publication

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"dure/domain/cube"
	"dure/domain/disclosure"
	"dure/domain/kernel/id"
)

// rules are what is too little to be shown to an audience.
func rules(a Audience, key string) disclosure.Rules {
	if a == Public {
		return disclosure.Public([]byte(key))
	}
	return disclosure.Analyst()
}

// standingRules are those for who is registered: nobody's share of them is larger than another's, no camp stands behind them, and
// that all of a small group are of one sex is what everybody who knows them knows.
func standingRules(r disclosure.Rules) disclosure.Rules {
	r.MinOrganisers, r.OrganiserAxes, r.GroupUpTo = 0, nil, 0
	if r.Key != nil {
		key := hmac.New(sha256.New, r.Key)
		key.Write([]byte("registered"))
		r.Key = key.Sum(nil)
	}
	return r
}

// past is what was published before.
type past struct {
	year
	shown [][]Cell
}

// versions reads what was published of a year for an audience, and which publication was the last.
func versions(ctx context.Context, s Source, number int, audience Audience) (all []past, last *id.ID, err error) {
	published, err := s.Versions(ctx, number, audience)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range published {
		v, err := remember(ctx, s, p)
		if err != nil {
			return nil, nil, err
		}
		all, last = append(all, v), &p.ID
	}
	return all, last, nil
}

// remember reads what was published, and what it was made of.
func remember(ctx context.Context, s Source, p Publication) (v past, err error) {
	tables, err := s.Tables(ctx, p)
	if err != nil {
		return v, err
	}
	if v.year, err = kept(p.Year, tables); err != nil {
		return v, err
	}
	v.shown = make([][]Cell, len(cube.Kept))
	for _, t := range tables {
		i := slices.IndexFunc(cube.Kept, func(g cube.Grouping) bool { return g.Name() == t.Name })
		if i < 0 {
			continue // the frame
		}
		if v.shown[i], err = t.Cells(); err != nil {
			return v, err
		}
	}
	return v, nil
}

// activity is what was published of what people did.
func (v past) activity() disclosure.Version {
	p := disclosure.Protected{Year: v.number}
	for t, g := range cube.Kept {
		table := disclosure.ShownTable{Row: side(g.Row), Column: side(g.Column)}
		for _, c := range v.shown[t] {
			shown := disclosure.Shown{Row: c.Row, Column: c.Column, Hidden: c.Hidden, NewHidden: c.NewPersons == nil,
				RegularHidden: c.RegularPersons == nil, MeansHidden: !c.Means}
			shown.Measures = disclosure.Measures{Persons: c.Persons, Visits: c.Visits, Minutes: c.Minutes, NewPersons: c.NewPersons, RegularPersons: c.RegularPersons}
			table.Cells = append(table.Cells, shown)
		}
		p.Tables = append(p.Tables, table)
	}
	return disclosure.Version{Figures: v.year.activity(), Protected: p}
}

// registered is what was published of who was registered at a moment; ok is false where that was none.
func (v past) registered(month string) (version disclosure.Version, ok bool) {
	all := v.frame.moments()
	i := slices.IndexFunc(all, func(m moment) bool { return m.month == month })
	if i < 0 {
		return version, false
	}
	p := disclosure.Protected{Year: v.number}
	for _, t := range all[i].tables {
		g := cube.Kept[t]
		table := disclosure.ShownTable(standingShown(g))
		for _, c := range v.shown[t] {
			if at := period(g, c.Row, c.Column); at != month && at != cube.All {
				continue
			}
			row, column := timeless(g, c.Row, c.Column)
			shown := disclosure.Shown{Row: row, Column: column, Hidden: c.Registered == nil, NewHidden: true, RegularHidden: true, MeansHidden: !c.Rates}
			if n := c.Registered; n != nil {
				shown.Measures = disclosure.Measures{Persons: *n, Visits: *n, Minutes: *n}
			}
			table.Cells = append(table.Cells, shown)
		}
		p.Tables = append(p.Tables, table)
	}
	return disclosure.Version{Figures: v.year.registered(all[i]), Protected: p}, true
}

func standingShown(g cube.Grouping) disclosure.ShownTable {
	t := standing(g)
	return disclosure.ShownTable{Row: t.Row, Column: t.Column}
}

// safe is a year's figures made safe.
type safe struct {
	activity   disclosure.Protected
	registered map[string]disclosure.Protected // by month
}

// protect makes figures safe for an audience, in the knowledge of what it, and all that may read more, were told before.
func protect(y year, rules disclosure.Rules, earlier []past, above ...safe) (made safe, err error) {
	var told []disclosure.Version
	var over []disclosure.Protected
	for _, v := range earlier {
		told = append(told, v.activity())
	}
	for _, a := range above {
		over = append(over, a.activity)
	}
	if made.activity, err = disclosure.Revise(y.activity(), rules, told, over...); err != nil {
		return made, err
	}
	made.registered = map[string]disclosure.Protected{}
	for _, m := range y.frame.moments() {
		told, over = nil, nil
		for _, v := range earlier {
			if version, ok := v.registered(m.month); ok {
				told = append(told, version)
			}
		}
		for _, a := range above {
			over = append(over, a.registered[m.month])
		}
		if made.registered[m.month], err = disclosure.Revise(y.registered(m), standingRules(rules), told, over...); err != nil {
			return made, err
		}
	}
	return made, nil
}

// freeze writes what is shown, and what it was made of, in the order of the tables' names.
func (y year) freeze(s safe) []Table {
	all := []Table{y.frame.table()}
	moments := y.frame.moments()
	standing := map[[2]string]map[[2]string]disclosure.Shown{} // by month and table, by cell
	for _, m := range moments {
		for i, t := range m.tables {
			standing[[2]string{m.month, cube.Kept[t].Name()}] = cells(s.registered[m.month].Tables[i])
		}
	}
	for t, g := range cube.Kept {
		shown := cells(s.activity.Tables[t])
		var public, made strings.Builder
		for _, f := range y.tables[t] {
			c := seen(f, shown[[2]string{f.Row, f.Column}])
			if registers(g) {
				month, of := momentOf(y.frame, g, f.Row, f.Column)
				row, column := timeless(g, f.Row, f.Column)
				if r := standing[[2]string{month, of}][[2]string{row, column}]; !r.Hidden {
					c.Registered, c.Rates = &r.Persons, !r.MeansHidden
				}
			}
			public.WriteString(c.line(f.NewPersons != nil, f.RegularPersons != nil, registers(g)) + "\n")
			made.WriteString(f.line() + "\n")
		}
		all = append(all, Table{Name: g.Name(), Lines: public.String(), Figures: made.String()})
	}
	slices.SortFunc(all, func(a, b Table) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func cells(t disclosure.ShownTable) map[[2]string]disclosure.Shown {
	by := make(map[[2]string]disclosure.Shown, len(t.Cells))
	for _, c := range t.Cells {
		by[[2]string{c.Row, c.Column}] = c
	}
	return by
}

// seen is what is published of a figure, but for the registered.
func seen(f fine, s disclosure.Shown) Cell {
	c := Cell{Row: f.Row, Column: f.Column, Hidden: s.Hidden, Population: f.population}
	if s.Hidden {
		return c
	}
	c.Persons, c.Visits, c.Minutes, c.Means = s.Persons, s.Visits, s.Minutes, !s.MeansHidden
	if !s.NewHidden {
		c.NewPersons = s.NewPersons
	}
	if !s.RegularHidden {
		c.RegularPersons = s.RegularPersons
	}
	return c
}

// momentOf is at which moment, and in which of its tables, the registered of a cell are counted. A quarter's are its last month's.
func momentOf(f Frame, g cube.Grouping, row, column string) (month, table string) {
	last := f.Months[len(f.Months)-1]
	switch key := period(g, row, column); g.Period() {
	case cube.Month:
		return key, g.Name()
	case cube.Quarter:
		monthly := g
		if g.Row.Axis == cube.Time {
			monthly.Row.Level = cube.Month
		} else {
			monthly.Column.Level = cube.Month
		}
		for _, m := range f.Months {
			if Quarter(m) == key {
				month = m
			}
		}
		return month, monthly.Name()
	default:
		return last, g.Name()
	}
}

// report says what protecting did, for officers.
func (s safe) report() string {
	r := s.activity.Report
	told := map[string]int{"cells": r.Cells, "zero": r.Zero, "primary": r.Primary, "complementary": r.Complementary, "new_hidden": r.NewHidden,
		"regular_hidden": r.RegularHidden, "registered_hidden": 0}
	for _, month := range slices.Sorted(maps.Keys(s.registered)) {
		told["registered_hidden"] += s.registered[month].Report.Primary + s.registered[month].Report.Complementary
	}
	text, err := json.Marshal(told)
	if err != nil {
		panic(err) // numbers always marshal
	}
	return string(text)
}
