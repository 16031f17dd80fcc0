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
	names := map[string]string{}
	parents := map[string]*string{}
	key := func(s cube.Side, k string) (string, *string) {
		at := string(s.Axis) + k
		if _, ok := names[at]; !ok {
			names[at], parents[at] = w.Key(a.Legend, s, k)
		}
		return names[at], parents[at]
	}
	for i, l := range a.Lines {
		row, above := key(a.Table.Row, l.Row)
		column, _ := key(a.Table.Column, l.Column)
		t.Items[i] = Item{Row: l.Row, RowName: row, RowParent: above, Column: l.Column, ColumnName: column, Period: l.Key,
			Persons: l.Persons, Visits: l.Visits, Minutes: l.Minutes, NewPersons: l.Newcomer, ReturningPersons: l.Returning(),
			RegularPersons: a.Regular(l), MinutesPerPerson: l.MinutesPerPerson(), MinutesPerVisit: l.MinutesPerVisit(),
			Registered: l.Registered, Population: l.Population, PopulationAsOf: month(l.Denominator.PopulationOf),
			RegistrationRate: l.RegistrationRate(), ParticipationRate: l.ParticipationRate(), ActivityRate: l.ActivityRate()}
	}
	return t
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
