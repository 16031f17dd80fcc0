package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"dure/api/i18n"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/region"
)

// importRegions keeps a table of regions and says in a sentence what that did.
func importRegions(ctx context.Context, s *region.Service, table io.Reader) (string, error) {
	lines, err := readRegions(table)
	if err != nil {
		return "", tell(err)
	}
	done, err := s.ImportRegions(ctx, lines)
	return fmt.Sprintf("%d regions added, %d changed, %d figures of population added", done.Added, done.Changed, done.Figures), tell(err)
}

// importPopulation keeps a table of population and says in a sentence what that did.
func importPopulation(ctx context.Context, s *region.Service, table io.Reader) (string, error) {
	figures, err := readPopulation(table)
	if err != nil {
		return "", tell(err)
	}
	done, err := s.ImportPopulation(ctx, figures)
	return fmt.Sprintf("%d figures of population added", done.Figures), tell(err)
}

// Headers of the tables that are understood.
const (
	dongHeader       = "code,gu_code,gu_name,dong_name,lat,lon,population,population_asof"
	changeHeader     = "level,gu_name,dong_name,code_to_YYYY_MM,code_from_YYYY_MM,population,population_asof"
	populationHeader = "code,sex,age_from,age_to,population,asof"
)

var changePattern = regexp.MustCompile(`^level,gu_name,dong_name,code_to_(\d{4}_\d{2}),code_from_(\d{4}_\d{2}),population,population_asof$`)

// readRegions reads a table of dong with their centres, or of codes before and after a change; the header tells which.
// What cannot be read is refused with request.invalid, naming lines.
func readRegions(r io.Reader) ([]region.Line, error) {
	t, err := readTable(r)
	if err != nil {
		return nil, err
	}
	change := changePattern.FindStringSubmatch(t.header)
	switch {
	case t.header == dongHeader:
		return t.dongs()
	case change != nil:
		return t.changes(change[1], change[2])
	}
	return nil, t.unknownHeader(dongHeader, changeHeader)
}

// readPopulation reads a table of residents by dong, sex and age. What cannot be read is refused with request.invalid,
// naming lines.
func readPopulation(r io.Reader) ([]region.Figure, error) {
	t, err := readTable(r)
	if err != nil {
		return nil, err
	}
	if t.header != populationHeader {
		return nil, t.unknownHeader(populationHeader)
	}
	sexes := map[string]string{"M": region.Male, "F": region.Female}
	figures := make([]region.Figure, len(t.rows))
	for i, row := range t.rows {
		at := row.faults(t.faults)
		sex, ok := sexes[row.cells[1]]
		if !ok {
			at.Add("sex", "unknown")
		}
		figures[i] = region.Figure{Number: row.line, Residents: region.Residents{RegionCode: row.cells[0], Sex: sex,
			AgeFrom: number(at, "age_from", row.cells[2]), AgeTo: region.AndOver,
			Count: number(at, "population", row.cells[4]), Month: month(at, "asof", row.cells[5])}}
		if row.cells[3] != "" {
			figures[i].AgeTo = number(at, "age_to", row.cells[3])
		}
	}
	return figures, t.faults.Err()
}

// dongs reads a table of dong; the gu above them are told by the same lines.
func (t table) dongs() ([]region.Line, error) {
	lines := make([]region.Line, 0, len(t.rows))
	gus := map[string]string{}
	for _, row := range t.rows {
		at, code, gu := row.faults(t.faults), row.cells[0], row.cells[1]+"00000"
		if level, _ := region.LevelOf(code); level != region.Dong {
			at.Add("code", "region_code")
			continue
		}
		if region.ParentOf(code) != gu {
			at.Add("gu_code", "unknown")
			continue
		}
		switch name, known := gus[gu]; {
		case !known:
			gus[gu] = row.cells[2]
			lines = append(lines, region.Line{Number: row.line, Region: region.Region{Code: gu, Name: row.cells[2]}})
		case name != row.cells[2]:
			at.Add("gu_name", "differs", "kept", name)
		}
		count, m := number(at, "population", row.cells[6]), month(at, "population_asof", row.cells[7])
		lines = append(lines, region.Line{Number: row.line, Residents: &count, Month: m, Region: region.Region{
			Code: code, Name: row.cells[3], Lat: degrees(at, "lat", row.cells[4]), Lon: degrees(at, "lon", row.cells[5])}})
	}
	return lines, t.faults.Err()
}

