package demo

import (
	_ "embed" // the tables
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"dure/domain/kernel/calendar"
	"dure/domain/region"
)

var (
	//go:embed data/dongs.csv
	dongTable string
	//go:embed data/residents_2025_06.csv
	residentsBefore string
	//go:embed data/residents_2026_07.csv
	residentsAfter string
)

// On this day the codes changed.
var codesChanged = calendar.Date(2026, 7, 1)

// Months of the population tables.
var before, after = calendar.Date(2025, 6, 1), calendar.Date(2026, 7, 1)

// dong is one 행정동 under both of its codes.
type dong struct {
	gu, name        string
	former, code    string // until the change, and since
	lat, lon        float64
	residentsBefore int
	residents       int
}

// codeOn is the dong's code on a day.
func (d *dong) codeOn(day calendar.Day) string {
	if day.Before(codesChanged) {
		return d.former
	}
	return d.code
}

// dongs reads the table of dong, in its order.
func dongs() ([]*dong, error) {
	rows, err := csv.NewReader(strings.NewReader(dongTable)).ReadAll()
	if err != nil {
		return nil, err
	}
	list := make([]*dong, len(rows)-1)
	for i, row := range rows[1:] {
		d := &dong{gu: row[0], name: row[1], former: row[2], code: row[3]}
		if _, err := fmt.Sscan(strings.Join(row[4:], " "), &d.lat, &d.lon, &d.residentsBefore, &d.residents); err != nil {
			return nil, err
		}
		list[i] = d
	}
	return list, nil
}

// regions tells gu and dong as a table to import.
func regions(list []*dong) []region.Line {
	var lines []region.Line
	add := func(name, former, code string, d *dong) {
		old := region.Line{Number: len(lines) + 1, Region: region.Region{Code: former, Name: name,
			ValidTo: codesChanged.Add(-1), Successor: code}}
		now := region.Line{Number: len(lines) + 2, Region: region.Region{Code: code, Name: name, ValidFrom: codesChanged}}
		if d != nil {
			old.Lat, old.Lon, now.Lat, now.Lon = &d.lat, &d.lon, &d.lat, &d.lon
			old.Residents, old.Month, now.Residents, now.Month = &d.residentsBefore, before, &d.residents, after
		}
		lines = append(lines, old, now)
	}
	gu := ""
	for _, d := range list {
		if d.gu != gu {
			gu = d.gu
			add(gu, region.ParentOf(d.former), region.ParentOf(d.code), nil)
		}
		add(d.name, d.former, d.code, d)
	}
	return lines
}

// residents tells the population of both months as a table to import.
func residents() ([]region.Figure, error) {
	var figures []region.Figure
	for _, t := range []struct {
		table string
		month calendar.Day
	}{{residentsBefore, before}, {residentsAfter, after}} {
		rows, err := csv.NewReader(strings.NewReader(t.table)).ReadAll()
		if err != nil {
			return nil, err
		}
		ages, err := numbers(rows[0][2:])
		if err != nil {
			return nil, err
		}
		for _, row := range rows[1:] {
			counts, err := numbers(row[2:])
			if err != nil {
				return nil, err
			}
			sex := map[string]string{"M": region.Male, "F": region.Female}[row[1]]
			for i, count := range counts {
				to := region.AndOver
				if i+1 < len(ages) {
					to = ages[i+1] - 1
				}
				figures = append(figures, region.Figure{Number: len(figures) + 1, Residents: region.Residents{
					RegionCode: row[0], Month: t.month, Sex: sex, AgeFrom: ages[i], AgeTo: to, Count: count}})
			}
		}
	}
	return figures, nil
}

func numbers(cells []string) ([]int, error) {
	list := make([]int, len(cells))
	for i, cell := range cells {
		n, err := strconv.Atoi(cell)
		if err != nil {
			return nil, err
		}
		list[i] = n
	}
	return list, nil
}
