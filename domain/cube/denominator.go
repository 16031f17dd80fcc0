package cube

import (
	"context"
	"maps"
	"slices"

	"dure/domain/kernel/calendar"
	"dure/domain/region"
)

// Parts says what people are told apart by, beside the month.
type Parts struct{ Home, Sex, Age bool }

// StepSum is how many more persons of a sex are registered as living somewhere at the end of a month than at the end of the one
// before; or, without a month, how many are after all steps.
type StepSum struct {
	Month    calendar.Day // its first day, or none
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
	// Residents gives the people of the months that days are held against: for each the latest month kept in such parts that does not
	// begin after it, or the earliest. Here and below, what is not told apart is added up and left empty.
	Residents(ctx context.Context, days []calendar.Day, by Parts) ([]region.Residents, error)
	// StepSums gives the sum of all steps, and by month the sums of those in months that begin after a day, or of all where there is none.
	// Most figures asked for are of late, so who was registered is told backwards from today: what came since is little, what came
	// before is long.
	StepSums(ctx context.Context, after calendar.Day, by Parts) ([]StepSum, error)
	// RegisteredOn counts who is registered on a day, by the bands of his age on that day.
	RegisteredOn(ctx context.Context, on calendar.Day, bands []Band, by Parts) ([]Registered, error)
}

// Denominator is what the persons of a cell are held against. Nil means that there is nothing, or nothing known.
type Denominator struct {
	Registered   *int64       // persons, at the end of the period, or today while it runs
	Population   *int64       // residents of the city
	PopulationOf calendar.Day // first day of the month of the population: the latest not after the period's end, or the earliest
}

// Denominators are those of a table, by cell. What is not of time is the same keys in every period, so they are kept by these.
type Denominators struct {
	table      Grouping
	periods    map[string]int // number by key
	months     []calendar.Day // of population, by period
	residents  map[who][]*int64
	registered map[who][]int64
}

// who is what a cell says of persons: its keys, empty on the side of time.
type who struct{ row, column string }

// Of gives the denominator of a cell.
func (d Denominators) Of(p Period, row, column string) (of Denominator) {
	i, ok := d.periods[p.Key]
	if !ok {
		return of
	}
	if d.table.Row.timed() {
		row = ""
	}
	if d.table.Column.timed() {
		column = ""
	}
	of.PopulationOf = d.months[i]
	if residents := d.residents[who{row, column}]; residents != nil {
		of.Population = residents[i]
	}
	if registered := d.registered[who{row, column}]; registered != nil {
		of.Registered = &registered[i]
	} else if d.table.CountsRegistered() { // nobody
		of.Registered = new(int64)
	}
	return of
}

// PopulationOf is the first day of the month of population that a period is held against; no day where none is kept.
func (d Denominators) PopulationOf(p Period) calendar.Day { return d.Of(p, "", "").PopulationOf }

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
	d := Denominators{table: g}
	periods = slices.DeleteFunc(slices.Clone(periods), func(p Period) bool { return p.From.After(today) })
	if !g.Denominated() || len(periods) == 0 {
		return d, nil
	}
	d.periods, d.months = make(map[string]int, len(periods)), make([]calendar.Day, len(periods))
	for i, p := range periods {
		d.periods[p.Key] = i
	}
	w := weigher{atlas: atlas, table: g, periods: periods}
	_, w.by.Home = g.tells(Home)
	_, w.by.Sex = g.tells(Sex)
	w.aged, w.by.Age = g.tells(Age, YouthAge)
	var err error
	if d.residents, err = w.residents(ctx, c, d.months); err != nil {
		return d, err
	}
	d.registered, err = w.registered(ctx, c, today)
	return d, err
}

// weigher puts counts of people into the cells of a table.
type weigher struct {
	atlas   *Atlas
	table   Grouping
	periods []Period
	by      Parts
	aged    Side // where ages are told apart
}

// who are people of a home's code, a sex and a band, as far as the table tells them apart.
func (w weigher) who(home, sex, band string) who {
	key := func(s Side) string {
		switch {
		case s.Level == Total:
			return All
		case s.Axis == Home:
			return w.atlas.Key(home, s.Level)
		case s.Axis == Sex:
			return sex
		case s.Axis == Time:
			return ""
		default:
			return band
		}
	}
	return who{key(w.table.Row), key(w.table.Column)}
}

// residents counts people by period, and tells the month that each period is held against.
func (w weigher) residents(ctx context.Context, c Census, months []calendar.Day) (map[who][]*int64, error) {
	ends := make([]calendar.Day, len(w.periods))
	for i, p := range w.periods {
		ends[i] = p.To
	}
	residents, err := c.Residents(ctx, ends, w.by)
	if err != nil || len(residents) == 0 {
		return nil, err
	}
	of := map[calendar.Day]map[who]*int64{}
	unclear := map[*int64]bool{} // published bands that lie across one of ours say nothing of either
	for _, r := range residents {
		if of[r.Month] == nil {
			of[r.Month] = map[who]*int64{}
		}
		bands, whole := w.aged.Axis.within(r.AgeFrom, r.AgeTo)
		for _, band := range bands {
			k := w.who(r.RegionCode, r.Sex, band)
			n := of[r.Month][k]
			if n == nil {
				n = new(int64)
				of[r.Month][k] = n
			}
			*n += int64(r.Count)
			if !whole {
				unclear[n] = true
			}
		}
	}
	known := slices.SortedFunc(maps.Keys(of), calendar.Day.Compare)
	counts := map[who][]*int64{}
	for i, end := range ends {
		months[i] = known[0]
		for _, month := range known {
			if !month.After(end) {
				months[i] = month
			}
		}
		for k, n := range of[months[i]] {
			if counts[k] == nil {
				counts[k] = make([]*int64, len(ends))
			}
			if !unclear[n] {
				counts[k][i] = n
			}
		}
	}
	return counts, nil
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

// registered counts the registered by period; nothing where they are not counted.
func (w weigher) registered(ctx context.Context, c Census, today calendar.Day) (map[who][]int64, error) {
	if !w.table.CountsRegistered() {
		return nil, nil
	}
	counts := map[who][]int64{}
	count := func(k who, i int, n int64) {
		if counts[k] == nil {
			counts[k] = make([]int64, len(w.periods))
		}
		counts[k][i] += n
	}
	if w.by.Age {
		for i, p := range w.periods {
			persons, err := c.RegisteredOn(ctx, earlier(p.To, today), w.aged.Axis.Bands(), w.by)
			if err != nil {
				return nil, err
			}
			for _, r := range persons {
				count(w.who(r.HomeCode, r.Sex, r.Band), i, r.Count)
			}
		}
		return counts, nil
	}
	sums, err := c.StepSums(ctx, w.periods[0].From, w.by)
	if err != nil {
		return nil, err
	}
	last := len(w.periods) - 1
	for _, s := range sums {
		k := w.who(s.HomeCode, s.Sex, "")
		if s.Month.IsZero() {
			count(k, last, s.Delta)
			continue
		}
		// Who came in one period was not there in all before it.
		came, _ := slices.BinarySearchFunc(w.periods, s.Month, func(p Period, month calendar.Day) int { return earlier(p.To, today).Compare(month) })
		if came > 0 {
			count(k, came-1, -s.Delta)
		}
	}
	for _, standing := range counts {
		for i := last; i > 0; i-- {
			standing[i-1] += standing[i]
		}
	}
	return counts, nil
}

func earlier(a, b calendar.Day) calendar.Day {
	if b.Before(a) {
		return b
	}
	return a
}
