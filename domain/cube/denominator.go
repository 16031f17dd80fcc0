package cube

import (
	"context"
	"slices"

	"dure/domain/kernel/calendar"
	"dure/domain/region"
)

// Parts says what people are told apart by, beside the month.
type Parts struct{ Home, Sex, Age bool }

// StepSum is how many more persons of a sex are registered as living somewhere at the end of a month than at the end of the one
// before; for the first month of a series, than when nobody was.
type StepSum struct {
	Month    calendar.Day // its first day
	HomeCode string
	Sex      string
	Delta    int64
}

// Registered is how many persons of a sex and band are registered as living somewhere on a day.
type Registered struct {
	HomeCode, Sex, Band string
	Count               int64
}

// Census reads what persons are held against, from one state of things.
type Census interface {
	// PopulationMonths gives the first days of months for which residents are kept in such parts.
	PopulationMonths(ctx context.Context, by Parts) ([]calendar.Day, error)
	// Residents gives the people of months. Here and below, what is not told apart is added up and left empty.
	Residents(ctx context.Context, months []calendar.Day, by Parts) ([]region.Residents, error)
	// StepSums gives the sums of steps by month, from the first day of one to that of another; the first holds all before it.
	StepSums(ctx context.Context, from, to calendar.Day, by Parts) ([]StepSum, error)
	// RegisteredOn counts who is registered on a day, by the bands of his age on that day.
	RegisteredOn(ctx context.Context, on calendar.Day, bands []Band, by Parts) ([]Registered, error)
}

// Denominator is what the persons of a cell are held against. Nil means that there is nothing, or nothing known.
type Denominator struct {
	Registered   *int64       // persons, at the end of the period, or today while it runs
	Population   *int64       // residents of the city
	PopulationOf calendar.Day // first day of the month of the population: the latest not after the period's end, or the earliest
}

// Denominators are those of a table, by cell.
type Denominators struct {
	cells    map[cellOf]Denominator
	known    map[string]Denominator // by period: what cells have in which nobody lives
	counting bool                   // whether the registered are counted: where there are none, it is nobody
}

type cellOf struct{ period, row, column string }

// Of gives the denominator of a cell.
func (d Denominators) Of(p Period, row, column string) Denominator {
	found, ok := d.cells[cellOf{p.Key, row, column}]
	if !ok {
		found, ok = d.known[p.Key]
	}
	if ok && d.counting && found.Registered == nil {
		found.Registered = new(int64)
	}
	return found
}

// PopulationOf is the first day of the month of population that a period is held against; no day where none is kept.
func (d Denominators) PopulationOf(p Period) calendar.Day { return d.known[p.Key].PopulationOf }

// Denominated tells whether a table has denominators: both sides must say something of the person, or of the time.
func (g Grouping) Denominated() bool {
	for _, s := range []Side{g.Row, g.Column} {
		if !slices.Contains([]Axis{Home, Age, YouthAge, Sex, Time}, s.Axis) && s.Level != Total {
			return false
		}
	}
	return true
}

// CountsRegistered tells whether a table has the registered: by age only of years, as by month who is how old moves on every day.
func (g Grouping) CountsRegistered() bool {
	_, aged := g.tells(Age, YouthAge)
	return g.Denominated() && (!aged || g.Period() == Total)
}

// tells tells whether the table tells an axis apart.
func (g Grouping) tells(axes ...Axis) (Side, bool) {
	for _, s := range []Side{g.Row, g.Column} {
		if s.Level != Total && slices.Contains(axes, s.Axis) {
			return s, true
		}
	}
	return Side{}, false
}

// Denominate finds what the cells of a table are held against, in each of some periods in their order. Periods that have not begun
// have nothing.
func Denominate(ctx context.Context, c Census, atlas *Atlas, g Grouping, periods []Period, today calendar.Day) (Denominators, error) {
	d := Denominators{map[cellOf]Denominator{}, map[string]Denominator{}, g.CountsRegistered()}
	periods = slices.DeleteFunc(slices.Clone(periods), func(p Period) bool { return p.From.After(today) })
	if !g.Denominated() || len(periods) == 0 {
		return d, nil
	}
	w := weigher{Denominators: d, atlas: atlas, table: g}
	_, w.by.Home = g.tells(Home)
	_, w.by.Sex = g.tells(Sex)
	_, w.by.Age = g.tells(Age, YouthAge)
	for _, p := range periods {
		d.known[p.Key] = Denominator{}
	}
	if err := w.population(ctx, c, periods); err != nil {
		return d, err
	}
	return d, w.registered(ctx, c, periods, today)
}

// weigher puts counts of people into the cells of a table.
type weigher struct {
	Denominators
	atlas *Atlas
	table Grouping
	by    Parts
}

