// Package disclosure makes the city's tables safe to publish: what would tell something about a few people is hidden, together
// with whatever would give it away.
//
// Everything is published or hidden cell by cell, in all tables of a year together, because they share their margins. A cell
// is hidden because of itself (too few persons, too large a share of one, …: primary) or to keep others hidden (complementary);
// nobody sees which. What is promised is proved after the fact by Audit, which exhibits for every hidden cell other cities
// that would have published the same, and what those worlds are worth is put to the test by Attack, an exact attacker.
package disclosure

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// Total is the level, and its only key, that takes an axis whole.
const Total = "*"

// Axis is something figures are broken down by.
type Axis struct {
	Name string
	// Levels are the ways to break it down, in any order, the total not among them: of each two either one is finer, or they
	// cut the same whole differently (ages by tens and by school age).
	Levels []string
	// Paths are the finest values there are, each as its key on every level, in the order of Levels. Where no level is the
	// finest they are the pieces that two levels cut one another into. A value that does not exist yet (the months to come)
	// is left out.
	Paths [][]string
	// Exclusive says that nobody has two values in a year, so that persons add up along this axis.
	Exclusive bool
	// Periods says that the values are times, one after the other in the order of their keys: a person is new in one of them.
	Periods bool
}

// Side names an axis and the level of a table on it, which may be Total.
type Side struct{ Axis, Level string }

// Measures are the figures of a cell. Visits and minutes add up along every axis. Persons do so only along exclusive ones;
// elsewhere they are at least those of any part and at most those of all parts.
type Measures struct {
	Persons, Visits, Minutes int
	NewPersons               *int // of Persons, those who were active for the first time ever; the others return; nil where the table has none
	RegularPersons           *int // of Persons; nil where the cell's period has none
}

// Cell is one cell of a table before it is published.
type Cell struct {
	Row, Column string
	Measures
	Top1, Top2 int // minutes of the two persons who gave most
	Organisers int // distinct; needed only where Rules.OrganiserAxes ask for it
}

// Table is a grouping: disjoint cells by a level of each of two axes. A cell that is left out is zero.
type Table struct {
	Row, Column Side
	Cells       []Cell
}

// Figures are all tables of a year. Of every pair of axes all combinations of the levels that occur must be given, totals
// included, so that nobody can add up what was never looked at; a margin that several pairs share may be given with each of
// them, or once.
type Figures struct {
	Year   int
	Axes   []Axis
	Tables []Table
}

// Rules say what is too little to be shown.
type Rules struct {
	Threshold int // fewest persons that are shown (S3)
	// Dominance is the share of the minutes, in percent, that nobody alone may exceed; PPercent how near, in percent of the
	// largest contribution, the second may come to guess it (S3).
	Dominance, PPercent int
	// MinOrganisers is how many organisers a cell needs in the tables of OrganiserAxes (S3, S20). It is meant for axes whose
	// keys stand for organisers, as the areas of camps do: a dong's only camp is shown in its gu. Elsewhere few organisers say
	// nothing about a person, and a dong where everybody goes to the one camp would have no figures at all.
	MinOrganisers int
	OrganiserAxes []string
	// GroupUpTo is the size of the largest group, in persons, of whom it is not shown that all of them share a value (S4). In
	// larger ones (all of a city's participants of July live in the city) it says nothing about anybody.
	GroupUpTo int
	MeanMin   int    // fewest persons of a mean or a rate (S6)
	RoundTo   int    // base that shown figures are rounded to; 0 or 1 for exact ones (S18)
	Key       []byte // secret, at least 16 bytes; decides which way a cell is rounded, always the same one (S12)
}

// Analyst are the rules for the city's analysts.
func Analyst() Rules {
	return Rules{Threshold: 5, Dominance: 50, PPercent: 15, MinOrganisers: 3, OrganiserAxes: []string{"camp"}, GroupUpTo: 50, MeanMin: 10}
}

// Public are the rules for everybody.
func Public(key []byte) Rules {
	return Rules{Threshold: 10, Dominance: 50, PPercent: 15, MinOrganisers: 3, OrganiserAxes: []string{"camp"}, GroupUpTo: 50, MeanMin: 10,
		RoundTo: 5, Key: key}
}

// Shown is a cell as it is published. Figures that are hidden are zero (NewPersons and RegularPersons: nil) under their mark.
type Shown struct {
	Row, Column string
	Measures
	Hidden        bool // nothing of the cell is shown; the other marks are set, too
	NewHidden     bool // neither NewPersons nor those who return
	RegularHidden bool // not RegularPersons
	MeansHidden   bool // no mean and no rate is made of this cell (S6)
}

// ShownTable is a table as it is published: every key of its rows with every key of its columns, sorted, zeros included.
type ShownTable struct {
	Row, Column Side
	Cells       []Shown
}

// Protected is what is published.
type Protected struct {
	Year   int
	Tables []ShownTable // as in Figures
	Report Report
}

// Report says what was done. It is for those who publish, and no part of what they publish.
type Report struct {
	Cells, Zero              int // different cells: a margin that several pairs share counts once; Zero are shown
	Primary, Complementary   int // hidden
	NewHidden, RegularHidden int // shown without
	Rounds                   int // times the search began anew because what it hid needed protection itself
	Worlds, Solved           int // hidden cells proved by other worlds, and by the exact solver
	Repaired                 int // cells hidden because the audit found others open
}

// Breach is something that what is published would tell.
type Breach struct {
	Cell    string // such as "home.dong=1221052500 time.month=2026-07"
	Measure string // persons, visits, minutes, new_persons, regular_persons
	Kind    Kind
	// Low and High are what is known about the figure, High < 0 for without bound; set for Determined and Narrow.
	Low, High int
}

