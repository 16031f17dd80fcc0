package publication

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"dure/domain/disclosure"
)

// Cell is a cell as it is published.
type Cell struct {
	Row, Column              string
	Hidden                   bool // nothing is told of what was done in it
	Persons, Visits, Minutes int
	NewPersons               *int // nil where they are hidden
	RegularPersons           *int // nil where they are hidden, or the period has none
	Means                    bool // enough persons for means and rates
	Registered               *int // nil where they are hidden, or nobody counts them
	Rates                    bool // enough registered for rates
	Population               *int // nil where nobody knows it
}

// fine is a figure of a cell before it is published.
type fine struct {
	disclosure.Cell
	registered, population *int
}

// Columns of a line that are no figures: hidden, and there is none.
const (
	hidden = "x"
	none   = "-"
)

// A table is kept as lines of tab-separated columns, which are the bytes that are hashed and served for ever.
const separator = "\t"

func number(n *int, instead string) string {
	if n == nil {
		return instead
	}
	return strconv.Itoa(*n)
}

// line writes a cell: row, column, persons, visits, minutes, new and regular persons, whether means are made of them, registered,
// whether rates are made of these, population.
// Regular tells whether the table has regular persons at all, and counted whether it has denominators.
func (c Cell) line(regular, counted bool) string {
	mark := map[bool]string{true: hidden, false: none}
	truth := map[bool]string{true: "1", false: "0"}
	columns := []string{c.Row, c.Column, hidden, hidden, hidden, hidden, mark[regular], truth[false]}
	if !c.Hidden {
		columns = []string{c.Row, c.Column, strconv.Itoa(c.Persons), strconv.Itoa(c.Visits), strconv.Itoa(c.Minutes),
			number(c.NewPersons, hidden), number(c.RegularPersons, mark[regular]), truth[c.Means]}
	}
	return strings.Join(append(columns, number(c.Registered, mark[counted]), truth[c.Rates], number(c.Population, none)), separator)
}

// reader takes the columns of a line one after the other; the first that cannot be read is the error.
type reader struct {
	columns []string
	err     error
}

func (r *reader) text() string {
	if len(r.columns) == 0 {
		r.err = fmt.Errorf("publication: a line is too short")
		return none
	}
	next := r.columns[0]
	r.columns = r.columns[1:]
	return next
}

func (r *reader) maybe() *int {
	s := r.text()
	if s == hidden || s == none {
		return nil
	}
	n, err := strconv.Atoi(s)
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("publication: %q is no figure", s)
	}
	return &n
}

func (r *reader) figure() int {
	if n := r.maybe(); n != nil {
		return *n
	}
	return 0
}

func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// Cells reads what is shown of a table.
func (t Table) Cells() ([]Cell, error) {
	all := lines(t.Lines)
	cells := make([]Cell, len(all))
	for i, line := range all {
		r := reader{columns: strings.Split(line, separator)}
		c := Cell{Row: r.text(), Column: r.text()}
		c.Hidden = len(r.columns) > 0 && r.columns[0] == hidden
		c.Persons, c.Visits, c.Minutes = r.figure(), r.figure(), r.figure()
		c.NewPersons, c.RegularPersons = r.maybe(), r.maybe()
		c.Means = r.text() == "1"
		c.Registered, c.Rates, c.Population = r.maybe(), r.text() == "1", r.maybe()
		if cells[i] = c; r.err != nil {
			return nil, fmt.Errorf("%w in %s", r.err, t.Name)
		}
	}
	return cells, nil
}

// line writes a figure before it is published: row, column, persons, visits, minutes, new and regular persons, the two largest
// shares of minutes, organisers, registered, population.
func (f fine) line() string {
	columns := []string{f.Row, f.Column}
	for _, n := range []*int{&f.Persons, &f.Visits, &f.Minutes, &f.NewPersons, f.RegularPersons, &f.Top1, &f.Top2, &f.Organisers, f.registered, f.population} {
		columns = append(columns, number(n, none))
	}
	return strings.Join(columns, separator)
}

// made reads what a table was made of.
func (t Table) made() ([]fine, error) {
	all := lines(t.Figures)
	figures := make([]fine, len(all))
	for i, line := range all {
		r := reader{columns: strings.Split(line, separator)}
		f := fine{Cell: disclosure.Cell{Row: r.text(), Column: r.text()}}
		f.Persons, f.Visits, f.Minutes, f.NewPersons, f.RegularPersons = r.figure(), r.figure(), r.figure(), r.figure(), r.maybe()
		f.Top1, f.Top2, f.Organisers, f.registered, f.population = r.figure(), r.figure(), r.figure(), r.maybe(), r.maybe()
		if figures[i] = f; r.err != nil {
			return nil, fmt.Errorf("%w in %s", r.err, t.Name)
		}
	}
	return figures, nil
}

// Hash is the digest of what a publication says: what it is, the hash of the version before, and all that is shown. Tables come
// in the order of their names.
func Hash(p Publication, before string, tables []Table) string {
	h := sha256.New()
	fmt.Fprintf(h, "dure publication 1\n%d\t%s\t%d\t%s\t%s\t%d\t%d\t%d\t%s\n", p.Year, p.Audience, p.Version, p.Through, p.AsOf.UTC().Format(time.RFC3339Nano),
		p.DefinitionVersion, p.Threshold, p.RoundTo, before)
	for _, t := range tables {
		fmt.Fprintf(h, "%s\t%d\n%s", t.Name, len(t.Lines), t.Lines)
	}
	return hex.EncodeToString(h.Sum(nil))
}
