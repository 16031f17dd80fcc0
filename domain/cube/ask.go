package cube

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
)

// CanRead lets the centre see exact and live figures; analysts see those that were published.
func CanRead(p auth.Principal) error {
	if p.Is(auth.CentreOfficer) {
		return nil
	}
	return auth.ErrForbidden
}

// CanList lets who sees figures know which there are.
func CanList(p auth.Principal) error {
	if p.Is(auth.CentreOfficer, auth.Analyst) {
		return nil
	}
	return auth.ErrForbidden
}

// Question asks for a table of a listed cube over a stretch of time.
type Question struct {
	Cube          string
	Rows, Columns Level  // of each side; its finest where empty
	Row           string // only this row; all where empty. A region's former code means what it has become
	From, To      string // 2026, 2026-Q3 or 2026-07; this year up to now where empty
	Zeros         bool   // every key of both sides, where nothing was too
}

// asked is the question as it is noted: which table, from when to when, and which row.
func asked(table Grouping, periods []Period, row string) string {
	text := fmt.Sprintf("%s %s..%s", table.Name(), periods[0].Key, periods[len(periods)-1].Key)
	if row != "" {
		text += " row " + row
	}
	return text
}

// Line is a cell in one period, with what its persons are held against.
type Line struct {
	Period
	Cell
	Denominator
}

// Returning are the persons whose first activity ever lies before the period.
func (f Figures) Returning() int64 { return f.Persons - f.Newcomer }

// MinutesPerPerson is the mean, to two places; nil where there is nobody.
func (f Figures) MinutesPerPerson() *float64 { return share(f.Minutes, &f.Persons, 1e2) }

// MinutesPerVisit is the mean, to two places; nil where there is no visit.
func (f Figures) MinutesPerVisit() *float64 { return share(f.Minutes, &f.Visits, 1e2) }

// RegistrationRate is registered ÷ residents (등록률), to six places.
func (l Line) RegistrationRate() *float64 {
	if l.Registered == nil {
		return nil
	}
	return share(*l.Registered, l.Population, 1e6)
}

// ParticipationRate is active persons ÷ residents (참여율), to six places.
func (l Line) ParticipationRate() *float64 { return share(l.Persons, l.Population, 1e6) }

// ActivityRate is active persons ÷ registered persons (활동률), to six places; there is none for people from outside.
func (l Line) ActivityRate() *float64 {
	if l.Row == Outside || l.Column == Outside {
		return nil
	}
	return share(l.Persons, l.Registered, 1e6)
}

// share divides and rounds; nil where there is nothing to divide by.
func share(n int64, by *int64, places float64) *float64 {
	if by == nil || *by == 0 {
		return nil
	}
	r := math.Round(float64(n)/float64(*by)*places) / places
	return &r
}

// Answer is a table with all that its figures mean.
type Answer struct {
	Cube
	Table        Grouping
	Periods      []Period // those that have begun, in order
	Lines        []Line   // row after row where a side is of time, else period after period
	Legend       Legend
	AsOf         time.Time
	Waiting      int          // changes of persons that are not counted yet
	PopulationOf calendar.Day // of the last period; each line names its own
}

// Regular are the persons active in every month of the period; nil for a month, of which that would say nothing.
func (a Answer) Regular(l Line) *int64 {
	if a.Table.Period() == Month {
		return nil
	}
	return &l.Cell.Regular
}

// Selection says which cells of kept tables are wanted.
type Selection struct {
	Table               Grouping
	FirstYear, LastYear int
	FirstKey, LastKey   string // of the side of time; empty where there is none
	Row                 string // empty for all
}

// Counted is a cell of a year.
type Counted struct {
	Year int
	Cell
}

