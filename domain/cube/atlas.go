package cube

import (
	"fmt"
	"strconv"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/region"
)

// Atlas says where things are counted: regions under their newest codes, so that a series goes on when a dong is renamed or
// merged, and days by what kind of day they are.
type Atlas struct {
	gazetteer region.Gazetteer
	holidays  map[calendar.Day]bool
	gus       map[string]bool      // newest codes of the gu that are the city's
	areas     map[string][3]string // by code: the keys on the levels dong, gu and city
	times     map[calendar.Day][2]string
}

// forever is a day after every change of codes.
var forever = calendar.MustParse("2100-12-31")

// NewAtlas makes one of all regions ever known, the codes of those for which population is kept, and the public holidays. The
// city is every gu of which a dong has figures of population, under any of its codes.
func NewAtlas(regions []region.Region, counted []string, holidays []calendar.Day) *Atlas {
	a := &Atlas{gazetteer: region.NewGazetteer(regions), holidays: map[calendar.Day]bool{}, gus: map[string]bool{},
		areas: map[string][3]string{}, times: map[calendar.Day][2]string{}}
	for _, d := range holidays {
		a.holidays[d] = true
	}
	for _, code := range counted {
		if gu, ok := a.gu(code); ok {
			a.gus[gu.Code] = true
		}
	}
	return a
}

// gu is the gu of a dong or gu, under its newest code.
func (a *Atlas) gu(code string) (r region.Region, ok bool) {
	r, ok = a.gazetteer.At(code, forever)
	if r.Level == region.Dong {
		r, ok = a.gazetteer.At(r.Parent, forever)
	}
	return r, ok && r.Level == region.Gu
}

// Area gives the keys of a region's code on the levels dong, gu and city.
func (a *Atlas) Area(code string) (dong, gu, city string) {
	keys, ok := a.areas[code]
	if !ok {
		keys = [3]string{Outside, Outside, Outside}
		if r, ok := a.gu(code); ok && a.gus[r.Code] {
			own, _ := a.gazetteer.At(code, forever) // somebody of whom only the gu is known stands beside its dong
			keys = [3]string{own.Code, r.Code, City}
		}
		a.areas[code] = keys
	}
	return keys[0], keys[1], keys[2]
}

// Key gives the key of a region's code on one of the levels dong, gu and city.
func (a *Atlas) Key(code string, l Level) string {
	dong, gu, city := a.Area(code)
	switch l {
	case DongLevel:
		return dong
	case GuLevel:
		return gu
	default:
		return city
	}
}

// Name of a region's key; empty where the key is no code.
func (a *Atlas) Name(key string) string {
	r, _ := a.gazetteer.Get(key)
	return r.Name
}

// Region finds a region by its key.
func (a *Atlas) Region(key string) (region.Region, bool) { return a.gazetteer.Get(key) }

// Units gives the city's dong and gu as they are counted today, in the order of their codes.
func (a *Atlas) Units(regions []region.Region) []region.Region {
	var units []region.Region
	for _, r := range regions {
		if dong, gu, _ := a.Area(r.Code); r.Level != region.City && (dong == r.Code || gu == r.Code) {
			units = append(units, r)
		}
	}
	return units
}

// DayKind says what kind of day a day is.
func (a *Atlas) DayKind(d calendar.Day) string {
	switch w := d.Weekday(); {
	case a.holidays[d]:
		return Holiday
	case w == time.Saturday || w == time.Sunday:
		return Weekend
	default:
		return Weekday
	}
}

// when gives a day's keys on the levels month and quarter.
func (a *Atlas) when(d calendar.Day) (month, quarter string) {
	first := d.FirstOfMonth()
	keys, ok := a.times[first]
	if !ok {
		keys = [2]string{MonthKey(first), fmt.Sprintf("%d-Q%d", first.Year(), (int(first.Month())+2)/3)}
		a.times[first] = keys
	}
	return keys[0], keys[1]
}

// MonthKey is the key of the month that a day is in.
func MonthKey(d calendar.Day) string { return d.String()[:7] }

// tens and youth give the bands of an age.
func tens(age int) string {
	if age >= 100 {
		return "100+"
	}
	from := max(age, 0) / 10 * 10
	return bands[from/10].Key
}

func youth(age int) string {
	for i := len(youthBands) - 1; i > 0; i-- {
		if age >= youthBands[i].From {
			return youthBands[i].Key
		}
	}
	return youthBands[0].Key
}

// Band is a stretch of full years; To is inclusive, and 0 for an open one.
type Band struct {
	Key      string
	From, To int
}

var bands, youthBands = tensBands(), []Band{
	{"0-13", 0, 13}, {"14-19", 14, 19}, {"20-29", 20, 29}, {"30-39", 30, 39}, {"40-49", 40, 49}, {"50-59", 50, 59}, {"60-69", 60, 69}, {"70+", 70, 0},
}

func tensBands() []Band {
	var all []Band
	for from := 0; from < 100; from += 10 {
		all = append(all, Band{strconv.Itoa(from) + "-" + strconv.Itoa(from+9), from, from + 9})
	}
	return append(all, Band{"100+", 100, 0})
}

// Band gives the band of an age, on an axis of ages.
func (a Axis) Band(age int) string {
	if a == YouthAge {
		return youth(age)
	}
	return tens(age)
}

// Bands gives the bands of an axis of ages, in order; none for others.
func (a Axis) Bands() []Band {
	switch a {
	case Age:
		return bands
	case YouthAge:
		return youthBands
	}
	return nil
}
