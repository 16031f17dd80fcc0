package publication

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"dure/domain/cube"
	"dure/domain/disclosure"
	"dure/domain/region"
)

// Cell is a cell as it is published.
type Cell struct {
	Row, Column              string
	Hidden                   bool // nothing is told of what was done in it
	Persons, Visits, Minutes int
	NewPersons               *int // nil where they are hidden, or the table has none
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
// Fresh and regular tell whether the cell has new and regular persons at all, and counted whether it has denominators.
func (c Cell) line(fresh, regular, counted bool) string {
	mark := map[bool]string{true: hidden, false: none}
	truth := map[bool]string{true: "1", false: "0"}
	columns := []string{c.Row, c.Column, hidden, hidden, hidden, mark[fresh], mark[regular], truth[false]}
	if !c.Hidden {
		columns = []string{c.Row, c.Column, strconv.Itoa(c.Persons), strconv.Itoa(c.Visits), strconv.Itoa(c.Minutes),
			number(c.NewPersons, mark[fresh]), number(c.RegularPersons, mark[regular]), truth[c.Means]}
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
	for _, n := range []*int{&f.Persons, &f.Visits, &f.Minutes, f.NewPersons, f.RegularPersons, &f.Top1, &f.Top2, &f.Organisers, f.registered, f.population} {
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
		f.Persons, f.Visits, f.Minutes, f.NewPersons, f.RegularPersons = r.figure(), r.figure(), r.figure(), r.maybe(), r.maybe()
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

// ReturningPersons are those whose first activity lies before the cell's period; nil where new ones are.
func (c Cell) ReturningPersons() *int {
	if c.NewPersons == nil {
		return nil
	}
	n := c.Persons - *c.NewPersons
	return &n
}

// MinutesPerPerson is the mean of the shown figures, to two places; nil where they are of too few persons.
func (c Cell) MinutesPerPerson() *float64 { return share(c.Means, c.Minutes, &c.Persons, 1e2) }

// MinutesPerVisit is the mean of the shown figures, to two places; nil where they are of too few persons.
func (c Cell) MinutesPerVisit() *float64 { return share(c.Means, c.Minutes, &c.Visits, 1e2) }

// RegistrationRate is registered ÷ residents (등록률), to six places.
func (c Cell) RegistrationRate() *float64 {
	if c.Registered == nil {
		return nil
	}
	return share(c.Rates, *c.Registered, c.Population, 1e6)
}

// ParticipationRate is active persons ÷ residents (참여율), to six places.
func (c Cell) ParticipationRate() *float64 { return share(c.Means, c.Persons, c.Population, 1e6) }

// ActivityRate is active persons ÷ registered persons (활동률), to six places; there is none for people from outside.
func (c Cell) ActivityRate() *float64 {
	return share(c.Means && c.Rates && c.Row != cube.Outside && c.Column != cube.Outside, c.Persons, c.Registered, 1e6)
}

// share divides and rounds; nil where that is not to be told, or there is nothing to divide by.
func share(told bool, n int, by *int, places float64) *float64 {
	if !told || by == nil || *by == 0 {
		return nil
	}
	r := math.Round(float64(n)/float64(*by)*places) / places
	return &r
}

// Legend says what the keys of a publication are called: as they were when it was frozen.
func (f Frame) Legend() cube.Legend {
	var regions []region.Region
	var counted []string
	for _, p := range f.Places {
		if p.Code == p.Parent { // people of whom only the gu is known
			continue
		}
		regions = append(regions, region.Region{Code: p.Code, Level: region.Level(p.Level), Parent: p.Parent, Name: p.Name})
		counted = append(counted, p.Code)
	}
	groups := make([]cube.Named, len(f.Fields))
	for i, g := range f.Fields {
		groups[i] = cube.Named{Code: g.Code, Name: g.Name}
	}
	return cube.NewLegend(regions, counted, groups)
}
