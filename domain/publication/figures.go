package publication

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"dure/domain/cube"
	"dure/domain/disclosure"
	"dure/domain/kernel/calendar"
)

// Source is what a publication is counted from, all of it as of one instant.
type Source interface {
	cube.Census
	// Atlas reads regions, where population is kept, and holidays.
	Atlas(ctx context.Context) (*cube.Atlas, error)
	// Places reads the city's dong and gu under their newest codes.
	Places(ctx context.Context) ([]Place, error)
	// Fields reads the groups of fields.
	Fields(ctx context.Context) ([]Field, error)
	// EachPerson gives the facts of one person after the other.
	EachPerson(ctx context.Context, fn func(facts []cube.Fact) error) error
	// Key reads the secret that decides which way figures are rounded.
	Key(ctx context.Context) (string, error)
	// Versions gives what was published of a year for an audience, in order, and Tables what was published then.
	Versions(ctx context.Context, year int, audience Audience) ([]Publication, error)
	Tables(ctx context.Context, p Publication) ([]Table, error)
}

// year is what a year's tables are made of: by the place of a table in cube.Kept.
type year struct {
	number       int
	frame        Frame
	populationOf calendar.Day
	tables       [][]fine
}

// count counts a year up to a day.
func count(ctx context.Context, s Source, number int, through calendar.Day) (y year, err error) {
	atlas, err := s.Atlas(ctx)
	if err != nil {
		return y, err
	}
	y.number, y.frame.Months = number, months(number, through)
	if y.frame.Places, err = s.Places(ctx); err != nil {
		return y, err
	}
	if y.frame.Fields, err = s.Fields(ctx); err != nil {
		return y, err
	}
	scale := cube.NewCounter(atlas).Scale(number, through)
	if err := s.EachPerson(ctx, func(facts []cube.Fact) error {
		scale.Add(facts)
		return nil
	}); err != nil {
		return y, err
	}
	weights := scale.Weights()
	y.admit(atlas, weights)
	y.lay(weights)
	return y, y.weigh(ctx, s, atlas, through)
}

// admit takes up keys that nobody should have: people of whom only the gu is known, and fields of no group.
func (y *year) admit(atlas *cube.Atlas, weights cube.Weights) {
	known := map[string]bool{}
	for _, p := range y.frame.Places {
		known[p.Level+p.Code] = true
	}
	for _, f := range y.frame.Fields {
		known["field"+f.Code] = true
	}
	for k := range weights {
		g := cube.Kept[k.Table]
		for _, s := range []struct {
			cube.Side
			key string
		}{{g.Row, k.Row}, {g.Column, k.Column}} {
			r, region := atlas.Region(s.key)
			switch {
			case s.Level == cube.DongLevel && region && string(r.Level) == string(cube.GuLevel) && !known[string(cube.DongLevel)+s.key]:
				known[string(cube.DongLevel)+s.key] = true
				y.frame.Places = append(y.frame.Places, Place{Code: s.key, Level: string(cube.DongLevel), Parent: s.key, Name: r.Name})
			case s.Axis == cube.Field && s.Level == cube.Group && !known["field"+s.key]:
				known["field"+s.key] = true
				y.frame.Fields = append(y.frame.Fields, Field{s.key, s.key})
			}
		}
	}
	slices.SortFunc(y.frame.Places, func(a, b Place) int { return strings.Compare(a.Code+a.Level, b.Code+b.Level) })
	slices.SortFunc(y.frame.Fields, func(a, b Field) int { return strings.Compare(a.Code, b.Code) })
}

// welcomes tells whether new persons are published in a table: the whole city's by month, quarter and year, and the year's by one
// more axis, each but for dong. In a city of three thousand some thirty persons are new in a month, and three or four of a dong in a
// year: by dong, and by two axes, nearly all would be hidden, and with them so many others that nothing at all were left. These
// tables meet nowhere but in the total, so that what must be hidden by one axis costs nothing by another.
func welcomes(g cube.Grouping) bool {
	return g.Column.Level == cube.Total && g.Row.Level != cube.DongLevel
}

// lay puts figures into their tables, each with all keys of its sides.
func (y *year) lay(weights cube.Weights) {
	y.tables = make([][]fine, len(cube.Kept))
	for t, g := range cube.Kept {
		rows, columns := y.frame.Keys(g.Row), y.frame.Keys(g.Column)
		cells := make([]fine, 0, len(rows)*len(columns))
		for _, row := range rows {
			for _, column := range columns {
				k := cube.Key{Year: y.number, Table: t, Row: row, Column: column}
				f := fine{Cell: disclosure.Cell{Row: row, Column: column}}
				w := weights[k]
				if w == nil {
					w = &cube.Weight{}
				}
				f.Measures = disclosure.Measures{Persons: int(w.Persons), Visits: int(w.Visits), Minutes: int(w.Minutes)}
				f.Top1, f.Top2, f.Organisers = int(w.Top1), int(w.Top2), w.Organisers()
				if welcomes(g) {
					f.NewPersons = new(int(w.Newcomer))
				}
				if key := period(g, row, column); g.Period() != cube.Month && y.frame.whole(g.Period(), key) {
					f.RegularPersons = new(int(w.Regular))
				}
				cells = append(cells, f)
			}
		}
		y.tables[t] = cells
	}
}