// changes reads a table of codes before and after a change: each line tells two regions, one the other's successor.
func (t table) changes(to, from string) ([]region.Line, error) {
	lines := make([]region.Line, 0, 2*len(t.rows))
	head := t.faults.Under("line %d", 1)
	last := month(head, "code_to", strings.ReplaceAll(to, "_", "-")).Add(31).FirstOfMonth().Add(-1)
	first := month(head, "code_from", strings.ReplaceAll(from, "_", "-"))
	for _, row := range t.rows {
		at, old, code := row.faults(t.faults), row.cells[3], row.cells[4]
		name := map[string]string{"gu": row.cells[1], "dong": row.cells[2]}[row.cells[0]]
		if level, _ := region.LevelOf(old); string(level) != row.cells[0] {
			at.Add("code_to", "region_code")
		}
		if level, _ := region.LevelOf(code); string(level) != row.cells[0] {
			at.Add("code_from", "region_code")
		}
		now := region.Line{Number: row.line, Region: region.Region{Code: code, Name: name}}
		if m := month(at, "population_asof", row.cells[6]); row.cells[5] != "" {
			count := number(at, "population", row.cells[5])
			now.Residents, now.Month = &count, m
		}
		if old != code {
			now.ValidFrom = first
			lines = append(lines, region.Line{Number: row.line,
				Region: region.Region{Code: old, Name: name, ValidTo: last, Successor: code}})
		}
		lines = append(lines, now)
	}
	return lines, t.faults.Err()
}

// table is a CSV file cut into cells; what is wrong with it is collected line by line.
type table struct {
	header string
	rows   []tableRow
	faults fault.Fields
}

type tableRow struct {
	line  int
	cells []string
}

func (r tableRow) faults(f fault.Fields) fault.Fields { return f.Under("line %d", r.line) }

// tableLimit bounds a table in bytes; the largest known ones have less than a tenth of it.
const tableLimit = 32 << 20

// readTable reads CSV in UTF-8, with or without BOM, texts brought to NFC.
func readTable(r io.Reader) (table, error) {
	t := table{faults: fault.Collect()}
	content, err := io.ReadAll(io.LimitReader(r, tableLimit+1))
	if err != nil {
		return t, err
	}
	if len(content) > tableLimit {
		return t, fmt.Errorf("the table is larger than %d bytes", tableLimit)
	}
	cells := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content, []byte("\ufeff"))))
	for {
		row, err := cells.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if broken, ok := errors.AsType[*csv.ParseError](err); ok {
			t.faults.Under("line %d", broken.Line).Add("", "csv")
			return t, t.faults.Err()
		}
		if err != nil {
			return t, err
		}
		line, _ := cells.FieldPos(0)
		for i := range row {
			if !utf8.ValidString(row[i]) || strings.ContainsRune(row[i], 0) {
				t.faults.Under("line %d", line).Add("", "not_utf8")
				return t, t.faults.Err()
			}
			row[i] = norm.NFC.String(row[i])
		}
		if line == 1 || t.header == "" {
			t.header = strings.Join(row, ",")
			continue
		}
		t.rows = append(t.rows, tableRow{line, row})
	}
	if len(t.rows) == 0 {
		t.faults.Under("line %d", 1).Add("", "no_rows")
	}
	return t, t.faults.Err()
}

func (t table) unknownHeader(expected ...string) error {
	t.faults.Under("line %d", 1).Add("", "header", "expected", strings.Join(expected, " | "))
	return t.faults.Err()
}

// number reads an integer written in plain digits.
func number(f fault.Fields, name, cell string) int {
	n, err := strconv.Atoi(cell)
	if err != nil || strings.Trim(cell, "0123456789") != "" {
		f.Add(name, "number")
	}
	return n
}

// month reads YYYY-MM into its first day.
func month(f fault.Fields, name, cell string) calendar.Day {
	if _, err := time.Parse("2006-01", cell); err == nil {
		if d, err := calendar.Parse(cell + "-01"); err == nil {
			return d
		}
	}
	f.Add(name, "month")
	return calendar.Day{}
}

// degrees reads a coordinate; an empty cell is none.
func degrees(f fault.Fields, name, cell string) *float64 {
	if cell == "" {
		return nil
	}
	n, err := strconv.ParseFloat(cell, 64)
	if err != nil || strings.Trim(cell, "-.0123456789") != "" || math.IsNaN(n) {
		f.Add(name, "number")
	}
	return &n
}

// maxFaults bounds how many wrong lines are told: a wrong column is wrong in every line.
const maxFaults = 20

// tell puts a fault into words for the terminal; other errors stay as they are.
func tell(err error) error {
	f, ok := fault.From(err)
	if !ok {
		return err
	}
	var b strings.Builder
	b.WriteString(i18n.Text(i18n.English, f.Code, f.Args))
	for i, field := range f.Fields {
		if i == maxFaults {
			fmt.Fprintf(&b, "\n  and %d more", len(f.Fields)-maxFaults)
			break
		}
		fmt.Fprintf(&b, "\n  %s: %s", strings.TrimSuffix(field.Path, "."), i18n.Text(i18n.English, "field."+field.Code, field.Args))
	}
	return errors.New(b.String())
}
