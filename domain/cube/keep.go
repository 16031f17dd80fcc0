package cube

import (
	"bytes"
	"context"
	"slices"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// Batch is how many changes of persons are taken up at once.
const Batch = 1000

// StockKey names a sum of steps: how many more persons of a sex are registered as living somewhere at a month's end than at its beginning.
type StockKey struct {
	Month    calendar.Day // its first day
	HomeCode string
	Sex      string
}

// Stock are sums of steps.
type Stock map[StockKey]int64

// Add adds (or with sign -1 takes away) steps.
func (s Stock) Add(steps []Step, sign int64) {
	for _, step := range steps {
		k := StockKey{step.Day.FirstOfMonth(), step.HomeCode, step.Sex}
		if s[k] += sign * int64(step.Delta); s[k] == 0 {
			delete(s, k)
		}
	}
}

// Changed is a person of whom something was recorded that figures may depend on: of a day, of the days of a year (where there is no
// day), or of any day (where the year is 0).
type Changed struct {
	VolunteerID id.ID
	Year        int
	Day         calendar.Day
}

// AnyDay tells whether any day of the person may have changed, as when something else than what he did was recorded of him.
func (c Changed) AnyDay() bool { return c.Year == 0 }

// covers tells whether a day of the person is one that changed.
func (c Changed) covers(day calendar.Day) bool {
	return c.AnyDay() || c.Year == day.Year() && (c.Day.IsZero() || c.Day == day)
}

// within tells whether the change is part of another one of the same person.
func (c Changed) within(other Changed) bool {
	return other.AnyDay() || other.Year == c.Year && (other.Day.IsZero() || other.Day == c.Day)
}

// Days are the first and the last that may have changed.
func (c Changed) Days() (from, to calendar.Day) {
	switch {
	case c.AnyDay():
		return calendar.Date(1900, 1, 1), calendar.Date(2100, 12, 31)
	case c.Day.IsZero():
		return calendar.Date(c.Year, 1, 1), calendar.Date(c.Year, 12, 31)
	}
	return c.Day, c.Day
}

// Work is what was taken from the queue.
type Work struct {
	Persons []Changed
	Taken   int
	Recount bool // regions, population or holidays changed: all facts are to be counted again
}

// Known is what figures are made of for some persons.
type Known struct {
	Facts map[id.ID][]Fact
	Steps map[id.ID][]Step
}

// Change is what differs from what was kept.
type Change struct {
	GoneFacts, NewFacts []Fact
	GoneSteps, NewSteps []Step
	Counts              Counts
	Stock               Stock
}

// Repository keeps facts and figures inside a transaction.
type Repository interface {
	// Lock keeps all others from keeping figures until the transaction ends. Without wait it gives up where somebody else holds it.
	Lock(ctx context.Context, wait bool) (held bool, err error)
	// Take takes up to so many rows about persons off the queue, oldest first, and tells whether a recount is asked for.
	Take(ctx context.Context, most int) (Work, error)
	// Recounted takes the wish for a recount off the queue.
	Recounted(ctx context.Context) error
	// Empty takes everything off the queue.
	Empty(ctx context.Context) error
	// Atlas reads regions, where population is kept, and holidays.
	Atlas(ctx context.Context) (*Atlas, error)
	// Persons reads persons with their moves.
	Persons(ctx context.Context, ids []id.ID) ([]Person, error)
	// Entries reads what the ledger says of persons on the days that changed, none of which is named twice.
	Entries(ctx context.Context, of []Changed) ([]Entry, error)
	// Kept reads the kept facts of the years in which something changed, and those of the first day of all where it lies before them: it
	// says that nobody is new in them. Of whoever is, it reads all facts. Of persons of whom any day may have changed it reads all steps.
	Kept(ctx context.Context, of []Changed) (Known, error)
	// Write writes what changed.
	Write(ctx context.Context, c Change) error
	// Replace writes all figures anew.
	Replace(ctx context.Context, counts Counts, stock Stock) error
	// EachPerson gives the kept facts of one person after the other, of all years or of one.
	EachPerson(ctx context.Context, year int, fn func(facts []Fact) error) error
	// EachStep gives all kept steps.
	EachStep(ctx context.Context, fn func(Step) error) error
	// PersonsAfter gives ids of persons in their order, after one of them.
	PersonsAfter(ctx context.Context, after id.ID, most int) ([]id.ID, error)
}

// Tx is all that keeping figures may touch.
type Tx interface{ Cubes() Repository }

// KeepStore runs the keeping of figures in transactions.
type KeepStore interface {
	// Pending tells whether anything waits in the queue.
	Pending(ctx context.Context) (bool, error)
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
	// Rework is Update for as long as it takes.
	Rework(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Keeper brings facts and figures up to what the ledger says. It runs beside the posts, a second or so behind them, so that no
// post waits for a counter that all share; what is waiting is told with every figure.
type Keeper struct{ store KeepStore }

// NewKeeper makes one.
func NewKeeper(store KeepStore) *Keeper { return &Keeper{store} }

// CatchUp works the queue off; it gives how many rows that were. Where another process is at it, nothing is done.
func (k *Keeper) CatchUp(ctx context.Context) (done int, err error) {
	for {
		if pending, err := k.store.Pending(ctx); err != nil || !pending {
			return done, err
		}
		var work Work
		err := k.store.Update(ctx, func(ctx context.Context, tx Tx) error {
			work = Work{}
			held, err := tx.Cubes().Lock(ctx, false)
			if err != nil || !held {
				return err
			}
			if work, err = tx.Cubes().Take(ctx, Batch); err != nil {
				return err
			}
			return keep(ctx, tx.Cubes(), work.Persons, true)
		})
		if err == nil && work.Recount {
			err = k.Recount(ctx)
		}
		if done += work.Taken; err != nil || work.Taken == 0 {
			return done, err
		}
	}
}

// Recount counts all kept facts anew and replaces the figures, in one step for whoever reads them. Posts go on meanwhile.
func (k *Keeper) Recount(ctx context.Context) error {
	return k.alone(ctx, recount)
}

// alone does what no other keeper may meet, for as long as it takes; what they would have done waits in the queue.
func (k *Keeper) alone(ctx context.Context, fn func(ctx context.Context, r Repository) error) error {
	return k.store.Rework(ctx, func(ctx context.Context, tx Tx) error {
		if _, err := tx.Cubes().Lock(ctx, true); err != nil {
			return err
		}
		return fn(ctx, tx.Cubes())
	})
}

func recount(ctx context.Context, r Repository) error {
	if err := r.Recounted(ctx); err != nil {
		return err
	}
	atlas, err := r.Atlas(ctx)
	if err != nil {
		return err
	}
	tally, stock := NewCounter(atlas).Tally(), Stock{}
	if err := r.EachPerson(ctx, 0, func(facts []Fact) error {
		tally.Add(facts)
		return nil
	}); err != nil {
		return err
	}
	if err := r.EachStep(ctx, func(s Step) error {
		stock.Add([]Step{s}, 1)
		return nil
	}); err != nil {
		return err
	}
	return r.Replace(ctx, tally.Counts(), stock)
}

func anyYear(int) bool { return true }

// Rebuild makes all facts anew from the ledger, some persons at a time, and then all figures of them. On PostgreSQL it runs online:
// posts go on and wait in the queue as always, and readers see the figures as they were until it has ended. On SQLite posts
// wait, as for any other write. Progress is told after each step.
func (k *Keeper) Rebuild(ctx context.Context, progress func(persons int)) error {
	return k.alone(ctx, func(ctx context.Context, r Repository) error {
		if err := r.Empty(ctx); err != nil {
			return err
		}
		for after, done := id.Nil, 0; ; {
			ids, err := r.PersonsAfter(ctx, after, Batch)
			if err != nil {
				return err
			}
			if len(ids) == 0 {
				return recount(ctx, r)
			}
			all := make([]Changed, len(ids))
			for i, person := range ids {
				all[i].VolunteerID = person
			}
			if err := keep(ctx, r, all, false); err != nil {
				return err
			}
			after, done = ids[len(ids)-1], done+len(ids)
			progress(done)
		}
	})
}

// keep makes the facts of changed persons anew and, unless all will be counted anyway, moves the figures by the difference.
func keep(ctx context.Context, r Repository, changed []Changed, move bool) error {
	if len(changed) == 0 {
		return nil
	}
	atlas, err := r.Atlas(ctx)
	if err != nil {
		return err
	}
	ids, of := persons(changed)
	was, is, err := known(ctx, r, ids, of)
	if err != nil {
		return err
	}
	c := Change{Counts: Counts{}, Stock: Stock{}}
	counter := NewCounter(atlas)
	for _, person := range ids {
		before, after := was.Facts[person], is.Facts[person]
		counter.Difference(c.Counts, before, after)
		gone, fresh := apart(before, after)
		c.GoneFacts, c.NewFacts = append(c.GoneFacts, gone...), append(c.NewFacts, fresh...)
		from, to := apart(was.Steps[person], is.Steps[person])
		c.Stock.Add(from, -1)
		c.Stock.Add(to, 1)
		c.GoneSteps, c.NewSteps = append(c.GoneSteps, from...), append(c.NewSteps, to...)
	}
	if !move {
		c.Counts, c.Stock = nil, nil
	}
	return r.Write(ctx, c)
}

// persons gives each changed person once, with his changes, none of which is part of another.
func persons(changed []Changed) (ids []id.ID, of map[id.ID][]Changed) {
	of = map[id.ID][]Changed{}
	for _, c := range changed {
		known, ok := of[c.VolunteerID]
		if !ok {
			ids = append(ids, c.VolunteerID)
		}
		if !slices.ContainsFunc(known, c.within) {
			of[c.VolunteerID] = append(slices.DeleteFunc(known, func(k Changed) bool { return k.within(c) }), c)
		}
	}
	slices.SortFunc(ids, func(a, b id.ID) int { return bytes.Compare(a[:], b[:]) })
	return ids, of
}

// known reads what is kept of persons and what should be. Of days that did not change the kept facts stand.
func known(ctx context.Context, r Repository, ids []id.ID, of map[id.ID][]Changed) (was, is Known, err error) {
	var all []Changed
	for _, person := range ids {
		all = append(all, of[person]...)
	}
	if was, err = r.Kept(ctx, all); err != nil {
		return was, is, err
	}
	persons, err := r.Persons(ctx, ids)
	if err != nil {
		return was, is, err
	}
	entries, err := r.Entries(ctx, all)
	if err != nil {
		return was, is, err
	}
	did := map[id.ID][]Entry{}
	for _, e := range entries {
		did[e.VolunteerID] = append(did[e.VolunteerID], e)
	}
	is = Known{map[id.ID][]Fact{}, map[id.ID][]Step{}}
	for _, p := range persons {
		facts := p.Facts(net(did[p.ID]))
		for _, f := range was.Facts[p.ID] {
			if !slices.ContainsFunc(of[p.ID], func(c Changed) bool { return c.covers(f.Day) }) {
				facts = append(facts, f)
			}
		}
		if len(facts) > 0 {
			first := FirstDay(facts)
			for i := range facts {
				facts[i].Newcomer = facts[i].Day == first
			}
		}
		if is.Facts[p.ID] = facts; slices.ContainsFunc(of[p.ID], Changed.AnyDay) {
			is.Steps[p.ID] = p.Steps()
		}
	}
	return was, is, nil
}

// apart gives what is only before, and what is only after.
func apart[T comparable](before, after []T) (gone, fresh []T) {
	rest := make(map[T]bool, len(before))
	for _, x := range before {
		rest[x] = true
	}
	for _, x := range after {
		if rest[x] {
			delete(rest, x)
		} else {
			fresh = append(fresh, x)
		}
	}
	for _, x := range before {
		if rest[x] {
			gone = append(gone, x)
		}
	}
	return gone, fresh
}