// Kind says how a breach tells.
type Kind string

// The kinds of breaches.
const (
	Unhidden   Kind = "unhidden"   // a primary cell is shown
	Determined Kind = "determined" // a hidden figure follows from the shown ones
	Narrow     Kind = "narrow"     // bounds of a primary cell's figure are too narrow
	Remainder  Kind = "remainder"  // the hidden parts of a shown sum are too few persons taken together
	Difference Kind = "difference" // a shown part lacks too few persons of a shown whole
	Group      Kind = "group"      // all of a small group are in one cell, or nowhere else
	Unproven   Kind = "unproven"   // no proof of safety was found, nor of the contrary
	Change     Kind = "change"     // two versions differ by too few persons
)

func (b Breach) String() string {
	if b.Kind == Determined || b.Kind == Narrow {
		return fmt.Sprintf("%s of %s: %s [%d, %d]", b.Measure, b.Cell, b.Kind, b.Low, b.High)
	}
	return fmt.Sprintf("%s of %s: %s", b.Measure, b.Cell, b.Kind)
}

// Refusal is the error of tables that no way was found to publish safely.
type Refusal struct{ Breaches []Breach }

func (r *Refusal) Error() string {
	lines := make([]string, len(r.Breaches))
	for i, b := range r.Breaches {
		lines[i] = b.String()
	}
	return "disclosure: not safe to publish: " + strings.Join(lines, "; ")
}

// Version is something that was published of the same year before.
type Version struct {
	Figures   Figures // what it was made of
	Protected Protected
	// Touched are the same tables, and Persons in them is how many persons' figures of the cell have changed since; the other
	// measures are not read. Where it is empty, as many are taken to have changed as the figures themselves prove, which is
	// safe and hides more.
	Touched []Table
}

// show lays the tables out as they are published.
func (s *system) show(f Figures, r Rules, layers []*guard) []ShownTable {
	tables := make([]ShownTable, len(s.given))
	for i, t := range s.given {
		row, column := s.rows[i], s.columns[i]
		tables[i] = ShownTable{Row: row, Column: column}
		n, m := t.na, t.nb
		if s.turned[i] {
			n, m = m, n
		}
		key := func(side Side, k int) string {
			x, l, _ := s.side(side)
			return s.axes[x].keys[l][k]
		}
		for a := range n {
			for b := range m {
				cell := t.base + a*t.nb + b
				if s.turned[i] {
					cell = t.base + b*t.nb + a
				}
				c := s.shown(f.Year, r, cell, layers)
				c.Row, c.Column = key(row, a), key(column, b)
				tables[i].Cells = append(tables[i].Cells, c)
			}
		}
	}
	return tables
}

// shown is a cell as it is published.
func (s *system) shown(year int, r Rules, cell int, layers []*guard) Shown {
	c := s.cells[cell]
	if layers[0].hidden[cell] {
		return Shown{Hidden: true, NewHidden: true, RegularHidden: true, MeansHidden: true}
	}
	name := s.name(cell)
	round := func(measure string, v int) int { return r.round(strconv.Itoa(year)+"|"+name+"|"+measure, v) }
	out := Shown{NewHidden: layers[1].hidden[cell], RegularHidden: layers[2].hidden[cell], MeansHidden: c.Persons < r.MeanMin}
	out.Persons, out.Visits, out.Minutes = round("persons", c.Persons), round("visits", c.Visits), round("minutes", c.Minutes)
	if c.NewPersons != nil && !out.NewHidden { // never more than there are
		fresh := min(round("new_persons", *c.NewPersons), out.Persons)
		out.NewPersons = &fresh
	}
	if c.RegularPersons != nil && !out.RegularHidden {
		regular := min(round("regular_persons", *c.RegularPersons), out.Persons)
		out.RegularPersons = &regular
	}
	return out
}

// round takes a figure up or down to a multiple of the base: up the more probably, the nearer it is, and always the same way
// for the same cell, which only who has the key could foretell.
func (r Rules) round(cell string, v int) int {
	if r.RoundTo <= 1 || v%r.RoundTo == 0 {
		return v
	}
	mac := hmac.New(sha256.New, r.Key)
	mac.Write([]byte(cell))
	if binary.BigEndian.Uint64(mac.Sum(nil))%uint64(r.RoundTo) < uint64(v%r.RoundTo) {
		return v - v%r.RoundTo + r.RoundTo
	}
	return v - v%r.RoundTo
}

// marks reads which cells a publication hides: those of a layer, as in layers. A cell it does not have is not marked.
func (s *system) marks(p Protected, hidden []bool, layer int) error {
	at := map[[2]Side]int{}
	for i := range s.given {
		row, column := s.rows[i], s.columns[i]
		at[[2]Side{row, column}] = i + 1
	}
	shown := map[int]bool{}
	for _, t := range p.Tables {
		i := at[[2]Side{t.Row, t.Column}] - 1
		if i < 0 {
			continue
		}
		for _, c := range t.Cells {
			cell, err := s.find(i, c.Row, c.Column)
			if err != nil {
				return err
			}
			mark := []bool{c.Hidden, c.NewHidden, c.RegularHidden}[layer]
			if was, ok := shown[cell]; ok && was != mark {
				return fmt.Errorf("disclosure: %s is hidden in one table and shown in another", s.name(cell))
			}
			shown[cell] = mark
			hidden[cell] = hidden[cell] || mark
		}
	}
	return nil
}
