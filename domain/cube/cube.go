// Package cube counts who took part in the city two ways at a time: by neighbourhood and month, by age and sex, by field and district.
package cube

import (
	"slices"
	"strings"

	"dure/domain/kernel/fault"
)

// Axis is something that figures are broken down by.
type Axis string

const (
	Home      Axis = "home"      // 거주지: where the person lived on the day of the activity
	Place     Axis = "place"     // 활동지: where the activity was
	CampArea  Axis = "camp"      // 캠프 소재지: where the camp stands that organised it; None for demand sites
	Time      Axis = "time"      // 활동일: its total is the calendar year
	Age       Axis = "age"       // full years on the day of the activity, by tens
	YouthAge  Axis = "age14"     // the same in bands that tell youth (14–19) apart
	Sex       Axis = "sex"       //
	Field     Axis = "field"     // 1365 field
	DayKind   Axis = "day_kind"  // weekday, weekend or public holiday
	Organiser Axis = "organiser" // camp or demand site
	Evidence  Axis = "evidence"  // grade of evidence of the newest entry
	Party     Axis = "party"     // 개인·단체: alone or with a group
)

// Level says how finely an axis is told apart; Total does not tell it apart.
type Level string

const (
	Total     Level = "*"
	DongLevel Level = "dong"
	GuLevel   Level = "gu"
	CityLevel Level = "city" // the city's own and everybody else
	Month     Level = "month"
	Quarter   Level = "quarter"
	Tens      Level = "tens"
	Youth     Level = "youth"
	Group     Level = "group" // of fields
	Each      Level = "each"  // every value by itself
)

// Keys that are no region's code.
const (
	All     = "*"       // of the level Total
	City    = "city"    // the city's own gu together
	Outside = "outside" // what is of no gu of the city, on every level
	None    = "none"    // no camp organised it
)

// Keys of the axes that have few. Those of DayKind are Weekday, Weekend and Holiday.
const (
	Weekday = "weekday"
	Weekend = "weekend"
	Holiday = "holiday" // a public holiday on any day of the week

	Individual = "individual"
	InGroup    = "group"
)

// axes gives the levels of each axis, finest first; all have Total besides.
var axes = map[Axis][]Level{
	Home: {DongLevel, GuLevel, CityLevel}, Place: {DongLevel, GuLevel, CityLevel}, CampArea: {DongLevel, GuLevel, CityLevel},
	Time: {Month, Quarter}, Age: {Tens}, YouthAge: {Youth}, Sex: {Each}, Field: {Group}, DayKind: {Each}, Organiser: {Each},
	Evidence: {Each}, Party: {Each},
}

// Axes gives all axes, in the order of their names.
func Axes() []Axis {
	all := make([]Axis, 0, len(axes))
	for a := range axes {
		all = append(all, a)
	}
	slices.Sort(all)
	return all
}

// Levels gives the levels of the axis, finest first, and Total.
func (a Axis) Levels() []Level { return append(slices.Clone(axes[a]), Total) }

// Side is an axis on one of its levels.
type Side struct {
	Axis  Axis
	Level Level
}

// On puts the axis on a level.
func (a Axis) On(l Level) Side { return Side{a, l} }

// name tells sides apart; the totals of all axes are one.
func (s Side) name() string {
	if s.Level == Total {
		return All
	}
	return string(s.Axis) + "." + string(s.Level)
}

// timed tells whether the side's keys are periods.
func (s Side) timed() bool { return s.Axis == Time && s.Level != Total }

// Grouping is one table of figures: two axes, each on one level. Those with a total on both sides are one and the same.
type Grouping struct{ Row, Column Side }

// Name is what a grouping is kept under, such as home.dong/time.month or home.dong/*.
func (g Grouping) Name() string {
	row, column := g.Row.name(), g.Column.name()
	if row == All && column != All { // a margin is the same table wherever it comes from
		row, column = column, row
	}
	return row + "/" + column
}

// Flipped tells whether rows and columns are kept the other way round, as margins are.
func (g Grouping) Flipped() bool { return g.Row.Level == Total && g.Column.Level != Total }

// Period is how long the period of one cell is: Month, Quarter, or Total for the year.
func (g Grouping) Period() Level {
	for _, s := range []Side{g.Row, g.Column} {
		if s.Axis == Time {
			return s.Level
		}
	}
	return Total
}

// Cube is a pair of axes, for a calendar year with all their levels.
type Cube struct{ Row, Column Axis }

// Name is how a cube is asked for, such as home-time.
func (c Cube) Name() string { return string(c.Row) + "-" + string(c.Column) }

// Listed are the cubes that are kept up to date and can be published. It is a fixed list, so that what can be put together
// from all of them is known beforehand.
var Listed = []Cube{
	{Home, Time}, {Home, Age}, {Home, Sex}, {Home, Field}, {Place, Time}, {Place, Field}, {CampArea, Time}, {Age, Sex}, {Age, Time},
	{YouthAge, Sex}, {Field, Time}, {DayKind, Time}, {Organiser, Time}, {Evidence, Time},
}

var (
	ErrUnknown = fault.New(fault.NotFound, "cube.unknown")
	ErrLevel   = fault.New(fault.Invalid, "cube.level")
)

// Find finds a listed cube by its name, or fails with ErrUnknown.
func Find(name string) (Cube, error) {
	for _, c := range Listed {
		if c.Name() == name {
			return c, nil
		}
	}
	return Cube{}, ErrUnknown
}

// Groupings gives the tables of a cube, finest first.
func (c Cube) Groupings() []Grouping {
	var all []Grouping
	for _, row := range c.Row.Levels() {
		for _, column := range c.Column.Levels() {
			all = append(all, Grouping{c.Row.On(row), c.Column.On(column)})
		}
	}
	return all
}

// On gives the table of a cube on two levels, or fails with ErrLevel.
func (c Cube) On(row, column Level) (Grouping, error) {
	if !slices.Contains(c.Row.Levels(), row) || !slices.Contains(c.Column.Levels(), column) {
		return Grouping{}, ErrLevel.With("rows", levels(c.Row)).With("columns", levels(c.Column))
	}
	return Grouping{c.Row.On(row), c.Column.On(column)}, nil
}

func levels(a Axis) string {
	var names []string
	for _, l := range a.Levels() {
		names = append(names, string(l))
	}
	return strings.Join(names, ", ")
}

// Kept are all tables of the listed cubes, each once, in a fixed order.
var Kept = kept()

func kept() []Grouping {
	var all []Grouping
	seen := map[string]bool{}
	for _, c := range Listed {
		for _, g := range c.Groupings() {
			if g.Flipped() {
				g.Row, g.Column = g.Column, g.Row
			}
			if !seen[g.Name()] {
				seen[g.Name()] = true
				all = append(all, g)
			}
		}
	}
	return all
}

// Figures are the measures of a cell.
type Figures struct {
	Persons  int64 // 실인원: distinct persons
	Visits   int64 // 연인원: person-times
	Minutes  int64 // recognised
	Newcomer int64 // persons whose first activity ever lies in the cell's period
	Regular  int64 // persons active in every month of the cell's quarter or year; nothing for a month
}

// IsZero tells that nobody is counted.
func (f Figures) IsZero() bool { return f == Figures{} }

// Cell are the figures of one row and one column of a table.
type Cell struct {
	Row, Column string
	Figures
}
