package publication

import (
	"fmt"
	"slices"
	"strings"

	"dure/domain/cube"
	"dure/domain/disclosure"
	"dure/domain/kernel/calendar"
	"dure/domain/region"
)

// Place is one of the city's dong or gu under its newest code.
type Place struct {
	Code, Level, Name string
	Parent            string   // the gu of a dong
	Former            []string // codes that it had before, and those of what it took in, in order
	Lat, Lon          *float64
}

// Field is a group of fields of activity.
type Field struct{ Code, Name string }

// Frame is what tables are laid out by: the same keys whatever anybody did, so that a key tells nothing.
type Frame struct {
	Places []Place // in the order of their codes
	Fields []Field
	Months []string // contained ones, in order
}

// frameName is the table that keeps the frame with its names.
const frameName = "frame"

// months up to the end of a publication.
func months(year int, through calendar.Day) (keys []string) {
	for m := calendar.Date(year, 1, 1); m.Year() == year && !m.After(through); m = m.AddMonths(1) {
		keys = append(keys, cube.MonthKey(m))
	}
	return keys
}

// Quarter is the quarter of a month's key.
func Quarter(month string) string {
	return month[:5] + "Q" + string('1'+((month[5]-'0')*10+month[6]-'0'-1)/3)
}

// table writes the frame; names and former codes are frozen with it.
func (f Frame) table() Table {
	var b strings.Builder
	for _, p := range f.Places {
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\n", p.Level, p.Code, p.Parent, p.Name)
		for _, code := range p.Former {
			fmt.Fprintf(&b, "former\t%s\t\t\n", code)
		}
	}
	for _, g := range f.Fields {
		fmt.Fprintf(&b, "field\t%s\t\t%s\n", g.Code, g.Name)
	}
	for _, m := range f.Months {
		fmt.Fprintf(&b, "month\t%s\t\t\n", m)
	}
	return Table{Name: frameName, Lines: b.String()}
}

// Frame reads the frame back.
func (t Table) Frame() (f Frame, err error) {
	for _, line := range lines(t.Lines) {
		c := strings.Split(line, separator)
		if len(c) != 4 {
			return f, fmt.Errorf("publication: a line of the frame has %d columns", len(c))
		}
		switch c[0] {
		case "field":
			f.Fields = append(f.Fields, Field{c[1], c[3]})
		case "month":
			f.Months = append(f.Months, c[1])
		case "former":
			if len(f.Places) == 0 {
				return f, fmt.Errorf("publication: the frame has a former code of no place")
			}
			last := &f.Places[len(f.Places)-1]
			last.Former = append(last.Former, c[1])
		default:
			f.Places = append(f.Places, Place{Code: c[1], Level: c[0], Parent: c[2], Name: c[3]})
		}
	}
	return f, nil
}

// Newest is the code under which what had a code is told here. It is looked up in what was frozen, not in today's regions: those go
// on changing, and the same question must have the same answer for ever.
func (f Frame) Newest(code string) string {
	for _, p := range f.Places {
		if slices.Contains(p.Former, code) {
			return p.Code
		}
	}
	return code
}

// ages are the pieces that bands of ten years and the bands of youth cut one another into, by their first years.
var ages = []int{0, 10, 14, 20, 30, 40, 50, 60, 70, 80, 90, 100}

// bandOf is the band of an axis that an age is in.
func bandOf(a cube.Axis, age int) string {
	bands := a.Bands()
	for i := len(bands) - 1; i > 0; i-- {
		if age >= bands[i].From {
			return bands[i].Key
		}
	}
	return bands[0].Key
}

// age is the one axis that both kinds of bands are levels of.
const age = "age"

