package statistics

import (
	"slices"
	"strings"

	"dure/domain/kernel/calendar"
	"dure/domain/region"
)

// city is the part of the map that the figures are about, as it was on a day: every gu of which a dong has, under any of
// its codes, ever had figures of population. What such gu were merged into is no part of it.
type city struct {
	on     calendar.Day
	all    region.Gazetteer
	places []Place
	gus    map[string]bool // codes of that day
}

func newCity(places []Place, on calendar.Day) city {
	regions := make([]region.Region, len(places))
	for i, p := range places {
		regions[i] = p.Region
	}
	c := city{on, region.NewGazetteer(regions), places, map[string]bool{}}
	for _, p := range places {
		if gu, ok := c.gu(p.Code); p.Counted && ok {
			c.gus[gu.Code] = true
		}
	}
	return c
}

// gu is the gu that a dong or gu belonged to on the day.
func (c city) gu(code string) (r region.Region, ok bool) {
	r, ok = c.all.At(code, c.on)
	if r.Level == region.Dong {
		r, ok = c.all.At(r.Parent, c.on)
	}
	return r, ok && r.Level == region.Gu
}

// key is where people of a region and a part are counted.
func (c city) key(by By, code, part string) string {
	gu, ok := c.gu(code)
	if !ok || !c.gus[gu.Code] {
		return Outside
	}
	switch by {
	case ByDong: // somebody of whom only the gu is known stands beside its dong
		r, _ := c.all.At(code, c.on)
		return r.Code
	case ByGu:
		return gu.Code
	case ByCity:
		r, _ := c.all.At(gu.Parent, c.on)
		return r.Code
	default:
		return part
	}
}

// keys are all keys that there were on the day, in their order.
func (c city) keys(by By) []string {
	var keys []string
	switch by {
	case BySex:
		return slices.Clone(region.Sexes[:])
	case ByAgeBand:
		for _, b := range Bands {
			keys = append(keys, b.Key)
		}
		return keys
	}
	for _, p := range c.places {
		if p.Level == region.Dong && p.ValidOn(c.on) {
			keys = append(keys, c.key(by, p.Code, ""))
		}
	}
	return keys
}

// name is a region's own; a city is named with the gu that its figures are of, as it may have more.
func (c city) name(by By, key string) string {
	r, _ := c.all.Get(key)
	if by != ByCity || key == Outside {
		return r.Name
	}
	var gus []string
	for _, p := range c.places {
		if parent, _ := c.all.At(p.Parent, c.on); c.gus[p.Code] && parent.Code == key {
			gus = append(gus, p.Name)
		}
	}
	return r.Name + " (" + strings.Join(gus, "·") + ")"
}

// tabulate adds cells and residents into rows, zeros too; people from outside come last.
func tabulate(by By, c city, residents []Residents, cells []Cell) []Row {
	rows := map[string]*Row{Outside: {}}
	order := c.keys(by)
	row := func(key string) *Row {
		if rows[key] == nil {
			rows[key] = &Row{}
			order = append(order, key)
		}
		return rows[key]
	}
	for _, key := range order {
		rows[key] = &Row{}
	}
	for _, cell := range cells {
		r := row(c.key(by, cell.RegionCode, cell.Part))
		r.Registered += cell.Registered
		r.Persons += cell.Persons
		r.Visits += cell.Visits
		r.Minutes += cell.Minutes
	}
	for _, some := range residents {
		r := row(c.key(by, some.RegionCode, some.Part))
		if r.Population == nil {
			r.Population = new(int)
		}
		*r.Population += some.Count
	}
	if by == ByCity || by == ByGu || by == ByDong {
		order = slices.DeleteFunc(order, func(key string) bool { return key == Outside })
		slices.Sort(order)
		order = slices.Compact(order)
	}
	table := make([]Row, 0, len(order)+1)
	for _, key := range append(order, Outside) {
		r := *rows[key]
		r.Key, r.Name = key, c.name(by, key)
		table = append(table, r)
	}
	return table
}
