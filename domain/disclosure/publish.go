package disclosure

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
)

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
	if !out.NewHidden { // never more than there are
		out.NewPersons = min(round("new_persons", c.NewPersons), out.Persons)
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