// axes of a year, with all their values.
func (f Frame) axes() []disclosure.Axis {
	area := func(name cube.Axis, more ...string) disclosure.Axis {
		a := disclosure.Axis{Name: string(name), Levels: []string{string(cube.DongLevel), string(cube.GuLevel), string(cube.CityLevel)}}
		for _, p := range f.Places {
			if p.Level == string(cube.DongLevel) {
				a.Paths = append(a.Paths, []string{p.Code, p.Parent, cube.City})
			}
		}
		for _, key := range append(more, cube.Outside) {
			a.Paths = append(a.Paths, []string{key, key, key})
		}
		return a
	}
	each := func(name cube.Axis, level cube.Level, keys ...string) disclosure.Axis {
		a := disclosure.Axis{Name: string(name), Levels: []string{string(level)}}
		for _, key := range keys {
			a.Paths = append(a.Paths, []string{key})
		}
		return a
	}
	when := disclosure.Axis{Name: string(cube.Time), Levels: []string{string(cube.Month), string(cube.Quarter)}, Periods: true}
	for _, m := range f.Months {
		when.Paths = append(when.Paths, []string{m, Quarter(m)})
	}
	return []disclosure.Axis{
		area(cube.Home), area(cube.Place), area(cube.CampArea, cube.None), when, f.agesOf(false), f.sexes(),
		each(cube.Field, cube.Group, f.fieldKeys()...), each(cube.DayKind, cube.Each, cube.Weekday, cube.Weekend, cube.Holiday),
		each(cube.Organiser, cube.Each, organisers...), each(cube.Evidence, cube.Each, grades...),
	}
}

// still are the axes of what people are at an instant, when nobody is in two places or of two ages.
func (f Frame) still() []disclosure.Axis {
	home := f.axes()[0]
	home.Exclusive = true
	return []disclosure.Axis{home, f.agesOf(true), f.sexes()}
}

func (f Frame) agesOf(exclusive bool) disclosure.Axis {
	a := disclosure.Axis{Name: age, Levels: []string{string(cube.Tens), string(cube.Youth)}, Exclusive: exclusive}
	for _, from := range ages {
		a.Paths = append(a.Paths, []string{bandOf(cube.Age, from), bandOf(cube.YouthAge, from)})
	}
	return a
}

func (Frame) sexes() disclosure.Axis {
	a := disclosure.Axis{Name: string(cube.Sex), Levels: []string{string(cube.Each)}, Exclusive: true}
	for _, key := range region.Sexes {
		a.Paths = append(a.Paths, []string{key})
	}
	return a
}

func (f Frame) fieldKeys() []string {
	keys := make([]string, len(f.Fields))
	for i, g := range f.Fields {
		keys[i] = g.Code
	}
	return keys
}

// organisers and grades of evidence, in the order in which they are told.
var (
	organisers = []string{"camp", "demand_site"}
	grades     = []string{"qr", "leader", "self", "imported", "late_proof"}
)

// side is a side of a cube's table as disclosure knows it.
func side(s cube.Side) disclosure.Side {
	if s.Axis == cube.YouthAge {
		return disclosure.Side{Axis: age, Level: string(s.Level)}
	}
	return disclosure.Side{Axis: string(s.Axis), Level: string(s.Level)}
}

// Keys are the keys of a side in the order in which they are told.
func (f Frame) Keys(s cube.Side) []string {
	if s.Level == cube.Total {
		return []string{cube.All}
	}
	for _, a := range f.axes() {
		i := slices.Index(a.Levels, side(s).Level)
		if a.Name != side(s).Axis || i < 0 {
			continue
		}
		var keys []string
		for _, path := range a.Paths {
			if !slices.Contains(keys, path[i]) {
				keys = append(keys, path[i])
			}
		}
		return keys
	}
	return nil
}

// whole tells whether all months of a period are contained.
func (f Frame) whole(period cube.Level, key string) bool {
	n := 0
	for _, m := range f.Months {
		if period == cube.Total || period == cube.Quarter && Quarter(m) == key || m == key {
			n++
		}
	}
	return n == map[cube.Level]int{cube.Total: 12, cube.Quarter: 3, cube.Month: 1}[period]
}