// weigh finds what persons are held against, at the end of each period or of what is contained of it.
func (y *year) weigh(ctx context.Context, s Source, atlas *cube.Atlas, through calendar.Day) error {
	for t, g := range cube.Kept {
		if !g.Denominated() {
			continue
		}
		periods := cube.Periods(g.Period(), calendar.Date(y.number, 1, 1), through)
		byKey := map[string]cube.Period{}
		for i, p := range periods {
			if p.To.After(through) {
				periods[i].To = through
			}
			byKey[p.Key] = periods[i]
		}
		d, err := cube.Denominate(ctx, s, atlas, g, periods, through)
		if err != nil {
			return err
		}
		for i, f := range y.tables[t] {
			p, ok := byKey[period(g, f.Row, f.Column)]
			if !ok {
				p = periods[0] // the year
			}
			of := d.Of(p, f.Row, f.Column)
			if y.tables[t][i].population = whole(of.Population); registers(g) {
				y.tables[t][i].registered = whole(of.Registered)
			}
			if g.Period() == cube.Total && g.Row.Level == cube.Total && g.Column.Level == cube.Total {
				y.populationOf = of.PopulationOf
			}
		}
	}
	return nil
}

func whole(n *int64) *int {
	if n == nil {
		return nil
	}
	i := int(*n)
	return &i
}

// period is the key of a cell's period.
func period(g cube.Grouping, row, column string) string {
	switch {
	case g.Row.Axis == cube.Time && g.Row.Level != cube.Total:
		return row
	case g.Column.Axis == cube.Time && g.Column.Level != cube.Total:
		return column
	}
	return cube.All
}

// activity are the figures of what people did.
func (y year) activity() disclosure.Figures {
	f := disclosure.Figures{Year: y.number, Axes: y.frame.axes()}
	for t, g := range cube.Kept {
		table := disclosure.Table{Row: side(g.Row), Column: side(g.Column)}
		for _, cell := range y.tables[t] {
			if cell.Persons > 0 || cell.NewPersons != nil || cell.RegularPersons != nil {
				table.Cells = append(table.Cells, cell.Cell)
			}
		}
		f.Tables = append(f.Tables, table)
	}
	return f
}

// moment is an instant at which people are counted whether or not they take part: the end of a month. Of the last one all tables
// of the year itself are told.
type moment struct {
	month  string
	tables []int // indexes into cube.Kept
	last   bool
}

// registers tells whether the registered are published in a table: not by dong and age or sex, where so many would have to be hidden
// that the registered of the dong themselves were.
func registers(g cube.Grouping) bool {
	dong, parted := false, false
	for _, s := range []cube.Side{g.Row, g.Column} {
		dong = dong || s.Level == cube.DongLevel
		parted = parted || s.Level != cube.Total && s.Axis != cube.Home && s.Axis != cube.Time
	}
	return g.CountsRegistered() && !(dong && parted)
}

// moments are the ends of a year's months.
func (f Frame) moments() []moment {
	all := make([]moment, len(f.Months))
	for i, month := range f.Months {
		all[i] = moment{month: month, last: i == len(f.Months)-1}
		for t, g := range cube.Kept {
			if registers(g) && (g.Period() == cube.Month || all[i].last && g.Period() == cube.Total) {
				all[i].tables = append(all[i].tables, t)
			}
		}
	}
	return all
}

// standing is a moment's table without its time: the month's column of home.dong/time.month is home.dong/*.
func standing(g cube.Grouping) disclosure.Table {
	without := func(s cube.Side) disclosure.Side {
		if s.Axis == cube.Time {
			return disclosure.Side{Axis: string(cube.Sex), Level: disclosure.Total}
		}
		return side(s)
	}
	t := disclosure.Table{Row: without(g.Row), Column: without(g.Column)}
	if t.Row.Level == disclosure.Total && t.Row.Axis == t.Column.Axis {
		t.Row.Axis = string(cube.Home)
	}
	if t.Column.Level == disclosure.Total && t.Row.Axis == t.Column.Axis {
		t.Column.Axis = string(cube.Home)
	}
	return t
}

// registered are the figures of who is registered at a moment, one person one visit: nobody is more than another.
func (y year) registered(m moment) disclosure.Figures {
	f := disclosure.Figures{Year: y.number, Axes: y.frame.still()}
	for _, t := range m.tables {
		g := cube.Kept[t]
		table := standing(g)
		for _, cell := range y.tables[t] {
			row, column := timeless(g, cell.Row, cell.Column)
			if at := period(g, cell.Row, cell.Column); *cell.registered > 0 && (at == m.month || at == cube.All) {
				n := *cell.registered
				table.Cells = append(table.Cells, disclosure.Cell{Row: row, Column: column, Measures: disclosure.Measures{Persons: n, Visits: n, Minutes: n}})
			}
		}
		f.Tables = append(f.Tables, table)
	}
	return f
}

// timeless are a cell's keys with the whole in the place of its time.
func timeless(g cube.Grouping, row, column string) (string, string) {
	if g.Row.Axis == cube.Time {
		row = cube.All
	}
	if g.Column.Axis == cube.Time {
		column = cube.All
	}
	return row, column
}

// kept reads back what a year's publication was made of.
func kept(number int, tables []Table) (y year, err error) {
	y.number, y.tables = number, make([][]fine, len(cube.Kept))
	for _, t := range tables {
		if t.Name == frameName {
			if y.frame, err = t.Frame(); err != nil {
				return y, err
			}
			continue
		}
		i := slices.IndexFunc(cube.Kept, func(g cube.Grouping) bool { return g.Name() == t.Name })
		if i < 0 {
			return y, fmt.Errorf("publication: no cube has a table %s", t.Name)
		}
		if y.tables[i], err = t.made(); err != nil {
			return y, err
		}
	}
	return y, nil
}
