package cube

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"dure/domain/kernel/calendar"
	"dure/domain/region"
)

// Period is the stretch of time that the persons of a cell are counted in: a month (2026-07), a quarter (2026-Q3) or a year (2026).
type Period struct {
	Key      string
	From, To calendar.Day
}

// period is the one of a length that a day lies in.
func period(d calendar.Day, l Level) Period {
	first := d.FirstOfMonth()
	switch l {
	case Month:
		return Period{MonthKey(first), first, first.Add(31).FirstOfMonth().Add(-1)}
	case Quarter:
		n := (int(first.Month()) - 1) / 3
		from := calendar.Date(first.Year(), 1, 1).AddMonths(3 * n)
		return Period{fmt.Sprintf("%d-Q%d", first.Year(), n+1), from, from.AddMonths(3).Add(-1)}
	default:
		return Period{strconv.Itoa(first.Year()), calendar.Date(first.Year(), 1, 1), calendar.Date(first.Year(), 12, 31)}
	}
}

// Periods gives the months, quarters or (of Total) years from one day to another.
func Periods(l Level, from, to calendar.Day) []Period {
	var all []Period
	for !from.After(to) {
		p := period(from, l)
		all = append(all, p)
		from = p.To.Add(1)
	}
	return all
}

var writtenPeriod = regexp.MustCompile(`^(\d{4})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])))?$`)

// ParsePeriod reads 2026, 2026-Q3 or 2026-07; years 1900 to 2099.
func ParsePeriod(s string) (Period, bool) {
	m := writtenPeriod.FindStringSubmatch(s)
	if m == nil || m[1] < "1900" || m[1] > "2099" {
		return Period{}, false
	}
	year := calendar.MustParse(m[1] + "-01-01")
	switch {
	case m[2] != "":
		return period(calendar.MustParse(s+"-01"), Month), true
	case m[3] != "":
		return period(year.AddMonths(3*int(m[3][0]-'1')), Quarter), true
	default:
		return period(year, Total), true
	}
}

// Named is a code that is called something, such as a group of 1365 fields.
type Named struct{ Code, Name string }

// Legend says which keys there are on a side, and what those are called that have names of their own.
type Legend struct {
	atlas  *Atlas
	units  []region.Region
	groups []Named
}

// NewLegend makes one from all regions, in the order of their codes, the codes for which population is kept, and the groups of fields.
func NewLegend(regions []region.Region, counted []string, groups []Named) Legend {
	atlas := NewAtlas(regions, counted, nil)
	return Legend{atlas: atlas, units: atlas.Units(regions), groups: groups}
}

// Atlas is where things are counted; it knows no holidays.
func (l Legend) Atlas() *Atlas { return l.atlas }

// Keys gives all keys of a side that is not of time, in their order.
func (l Legend) Keys(s Side) []string {
	var keys []string
	switch s.Level {
	case Total:
		return []string{All}
	case CityLevel:
		keys = []string{City}
	case DongLevel, GuLevel:
		for _, r := range l.units {
			if string(r.Level) == string(s.Level) {
				keys = append(keys, r.Code)
			}
		}
	}
	switch s.Axis {
	case Home, Place:
		return append(keys, Outside)
	case CampArea:
		return append(keys, None, Outside)
	case Field:
		for _, g := range l.groups {
			keys = append(keys, g.Code)
		}
	case Age, YouthAge:
		for _, b := range s.Axis.Bands() {
			keys = append(keys, b.Key)
		}
	case Sex:
		return slices.Clone(region.Sexes[:])
	case DayKind:
		return []string{Weekday, Weekend, Holiday}
	case Organiser:
		return []string{"camp", "demand_site"}
	case Evidence:
		return []string{"qr", "leader", "self", "imported", "late_proof"}
	case Party:
		return []string{Individual, InGroup}
	}
	return keys
}

// Name gives the name of a region or group of fields, and the region above; nothing for keys that are said in words.
func (l Legend) Name(s Side, key string) (name, parent string) {
	switch s.Axis {
	case Home, Place, CampArea:
		r, _ := l.atlas.Region(key)
		return r.Name, r.Parent
	case Field:
		for _, g := range l.groups {
			if g.Code == key {
				return g.Name, ""
			}
		}
	}
	return "", ""
}

// Newest is the key under which what had a code is counted: that of the region that it has become.
func (l Legend) Newest(s Side, code string) string {
	switch s.Axis {
	case Home, Place, CampArea:
		if r, ok := l.atlas.Region(code); ok && r.Level != region.City {
			newest, _ := l.atlas.gazetteer.At(code, forever)
			return newest.Code
		}
	}
	return code
}

// order compares keys of a side: as they are listed, those that are not before the ones that are no place of the city.
func (l Legend) order(s Side) func(a, b string) int {
	if s.Axis == Time || s.Axis == Home || s.Axis == Place || s.Axis == CampArea || s.Axis == Field {
		return strings.Compare // codes, and then the words for what has none
	}
	keys := l.Keys(s)
	rank := func(key string) int {
		if i := slices.Index(keys, key); i >= 0 {
			return i
		}
		return len(keys)
	}
	return func(a, b string) int { return cmp.Or(rank(a)-rank(b), strings.Compare(a, b)) }
}
