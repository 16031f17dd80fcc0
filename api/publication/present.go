package publication

import (
	"iter"
	"strconv"
	"time"

	"dure/api/table"
	"dure/domain/cube"
	"dure/domain/publication"
)

// Table is a table of a publication.
type Table struct {
	ID      string     `json:"id" format:"uuid" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10"`
	Cube    string     `json:"cube" example:"home-time"`
	Year    int        `json:"year" example:"2026"`
	Through string     `json:"through" format:"year-month" example:"2026-10"`
	Rows    string     `json:"rows" example:"dong"`
	Columns string     `json:"columns" example:"month"`
	Items   []CellItem `json:"items"` // every key of the rows with every key of the columns
} //	@name	PublicationTable

// CellItem is a cell. Null is what is hidden, does not apply, or is not known.
type CellItem struct {
	Row        string  `json:"row" example:"1221052500"`
	RowName    string  `json:"row_name" example:"충장동"`
	RowParent  *string `json:"row_parent" extensions:"x-nullable" example:"1221000000"`
	Column     string  `json:"column" example:"2026-07"`
	ColumnName string  `json:"column_name" example:"2026년 7월"`
	Persons    *int    `json:"persons" extensions:"x-nullable" example:"103"`   // distinct persons (실인원)
	Visits     *int    `json:"visits" extensions:"x-nullable" example:"391"`    // person-times (연인원)
	Minutes    *int    `json:"minutes" extensions:"x-nullable" example:"58240"` // recognised
	// whose first activity ever lies in the period. Told of the whole city by month, quarter and year, and of the whole year by one other
	// axis; null by dong, in tables of two axes, in all of definition_version 1, and where few are new, or return, or it would give away such a cell
	NewPersons        *int     `json:"new_persons" extensions:"x-nullable" example:"12"`
	ReturningPersons  *int     `json:"returning_persons" extensions:"x-nullable" example:"91"` // the other persons; null where new_persons is
	RegularPersons    *int     `json:"regular_persons" extensions:"x-nullable" example:"41"`   // active in every month of the quarter or year
	MinutesPerPerson  *float64 `json:"minutes_per_person" extensions:"x-nullable" example:"565.44"`
	MinutesPerVisit   *float64 `json:"minutes_per_visit" extensions:"x-nullable" example:"148.95"`
	Registered        *int     `json:"registered" extensions:"x-nullable" example:"412"` // persons (등록인원) at the end of the period
	Population        *int     `json:"population" extensions:"x-nullable" example:"5909"`
	RegistrationRate  *float64 `json:"registration_rate" extensions:"x-nullable" example:"0.069724"`
	ParticipationRate *float64 `json:"participation_rate" extensions:"x-nullable" example:"0.017431"`
	ActivityRate      *float64 `json:"activity_rate" extensions:"x-nullable" example:"0.25"`
	Hidden            bool     `json:"hidden" example:"false"` // too few persons, or it would give away a cell with too few
} //	@name	PublicationCell

// Whole is a publication with all its tables.
type Whole struct {
	Publication Item        `json:"publication"`
	Items       []WholeItem `json:"items"`
} //	@name	PublicationWhole

// WholeItem is a cell with the table it is of; the axes of a margin's other side are *.
type WholeItem struct {
	RowAxis     string `json:"row_axis" example:"home"`
	RowLevel    string `json:"row_level" example:"dong"`
	ColumnAxis  string `json:"column_axis" example:"time"`
	ColumnLevel string `json:"column_level" example:"month"`
	CellItem
} //	@name	PublicationWholeItem

// Places are the city's dong and gu.
type Places struct {
	Items []Place `json:"items"`
} //	@name	OpenPlaces

// Place is a dong or gu.
type Place struct {
	Code   string   `json:"code" example:"1221052500"`
	Level  string   `json:"level" enums:"gu,dong" example:"dong"`
	Name   string   `json:"name" example:"충장동"`
	Parent *string  `json:"parent" extensions:"x-nullable" example:"1221000000"` // the gu of a dong
	Lat    *float64 `json:"lat" extensions:"x-nullable" example:"35.15058"`
	Lon    *float64 `json:"lon" extensions:"x-nullable" example:"126.91538"`
} //	@name	OpenPlace

// namer says what keys are called, each once.
type namer struct {
	words
	legend  cube.Legend
	names   map[string]string
	parents map[string]*string
}

func (w words) namer(f publication.Frame) *namer {
	return &namer{w, f.Legend(), map[string]string{}, map[string]*string{}}
}

func (n *namer) key(s cube.Side, key string) (string, *string) {
	at := string(s.Axis) + "." + string(s.Level) + "=" + key
	if _, ok := n.names[at]; !ok {
		n.names[at], n.parents[at] = n.Key(n.legend, s, key)
	}
	return n.names[at], n.parents[at]
}

func (n *namer) cell(a publication.Answer, c publication.Cell) CellItem {
	i := CellItem{Row: c.Row, Column: c.Column, NewPersons: c.NewPersons, ReturningPersons: c.ReturningPersons(), RegularPersons: c.RegularPersons,
		MinutesPerPerson: c.MinutesPerPerson(), MinutesPerVisit: c.MinutesPerVisit(), Registered: c.Registered, Population: c.Population,
		RegistrationRate: c.RegistrationRate(), ParticipationRate: c.ParticipationRate(), ActivityRate: c.ActivityRate(), Hidden: c.Hidden}
	i.RowName, i.RowParent = n.key(a.Rows, c.Row)
	i.ColumnName, _ = n.key(a.Columns, c.Column)
	if !c.Hidden {
		i.Persons, i.Visits, i.Minutes = &c.Persons, &c.Visits, &c.Minutes
	}
	return i
}