// home is where people are counted who live under a region's code; one place for all where homes are not told apart.
func (w weigher) home(code string) string {
	if s, ok := w.table.tells(Home); ok {
		return w.atlas.Key(code, s.Level)
	}
	return ""
}

// key is where people are counted on a side.
func (w weigher) key(s Side, p Period, home, sex, band string) string {
	if s.Level == Total {
		return All
	}
	switch s.Axis {
	case Home:
		return home
	case Sex:
		return sex
	case Time:
		return p.Key
	default:
		return band
	}
}

// cell gives the denominator that people are counted in, to be changed.
func (w weigher) cell(p Period, home, sex, band string, change func(*Denominator)) {
	k := cellOf{p.Key, w.key(w.table.Row, p, home, sex, band), w.key(w.table.Column, p, home, sex, band)}
	found, ok := w.cells[k]
	if !ok {
		found = w.known[p.Key]
	}
	change(&found)
	w.cells[k] = found
}

func (w weigher) population(ctx context.Context, c Census, periods []Period) error {
	months, err := c.PopulationMonths(ctx, w.by)
	if err != nil || len(months) == 0 {
		return err
	}
	var wanted []calendar.Day
	for _, p := range periods {
		month := months[0]
		for _, m := range months {
			if !m.After(p.To) {
				month = m
			}
		}
		w.known[p.Key] = Denominator{PopulationOf: month}
		if !slices.Contains(wanted, month) {
			wanted = append(wanted, month)
		}
	}
	residents, err := c.Residents(ctx, wanted, w.by)
	if err != nil {
		return err
	}
	aged, _ := w.table.tells(Age, YouthAge)
	of := map[calendar.Day][]region.Residents{}
	for _, r := range residents {
		of[r.Month] = append(of[r.Month], r)
	}
	for _, p := range periods {
		unclear := map[cellOf]bool{}
		for _, r := range of[w.known[p.Key].PopulationOf] {
			home := w.home(r.RegionCode)
			bands, whole := aged.Axis.within(r.AgeFrom, r.AgeTo)
			for _, band := range bands {
				k := cellOf{p.Key, w.key(w.table.Row, p, home, r.Sex, band), w.key(w.table.Column, p, home, r.Sex, band)}
				unclear[k] = unclear[k] || !whole
				w.cell(p, home, r.Sex, band, func(d *Denominator) { d.Population = plus(d.Population, int64(r.Count)) })
			}
		}
		for k, yes := range unclear { // published bands that lie across one of ours say nothing of either
			if d := w.cells[k]; yes {
				d.Population = nil
				w.cells[k] = d
			}
		}
	}
	return nil
}

// within gives the bands that ages lie in, and whether they all lie in one. To is inclusive, or region.AndOver. Where ages are not
// told apart there is one band without a name.
func (a Axis) within(from, to int) (keys []string, whole bool) {
	if a.Bands() == nil {
		return []string{""}, true
	}
	for _, b := range a.Bands() {
		open := b.To == 0
		if (to == region.AndOver || to >= b.From) && (open || from <= b.To) {
			keys = append(keys, b.Key)
		}
	}
	return keys, len(keys) == 1
}

func (w weigher) registered(ctx context.Context, c Census, periods []Period, today calendar.Day) error {
	if aged, ok := w.table.tells(Age, YouthAge); ok {
		if !w.table.CountsRegistered() {
			return nil
		}
		for _, p := range periods {
			persons, err := c.RegisteredOn(ctx, earlier(p.To, today), aged.Axis.Bands(), w.by)
			if err != nil {
				return err
			}
			for _, r := range persons {
				w.cell(p, w.home(r.HomeCode), r.Sex, r.Band, func(d *Denominator) { d.Registered = plus(d.Registered, r.Count) })
			}
		}
		return nil
	}
	last := earlier(periods[len(periods)-1].To, today)
	sums, err := c.StepSums(ctx, periods[0].From, last.FirstOfMonth(), w.by)
	if err != nil {
		return err
	}
	slices.SortStableFunc(sums, func(a, b StepSum) int { return a.Month.Compare(b.Month) })
	type group struct{ home, sex string }
	standing, next := map[group]int64{}, 0
	for _, p := range periods {
		for ; next < len(sums) && !sums[next].Month.After(p.To); next++ {
			standing[group{w.home(sums[next].HomeCode), sums[next].Sex}] += sums[next].Delta
		}
		for g, n := range standing {
			w.cell(p, g.home, g.sex, "", func(d *Denominator) { d.Registered = plus(d.Registered, n) })
		}
	}
	return nil
}

func plus(sum *int64, n int64) *int64 {
	if sum != nil {
		n += *sum
	}
	return &n
}

func earlier(a, b calendar.Day) calendar.Day {
	if b.Before(a) {
		return b
	}
	return a
}
