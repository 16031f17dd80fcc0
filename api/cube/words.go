package cube

import (
	"strings"
	"time"

	"dure/api/legend"
	"dure/api/table"
	"dure/domain/cube"
	"dure/domain/kernel/calendar"
)

// words says what is to be said in the client's language.
type words struct{ legend.Words }

func (w words) table(a cube.Answer) Table {
	t := Table{Cube: a.Cube.Name(), Rows: string(a.Table.Row.Level), Columns: string(a.Table.Column.Level), From: a.Periods[0].Key,
		To: a.Periods[len(a.Periods)-1].Key, Items: make([]Item, len(a.Lines)), AsOf: a.AsOf, Waiting: a.Waiting,
		PopulationAsOf: month(a.PopulationOf), Definition: w.Definition(a.Table)}
	rows, columns, months := w.names(a.Legend, a.Table.Row), w.names(a.Legend, a.Table.Column), map[calendar.Day]*string{}
	for i, l := range a.Lines {
		row, column := rows(l.Row), columns(l.Column)
		of := l.Denominator.PopulationOf
		if _, ok := months[of]; !ok {
			months[of] = month(of)
		}
		t.Items[i] = Item{Row: l.Row, RowName: row.name, RowParent: row.parent, Column: l.Column, ColumnName: column.name, Period: l.Key,
			Persons: l.Persons, Visits: l.Visits, Minutes: l.Minutes, NewPersons: l.Newcomer, ReturningPersons: l.Returning(),
			RegularPersons: a.Regular(l), MinutesPerPerson: l.MinutesPerPerson(), MinutesPerVisit: l.MinutesPerVisit(),
			Registered: l.Registered, Population: l.Population, PopulationAsOf: months[of],
			RegistrationRate: l.RegistrationRate(), ParticipationRate: l.ParticipationRate(), ActivityRate: l.ActivityRate()}
	}
	return t
}

// named is what a key is called, and the region above it.
type named struct {
	name   string
	parent *string
}

// names looks each key of a side up once.
func (w words) names(l cube.Legend, s cube.Side) func(key string) named {
	known := map[string]named{}
	return func(key string) named {
		n, ok := known[key]
		if !ok {
			n.name, n.parent = w.Key(l, s, key)
			known[key] = n
		}
		return n
	}
}

// columns of a download, in their order.
var columns = []table.Column{
	{Name: "row"}, {Name: "row_name"}, {Name: "column"}, {Name: "column_name"}, {Name: "period"},
	{Name: "persons", Kind: table.Whole}, {Name: "visits", Kind: table.Whole}, {Name: "minutes", Kind: table.Whole},
	{Name: "new_persons", Kind: table.Whole}, {Name: "returning_persons", Kind: table.Whole}, {Name: "regular_persons", Kind: table.Whole},
	{Name: "minutes_per_person", Kind: table.Decimal}, {Name: "minutes_per_visit", Kind: table.Decimal},
	{Name: "registered", Kind: table.Whole}, {Name: "population", Kind: table.Whole}, {Name: "population_as_of"},
	{Name: "registration_rate", Kind: table.Rate}, {Name: "participation_rate", Kind: table.Rate}, {Name: "activity_rate", Kind: table.Rate},
}

func (w words) download(t Table) table.Table {
	titled := make([]table.Column, len(columns))
	for i, c := range columns {
		c.Title = w.Say("column."+c.Name, nil)
		titled[i] = c
	}
	rows := func(yield func([]any, error) bool) {
		for _, i := range t.Items {
			if !yield([]any{i.Row, i.RowName, i.Column, i.ColumnName, i.Period, i.Persons, i.Visits, i.Minutes, i.NewPersons, i.ReturningPersons,
				i.RegularPersons, i.MinutesPerPerson, i.MinutesPerVisit, i.Registered, i.Population, i.PopulationAsOf,
				i.RegistrationRate, i.ParticipationRate, i.ActivityRate}, nil) {
				return
			}
		}
	}
	return table.Table{Name: strings.Join([]string{t.Cube, t.From, t.To}, "-"), Lang: w.Lang, Columns: titled, Rows: rows, Notes: []table.Note{
		{Title: w.Say("note.definition", nil), Text: t.Definition},
		{Title: w.Say("note.as_of", nil), Text: t.AsOf.Format(time.RFC3339)},
		{Title: w.Say("note.waiting", nil), Text: w.Say("note.waiting_count", map[string]any{"n": t.Waiting})},
	}}
}

func month(d calendar.Day) *string {
	if d.IsZero() {
		return nil
	}
	s := cube.MonthKey(d)
	return &s
}