// Reader reads figures from one state of things.
type Reader interface {
	Census
	// Legend reads regions, and groups of fields where a table tells them apart.
	Legend(ctx context.Context, of Grouping) (Legend, error)
	// Cells gives the cells of a kept table in which something is.
	Cells(ctx context.Context, s Selection) ([]Counted, error)
	// Waiting tells how many rows of the queue are not counted yet.
	Waiting(ctx context.Context) (int, error)
}

// Store lets figures be read from one state of things, looks be noted, and tabulations be worked out for as long as it takes.
type Store interface {
	Snapshot(ctx context.Context, fn func(ctx context.Context, r Reader) error) error
	Desk(ctx context.Context, fn func(ctx context.Context, tx DeskTx) error) error
	Workshop(ctx context.Context, fn func(ctx context.Context, tx DeskTx) error) error
}

// Service holds the questions that can be asked about the live figures.
type Service struct {
	store Store
	clock calendar.Clock
}

// NewService makes the use cases.
func NewService(store Store, clock calendar.Clock) *Service { return &Service{store, clock} }

// maxYears bounds a question.
const maxYears = 20

// Ask answers with exact, live figures, and not before it is noted who asked what. Errors: auth.forbidden, cube.unknown, cube.level, request.invalid.
func (s *Service) Ask(ctx context.Context, q Question) (Answer, error) {
	by := auth.From(ctx)
	if err := CanRead(by); err != nil {
		return Answer{}, err
	}
	c, err := Find(q.Cube)
	if err != nil {
		return Answer{}, err
	}
	table, err := c.On(cmp.Or(q.Rows, c.Row.Levels()[0]), cmp.Or(q.Columns, c.Column.Levels()[0]))
	if err != nil {
		return Answer{}, err
	}
	now := s.clock.Now()
	today := s.clock.Day(now)
	periods, err := stretch(table.Period(), q.From, q.To, today)
	if err != nil {
		return Answer{}, err
	}
	noted := make(chan error, 1) // that it is safe on the disk takes as long as reading
	go func() {
		noted <- s.store.Desk(ctx, func(ctx context.Context, tx DeskTx) error {
			return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &by.AccountID, Action: "cube.read", SubjectType: "cube",
				SubjectID: q.Cube, Detail: audit.Change(nil, audit.Members{"question": asked(table, periods, q.Row)})})
		})
	}()
	a := Answer{Cube: c, Table: table, Periods: periods, AsOf: now}
	err = s.store.Snapshot(ctx, func(ctx context.Context, r Reader) error {
		a.Lines = nil
		return a.read(ctx, r, q, today)
	})
	if err := errors.Join(<-noted, err); err != nil {
		return Answer{}, err
	}
	return a, nil
}

// stretch reads from when to when: whole periods of the table's length, but for the one that today is in.
func stretch(l Level, from, to string, today calendar.Day) ([]Period, error) {
	f := fault.Collect()
	read := func(name, s string, def calendar.Day) Period {
		p, ok := ParsePeriod(s)
		switch {
		case s == "":
			return Period{From: def, To: def}
		case !ok:
			f.Add(name, "period")
		}
		return p
	}
	first, last := read("from", from, period(today, Total).From), read("to", to, today)
	if f.Err() != nil {
		return nil, f.Err()
	}
	start, end := period(first.From, l), period(last.To, l)
	switch {
	case start.From.After(end.From):
		f.Add("to", "order", "after", "from")
	case end.To.Year()-start.From.Year() >= maxYears:
		f.Add("to", "period_too_long", "years", maxYears)
	case start.From.After(today):
		f.Add("from", "future")
	case start.From != first.From:
		f.Add("from", "period_whole", "period", start.Key)
	case end.To != last.To && last.To.Before(today.FirstOfMonth()):
		f.Add("to", "period_whole", "period", end.Key)
	}
	return Periods(l, start.From, earlier(end.To, period(today, l).To)), f.Err()
}

