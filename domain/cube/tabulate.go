package cube

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

// State is how far a tabulation is.
type State string

const (
	Awaited  State = "waiting" // or being worked out
	Finished State = "finished"
	Failed   State = "failed"
)

// Tabulation is a table of a pair of axes in a year that is not kept all the time: worked out when asked for, and then kept until
// the facts of that year, or of one before, are others.
type Tabulation struct {
	ID         id.ID
	Year       int
	Table      Grouping
	State      State
	AskedAt    time.Time
	AskedBy    id.ID // account
	FinishedAt *time.Time
	Revision   int64 // of the facts that it was worked out of
	Failures   int
}

// attempts is how often working out may fail before nobody tries any more.
const attempts = 3

var (
	ErrTabulation = fault.New(fault.NotFound, "cube.tabulation_not_found")
	ErrUnfinished = fault.New(fault.Conflict, "cube.unfinished")
)

// Tabulations keeps tabulations inside a transaction.
type Tabulations interface {
	// Revision tells which facts there are of a year and all before: it is another one whenever these change.
	Revision(ctx context.Context, year int) (int64, error)
	// Newest finds the newest tabulation of a table of a year.
	Newest(ctx context.Context, year int, table Grouping) (t Tabulation, ok bool, err error)
	// Add keeps a new one; where one of the same table waits already, nothing is kept.
	Add(ctx context.Context, t Tabulation) error
	// Find gives a tabulation, or fails with ErrTabulation.
	Find(ctx context.Context, of id.ID) (Tabulation, error)
	// Take gives the one that waits longest and that nobody else is at; it is held until the transaction ends.
	Take(ctx context.Context) (t Tabulation, ok bool, err error)
	// Count works a table of a year out of the facts.
	Count(ctx context.Context, year int, table Grouping, atlas *Atlas) ([]Cell, error)
	// Finish keeps the result, in place of older ones of the same table.
	Finish(ctx context.Context, t Tabulation, lines []Line) error
	// Missed keeps how often it failed.
	Missed(ctx context.Context, t Tabulation) error
	// Lines gives a result, without periods.
	Lines(ctx context.Context, of id.ID) ([]Line, error)
	// Atlas reads regions, where population is kept, and holidays.
	Atlas(ctx context.Context) (*Atlas, error)
}

// DeskTx is all that asking may touch.
type DeskTx interface {
	Figures() Reader
	Tabulations() Tabulations
	Audit() audit.Log
}

// ParseSide reads axis.level, such as home.dong.
func ParseSide(s string) (Side, bool) {
	axis, level, _ := strings.Cut(s, ".")
	side := Side{Axis(axis), Level(level)}
	return side, axes[side.Axis] != nil && slices.Contains(side.Axis.Levels(), side.Level)
}

// String gives axis.level.
func (s Side) String() string { return string(s.Axis) + "." + string(s.Level) }

// Sides are all that can be asked for.
func Sides() string {
	var all []string
	for _, a := range Axes() {
		for _, l := range a.Levels() {
			all = append(all, a.On(l).String())
		}
	}
	return strings.Join(all, ", ")
}

// Tabulate asks for a table of a pair of axes in a year; what is known of it already is answered at once. Errors: auth.forbidden,
// request.invalid.
func (s *Service) Tabulate(ctx context.Context, year int, rows, columns string) (t Tabulation, err error) {
	by := auth.From(ctx)
	if err := CanRead(by); err != nil {
		return t, err
	}
	now := s.clock.Now()
	table, err := pairOf(rows, columns, year, s.clock.Day(now))
	if err != nil {
		return t, err
	}
	err = s.store.Desk(ctx, func(ctx context.Context, tx DeskTx) error {
		t = Tabulation{ID: id.New(), Year: year, Table: table, State: Awaited, AskedAt: now, AskedBy: by.AccountID}
		if err := tx.Audit().Record(ctx, t.noted("tabulation.asked", by, now)); err != nil {
			return err
		}
		revision, err := tx.Tabulations().Revision(ctx, year)
		if err != nil {
			return err
		}
		if known, ok, err := tx.Tabulations().Newest(ctx, year, table); err != nil || ok && known.good(revision) {
			t = known
			return err
		}
		if err := tx.Tabulations().Add(ctx, t); err != nil {
			return err
		}
		t, _, err = tx.Tabulations().Newest(ctx, year, table)
		return err
	})
	return t, err
}

// good tells whether there is nothing to work out anew.
func (t Tabulation) good(revision int64) bool {
	return t.State == Awaited || t.State == Finished && t.Revision == revision
}

func pairOf(rows, columns string, year int, today calendar.Day) (Grouping, error) {
	f := fault.Collect()
	side := func(name, text string) Side {
		s, ok := ParseSide(text)
		if f.Require(text != "", name) && !ok {
			f.Add(name, "unknown_choice", "choices", Sides())
		}
		return s
	}
	g := Grouping{side("rows", rows), side("columns", columns)}
	if rows != "" && g.Row.Axis == g.Column.Axis {
		f.Add("columns", "same_axis")
	}
	if f.Require(year != 0, "year") && (year < 1900 || year > today.Year()) {
		f.Add("year", "range", "min", 1900, "max", today.Year())
	}
	return g, f.Err()
}