func (w words) table(a publication.Answer) Table {
	n := w.namer(a.Frame)
	t := Table{ID: a.ID.String(), Cube: a.Cube.Name(), Year: a.Year, Through: cube.MonthKey(a.Through), Rows: string(a.Rows.Level),
		Columns: string(a.Columns.Level), Items: make([]CellItem, len(a.Cells))}
	for i, c := range a.Cells {
		t.Items[i] = n.cell(a, c)
	}
	return t
}

// columns of a file, in their order.
var columns = []table.Column{
	{Name: "row"}, {Name: "row_name"}, {Name: "column"}, {Name: "column_name"},
	{Name: "persons", Kind: table.Whole}, {Name: "visits", Kind: table.Whole}, {Name: "minutes", Kind: table.Whole},
	{Name: "new_persons", Kind: table.Whole}, {Name: "returning_persons", Kind: table.Whole}, {Name: "regular_persons", Kind: table.Whole},
	{Name: "minutes_per_person", Kind: table.Decimal}, {Name: "minutes_per_visit", Kind: table.Decimal},
	{Name: "registered", Kind: table.Whole}, {Name: "population", Kind: table.Whole},
	{Name: "registration_rate", Kind: table.Rate}, {Name: "participation_rate", Kind: table.Rate}, {Name: "activity_rate", Kind: table.Rate},
	{Name: "hidden", Kind: table.Truth},
}

func (i CellItem) values() []any {
	return []any{i.Row, i.RowName, i.Column, i.ColumnName, i.Persons, i.Visits, i.Minutes, i.NewPersons, i.ReturningPersons, i.RegularPersons,
		i.MinutesPerPerson, i.MinutesPerVisit, i.Registered, i.Population, i.RegistrationRate, i.ParticipationRate, i.ActivityRate, i.Hidden}
}

// titled gives columns their names in words; hidden is a word of publications, the others are the cubes'.
func (w words) titled(columns []table.Column) []table.Column {
	all := make([]table.Column, len(columns))
	for i, c := range columns {
		switch c.Name {
		case "hidden", "row_axis", "row_level", "column_axis", "column_level":
			c.Title = w.say("column."+c.Name, nil)
		default:
			c.Title = w.Say("column."+c.Name, nil)
		}
		all[i] = c
	}
	return all
}

func (w words) notes(l publication.Listed) []table.Note {
	return []table.Note{
		{Title: w.Say("note.definition", nil), Text: w.definition(l)},
		{Title: w.Say("note.as_of", nil), Text: l.AsOf.UTC().Format(time.RFC3339)},
		{Title: w.say("note.version", nil), Text: strconv.Itoa(l.Version)},
		{Title: w.say("note.hash", nil), Text: l.Hash},
	}
}

// file is a table of a publication as it is written to a file.
func (w words) file(a publication.Answer) table.Table {
	n := w.namer(a.Frame)
	rows := func(yield func([]any, error) bool) {
		for _, c := range a.Cells {
			if !yield(n.cell(a, c).values(), nil) {
				return
			}
		}
	}
	return table.Table{Name: a.Cube.Name() + "-" + string(a.Audience) + "-" + strconv.Itoa(a.Year) + "-v" + strconv.Itoa(a.Version), Lang: w.Lang,
		Columns: w.titled(columns), Rows: rows, Notes: w.notes(a.Listed)}
}

// items are all cells of a publication, table after table.
func (w words) items(tables iter.Seq2[publication.Answer, error]) iter.Seq2[WholeItem, error] {
	return func(yield func(WholeItem, error) bool) {
		var n *namer
		for a, err := range tables {
			if err != nil {
				yield(WholeItem{}, err)
				return
			}
			if n == nil {
				n = w.namer(a.Frame)
			}
			of := WholeItem{RowAxis: axisOf(a.Rows), RowLevel: string(a.Rows.Level), ColumnAxis: axisOf(a.Columns), ColumnLevel: string(a.Columns.Level)}
			for _, c := range a.Cells {
				of.CellItem = n.cell(a, c)
				if !yield(of, nil) {
					return
				}
			}
		}
	}
}

// axisOf is no axis where it is taken whole: a margin is the same whatever it is the margin of.
func axisOf(s cube.Side) string {
	if s.Level == cube.Total {
		return cube.All
	}
	return string(s.Axis)
}

// wholeFile is a whole publication as it is written to a file.
func (w words) wholeFile(l publication.Listed, tables iter.Seq2[publication.Answer, error]) table.Table {
	of := []table.Column{{Name: "row_axis"}, {Name: "row_level"}, {Name: "column_axis"}, {Name: "column_level"}}
	rows := func(yield func([]any, error) bool) {
		for i, err := range w.items(tables) {
			if !yield(append([]any{i.RowAxis, i.RowLevel, i.ColumnAxis, i.ColumnLevel}, i.values()...), err) || err != nil {
				return
			}
		}
	}
	return table.Table{Name: "publication-" + string(l.Audience) + "-" + strconv.Itoa(l.Year) + "-v" + strconv.Itoa(l.Version), Lang: w.Lang,
		Columns: w.titled(append(of, columns...)), Rows: rows, Notes: w.notes(l)}
}