func (a *Answer) read(ctx context.Context, r Reader, q Question, today calendar.Day) (err error) {
	if a.Waiting, err = r.Waiting(ctx); err != nil {
		return err
	}
	if a.Legend, err = r.Legend(ctx, a.Table); err != nil {
		return err
	}
	first, last := a.Periods[0], a.Periods[len(a.Periods)-1]
	wanted := Selection{Table: a.Table, FirstYear: first.From.Year(), LastYear: last.To.Year()}
	if a.Table.Period() != Total {
		wanted.FirstKey, wanted.LastKey = first.Key, last.Key
	}
	if q.Row != "" {
		wanted.Row = a.Legend.Newest(a.Table.Row, q.Row)
	}
	counted, err := r.Cells(ctx, wanted)
	if err != nil {
		return err
	}
	weights, err := Denominate(ctx, r, a.Legend.Atlas(), a.Table, a.Periods, today)
	if err != nil {
		return err
	}
	a.PopulationOf = weights.PopulationOf(last)
	a.Lines = a.lines(counted, wanted.Row, q.Zeros)
	for i, l := range a.Lines {
		a.Lines[i].Denominator = weights.Of(l.Period, l.Row, l.Column)
	}
	return nil
}

// lines gives cells their periods, and puts them into their order; with zeros those are among them in which nothing is.
func (a *Answer) lines(counted []Counted, row string, zeros bool) []Line {
	known := map[string]Period{}
	for _, p := range a.Periods {
		known[p.Key] = p
	}
	when := func(year int, row, column string) Period {
		switch {
		case a.Table.Period() == Total:
			return known[period(calendar.Date(year, 1, 1), Total).Key]
		case a.Table.Row.timed():
			return known[row]
		default:
			return known[column]
		}
	}
	lines := make([]Line, 0, len(counted))
	for _, c := range counted {
		p := when(c.Year, c.Row, c.Column)
		lines = append(lines, Line{Period: p, Cell: c.Cell})
	}
	if zeros {
		type cellOf struct{ period, row, column string }
		there := make(map[cellOf]bool, len(lines))
		for _, l := range lines {
			there[cellOf{l.Key, l.Row, l.Column}] = true
		}
		for _, p := range a.Periods {
			for _, r := range a.keys(a.Table.Row, p) {
				for _, c := range a.keys(a.Table.Column, p) {
					if !there[cellOf{p.Key, r, c}] && (row == "" || row == r) {
						lines = append(lines, Line{Period: p, Cell: Cell{Row: r, Column: c}})
					}
				}
			}
		}
	}
	// Lines are many and long: their places are worked out first, and each is moved once.
	rows := a.ranks(a.Table.Row, lines, func(l Line) string { return l.Row })
	columns := a.ranks(a.Table.Column, lines, func(l Line) string { return l.Column })
	type place struct{ period, row, column, line int }
	places := make([]place, len(lines))
	for i, l := range lines {
		places[i] = place{0, rows[l.Row], columns[l.Column], i}
		if a.Table.Period() == Total { // else one of the sides is the period
			places[i].period = l.From.Year()
		}
	}
	slices.SortFunc(places, func(x, y place) int {
		return cmp.Or(x.period-y.period, x.row-y.row, x.column-y.column, x.line-y.line)
	})
	sorted := make([]Line, len(lines))
	for i, p := range places {
		sorted[i] = lines[p.line]
	}
	return sorted
}

// ranks numbers the keys that lines have on a side, in the side's order.
func (a *Answer) ranks(s Side, lines []Line, key func(Line) string) map[string]int {
	ranks := map[string]int{}
	for _, l := range lines {
		ranks[key(l)] = 0
	}
	for i, k := range slices.SortedFunc(maps.Keys(ranks), a.Legend.order(s)) {
		ranks[k] = i
	}
	return ranks
}

// keys are those of a side in a period.
func (a *Answer) keys(s Side, p Period) []string {
	if s.timed() {
		return []string{p.Key}
	}
	return a.Legend.Keys(s)
}