func (t Tabulation) noted(action string, by auth.Principal, at time.Time) audit.Event {
	return audit.Event{HappenedAt: at, AccountID: &by.AccountID, Action: action, SubjectType: "tabulation", SubjectID: t.ID.String(),
		Detail: audit.Change(nil, audit.Members{"question": asked(t.Table, Periods(Total, calendar.Date(t.Year, 1, 1), calendar.Date(t.Year, 12, 31)), "")})}
}

// Tabulated is a tabulation with its result, which is empty until it is finished.
type Tabulated struct {
	Tabulation
	Answer
	Outdated bool // the facts have changed since
}

// Tabulated gives a tabulation; that it was looked at is noted. Errors: auth.forbidden, cube.tabulation_not_found.
func (s *Service) Tabulated(ctx context.Context, of id.ID) (out Tabulated, err error) {
	by := auth.From(ctx)
	if err := CanRead(by); err != nil {
		return out, err
	}
	now := s.clock.Now()
	err = s.store.Desk(ctx, func(ctx context.Context, tx DeskTx) error {
		t, err := tx.Tabulations().Find(ctx, of)
		if err != nil {
			return err
		}
		if err := tx.Audit().Record(ctx, t.noted("tabulation.read", by, now)); err != nil {
			return err
		}
		level := t.Table.Period()
		out = Tabulated{Tabulation: t, Answer: Answer{Cube: Cube{t.Table.Row.Axis, t.Table.Column.Axis}, Table: t.Table, AsOf: now,
			Periods: Periods(level, calendar.Date(t.Year, 1, 1), earlier(calendar.Date(t.Year, 12, 31), period(s.clock.Day(now), level).To))}}
		if t.State != Finished {
			return nil
		}
		out.AsOf = *t.FinishedAt
		revision, err := tx.Tabulations().Revision(ctx, t.Year)
		if err != nil {
			return err
		}
		out.Outdated = revision != t.Revision
		if out.Waiting, err = tx.Figures().Waiting(ctx); err != nil {
			return err
		}
		if out.Legend, err = tx.Figures().Legend(ctx, t.Table); err != nil {
			return err
		}
		kept, err := tx.Tabulations().Lines(ctx, of)
		if err != nil {
			return err
		}
		return out.fill(kept, t.Year)
	})
	return out, err
}

// fill puts kept lines into their order, with their periods.
func (a *Answer) fill(kept []Line, year int) error {
	counted, weights := make([]Counted, len(kept)), map[[2]string]Denominator{}
	for i, l := range kept {
		counted[i] = Counted{year, l.Cell}
		weights[[2]string{l.Row, l.Column}] = l.Denominator
	}
	a.Lines = a.lines(counted, "", false)
	for i, l := range a.Lines {
		a.Lines[i].Denominator = weights[[2]string{l.Row, l.Column}]
		if of := a.Lines[i].Denominator.PopulationOf; of.After(a.PopulationOf) {
			a.PopulationOf = of
		}
	}
	return nil
}

// Work works one tabulation out, if any waits. What was cut short by a crash waits on, and is taken up again by whoever comes next.
func (s *Service) Work(ctx context.Context) (more bool, err error) {
	var t Tabulation
	now := s.clock.Now()
	err = s.store.Workshop(ctx, func(ctx context.Context, tx DeskTx) (err error) {
		if t, more, err = tx.Tabulations().Take(ctx); err != nil || !more {
			return err
		}
		if t.Revision, err = tx.Tabulations().Revision(ctx, t.Year); err != nil {
			return err
		}
		atlas, err := tx.Tabulations().Atlas(ctx)
		if err != nil {
			return err
		}
		cells, err := tx.Tabulations().Count(ctx, t.Year, t.Table, atlas)
		if err != nil {
			return err
		}
		a := Answer{Table: t.Table, Periods: Periods(t.Table.Period(), calendar.Date(t.Year, 1, 1), calendar.Date(t.Year, 12, 31))}
		weights, err := Denominate(ctx, tx.Figures(), atlas, a.Table, a.Periods, s.clock.Day(now))
		if err != nil {
			return err
		}
		counted := make([]Counted, len(cells))
		for i, c := range cells {
			counted[i] = Counted{t.Year, c}
		}
		lines := a.lines(counted, "", false)
		for i, l := range lines {
			lines[i].Denominator = weights.Of(l.Period, l.Row, l.Column)
		}
		t.State, t.FinishedAt = Finished, &now
		return tx.Tabulations().Finish(ctx, t, lines)
	})
	if err == nil || !more || errors.Is(ctx.Err(), context.Canceled) {
		return more, err
	}
	t.State = Awaited
	if t.Failures++; t.Failures == attempts {
		t.State = Failed
	}
	return more, errors.Join(err, s.store.Desk(context.WithoutCancel(ctx), func(ctx context.Context, tx DeskTx) error { return tx.Tabulations().Missed(ctx, t) }))
}
