package sheet

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
)

// Form is a kind of table: which columns it has, each known by the name that a refusal tells.
type Form struct {
	Required []string          // columns that must be there, in the order in which they are told to be missing
	Filled   []string          // columns whose cells must not be empty
	Headings map[string]string // spellings of headings, without spaces and signs, in small letters → column
}

// Row is a row of a table, read by the columns of its form.
type Row struct {
	Number int // as the spreadsheet numbers it
	cells  []string
	layout layout
	epoch  calendar.Day
	wrong  fault.Fields
}

// layout says where the columns of a table stand.
type layout struct {
	at    map[string]int    // column of the table
	names map[string]string // as they are written
}

// Read takes a file of any kind apart, whose content tells which; ignored are headings that no column bears, as they are
// written. Errors: sheet.kind, sheet.locked_or_old, sheet.macros, sheet.too_large, sheet.broken, sheet.broken_line,
// sheet.encoding, sheet.columns_missing, sheet.column_twice, sheet.empty, request.invalid (over 1,000 rows).
func (f Form) Read(file []byte) (rows []Row, ignored []string, err error) {
	tables, err := readTables(file)
	if err != nil {
		return nil, nil, err
	}
	for _, t := range tables {
		if i := f.heading(t); i >= 0 {
			return f.read(t, i)
		}
	}
	return nil, nil, f.missing(layout{})
}

func (f Form) known(heading string) (column string, ok bool) {
	plain := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return unicode.ToLower(r)
			}
			return -1
		}, s)
	}
	heading = norm.NFKC.String(heading)
	if c, ok := f.Headings[plain(heading)]; ok {
		return c, true
	}
	before, _, _ := strings.Cut(heading, "(")
	column, ok = f.Headings[plain(before)]
	return column, ok
}

// heading finds the row of headings near the top of a table, below titles and notes; -1 where there is none.
func (f Form) heading(t table) int {
	return slices.IndexFunc(t.rows[:min(len(t.rows), 10)], func(r row) bool {
		found := map[string]bool{}
		for _, cell := range r.cells {
			if c, ok := f.known(cell); ok {
				found[c] = true
			}
		}
		return len(found) >= 2
	})
}

// read takes the rows below the row of headings.
func (f Form) read(t table, heading int) (rows []Row, ignored []string, err error) {
	l := layout{map[string]int{}, map[string]string{}}
	ignored = []string{}
	for i, cell := range t.rows[heading].cells {
		name := fold(cell)
		c, ok := f.known(cell)
		switch {
		case ok && l.names[c] != "":
			return nil, nil, ErrTwice.With("column", name)
		case ok:
			l.at[c], l.names[c] = i, name
		case name != "":
			ignored = append(ignored, name)
		}
	}
	if err := f.missing(l); err != nil {
		return nil, nil, err
	}
	for _, filled := range t.rows[heading+1:] {
		r := Row{filled.number, filled.cells, l, t.epoch, fault.Collect()}
		if r.blank() {
			continue
		}
		if len(rows) == MaxLines {
			return nil, nil, fault.ErrInvalid.On("rows", "too_many", "max", MaxLines)
		}
		for _, c := range f.Filled {
			if r.Text(c) == "" {
				r.Wrong(c, "required")
			}
		}
		rows = append(rows, r)
	}
	if len(rows) == 0 {
		return nil, nil, ErrEmpty
	}
	return rows, ignored, nil
}

func (f Form) missing(l layout) error {
	err := ErrMissing
	var names []string
	for _, c := range f.Required {
		if l.names[c] == "" {
			err, names = err.On(c, "required"), append(names, c)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return err.With("columns", strings.Join(names, ", "))
}

// blank tells whether nothing is filled in: a running number beside empty cells is no row.
func (r Row) blank() bool {
	for c := range r.layout.at {
		if r.Text(c) != "" {
			return false
		}
	}
	return true
}

// Text is the cell of a column, in NFC, white space folded; empty where there is no such column.
func (r Row) Text(column string) string {
	if i, ok := r.layout.at[column]; ok && i < len(r.cells) {
		return fold(r.cells[i])
	}
	return ""
}

// Wrong notes that a cell is not what its column holds, by its heading as it is written.
func (r Row) Wrong(column, code string, args ...any) {
	r.wrong.Add(r.layout.names[column], code, args...)
}

// Err is nil, or request.invalid with the headings of all cells that were noted, as they stand in the row.
func (r Row) Err() error {
	err := r.wrong.Err()
	if f, ok := fault.From(err); ok {
		at := map[string]int{}
		for column, name := range r.layout.names {
			at[name] = r.layout.at[column]
		}
		slices.SortStableFunc(f.Fields, func(a, b fault.Field) int { return at[a.Path] - at[b.Path] })
	}
	return err
}

// Day reads the day of a cell, and notes one that is none; no day where the cell is empty.
func (r Row) Day(column string) (d calendar.Day) {
	if cell := r.Text(column); cell != "" {
		var ok bool
		if d, ok = readDay(cell, r.epoch); !ok {
			r.Wrong(column, "cell_day")
		}
	}
	return d
}

// Time reads a time of day in minutes since the day began, and notes one that is none or is over most.
func (r Row) Time(column string, most int) (minutes int) {
	if cell := r.Text(column); cell != "" {
		var ok bool
		if minutes, ok = readTime(cell); !ok || minutes > most {
			r.Wrong(column, "cell_time")
		}
	}
	return minutes
}

// Minutes reads a length of time, and notes what is none.
func (r Row) Minutes(column string) (minutes int) {
	if cell := r.Text(column); cell != "" {
		var ok bool
		if minutes, ok = readMinutes(cell); !ok {
			r.Wrong(column, "number")
		}
	}
	return minutes
}

// fold brings a cell into the one form of its text: NFC, white space folded.
func fold(s string) string { return strings.Join(strings.Fields(norm.NFC.String(s)), " ") }
