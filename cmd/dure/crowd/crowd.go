// Package crowd invents the people of a whole city: hundreds of thousands with years of volunteering, copied into the database
// month by month, so that what it keeps in memory grows with the people, not with what they did.
package crowd

import (
	"context"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/recognition"
	"dure/repository/bulk"
)

// City is what the people find when they come, and how many they are.
type City struct {
	Zone         *time.Location
	First, Today calendar.Day // days from a first of a month up to, not including, today have presences
	CodesChanged calendar.Day
	Dongs        []Dong
	Elsewhere    []string // regions of people from outside
	Houses       []House
	Officers     []id.ID // accounts of the centre, two or more
	Rules        recognition.Rules
	PasswordHash string   // of everybody who can sign in
	Groups       []string // with which some come

	People  int // to be registered
	Entries int // to be posted, about

	Name   func(r *rand.Rand, girl bool, born int) string
	Born   func(r *rand.Rand) calendar.Day
	Mobile func(n int) string
	Number func(n int) (string, bool) // the n-th number of a volunteer, unless it is taken
}

// Dong is where people live, under both of its codes.
type Dong struct {
	Former, Code string
	Gu           string
	Residents    int
}

func (c *City) codeOn(d int, day calendar.Day) string {
	if day.Before(c.CodesChanged) {
		return c.Dongs[d].Former
	}
	return c.Dongs[d].Code
}

// House is a camp or a demand site at which people meet.
type House struct {
	ID       id.ID
	Camp     bool
	Dong     int
	From, To calendar.Day // To is zero while it is open
	Region   string       // code of the camp's, and of what it lists
	Staff    []id.ID      // accounts
	Posts    [times]*Post // what it lists for each time; nil for nothing
}

// Times of the week for which a house may list something.
const (
	OnWeekdays = iota
	OnWeekends
	AtNight // across midnight, every day
	AllDay  // longer than a day may count, on Saturdays
	times
)

// Post is an activity with a shift on every day of its kind.
type Post struct {
	ID             id.ID
	Field          string
	Start, Minutes int // of the day, and how long
	Rest, Capacity int
	Youths         bool

	house        *House
	kind, number int
}

// takesPlace tells whether a kind of shift is on a day.
func takesPlace(kind int, day calendar.Day) bool {
	switch w := day.Weekday(); kind {
	case OnWeekdays:
		return w != time.Saturday && w != time.Sunday
	case OnWeekends:
		return w == time.Saturday || w == time.Sunday
	case AllDay:
		return w == time.Saturday
	}
	return true
}

func (h *House) open(day calendar.Day) bool {
	return !day.Before(h.From) && (h.To.IsZero() || !day.After(h.To))
}

// seed makes every crowd the same.
const seed = 20250929

// atOnce is how many people are gone through at once: some ten thousand rows, at most.
const atOnce = 10_000

// loader is one crowd on its way into the database.
type loader struct {
	*City
	load   *bulk.Load
	tell   func(format string, args ...any) error
	now    time.Time // nothing happens later
	months []month
	near   [][]int                  // houses by dong
	wide   map[string]*[times][]int // houses by gu and by what they list
	posts  []*Post
	span   int            // days of shifts
	taken  []int32        // places on each post's shift of each day
	moved  []atomic.Int64 // presences in each month's transfer
	people []person
	sums   sums
	count  int64 // of entries
}

// Load copies a crowd into tables that are bare, and tells how it gets on.
func Load(ctx context.Context, c *City, load *bulk.Load, tell func(format string, args ...any) error) error {
	l := &loader{City: c, load: load, tell: tell, now: c.Today.Start(c.Zone).UTC()}
	l.prepare()
	for _, part := range []func(context.Context) error{l.register, l.live, l.close} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Tables are those that a crowd is copied into.
func Tables() (names []string) {
	for _, t := range []bulk.Table{volunteers, residences, consents, guardians, accounts, shifts, signUps, attendances, changes, transfers, origins,
		books, entries, postings, decreases, personMonths, personYears, personFields, facts, steps} {
		names = append(names, t.Name)
	}
	return names
}

// part is what one stretch of people did in a month, ready to be copied.
type part struct {
	signUps, attendances, changes, origins, entries, postings, decreases, facts bulk.Rows
}

// live lets the months pass. Some stretches of people are gone through while others are copied; a month begins when the one
// before is over for everybody.
func (l *loader) live(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	begun := time.Now()
	type ready chan *part
	queue, free := make(chan ready, 64), make(chan *part, runtime.GOMAXPROCS(0)+2)
	for range cap(free) {
		free <- &part{}
	}
	go func() {
		defer close(queue)
		for m := range l.months {
			var working sync.WaitGroup
			for from := 0; from < len(l.people); from += atOnce {
				var p *part
				select {
				case p = <-free:
				case <-ctx.Done():
					return
				}
				out := make(ready, 1)
				queue <- out
				working.Go(func() {
					if err := l.stretch(&l.months[m], m, from, min(from+atOnce, len(l.people)), p); err != nil {
						stop(err)
					}
					out <- p
				})
			}
			working.Wait()
		}
	}()
	stretches, n := (len(l.people)+atOnce-1)/atOnce, 0
	for out := range queue {
		p := <-out
		if err := context.Cause(ctx); err != nil {
			return err
		}
		l.count += int64(p.entries.Count())
		if err := l.copy(ctx, p); err != nil {
			return err
		}
		free <- p
		if n++; n%stretches == 0 {
			rate := float64(l.count) / time.Since(begun).Seconds()
			if err := l.tell("%s: %d of about %d entries, %.0f a second", l.months[n/stretches-1].first.String()[:7], l.count, l.Entries, rate); err != nil {
				return err
			}
		}
	}
	return context.Cause(ctx)
}

func (l *loader) copy(ctx context.Context, p *part) error {
	for _, t := range []struct {
		table bulk.Table
		rows  *bulk.Rows
	}{{signUps, &p.signUps}, {attendances, &p.attendances}, {changes, &p.changes}, {origins, &p.origins}, {entries, &p.entries},
		{postings, &p.postings}, {decreases, &p.decreases}, {facts, &p.facts}} {
		if err := l.load.Copy(ctx, t.table, t.rows); err != nil {
			return err
		}
		t.rows.Reset()
	}
	return nil
}

// sending copies rows of one table that are made one by one, some thousand at a time.
func (l *loader) sending(ctx context.Context, t bulk.Table, n int, write func(i int, r *bulk.Rows)) error {
	var rows bulk.Rows
	for i := range n {
		write(i, &rows)
		if rows.Count() >= atOnce || i == n-1 {
			if err := l.load.Copy(ctx, t, &rows); err != nil {
				return err
			}
			rows.Reset()
		}
	}
	return nil
}

// close writes what stands when all months have passed: shifts with their places taken, accounts as they stand, and the sums.
func (l *loader) close(ctx context.Context) error {
	for _, p := range []func(context.Context) error{l.writeShifts, l.writeTransfers, l.writeBooks, l.writeSums} {
		if err := p(ctx); err != nil {
			return err
		}
	}
	return l.tell("%d entries of %d people", l.count, len(l.people))
}

// drawer draws for one person in one month, or for one person at all.
type drawer struct {
	source *rand.PCG
	*rand.Rand
}

func newDrawer() drawer {
	source := rand.NewPCG(0, 0)
	return drawer{source, rand.New(source)}
}

func (d drawer) begin(person, part int) { d.source.Seed(seed^uint64(person)<<20, uint64(part)) }

func (d drawer) of(p float64) bool { return d.Float64() < p }

func (d drawer) between(least, most int) int { return least + d.IntN(most-least+1) }

// minutes draws a stretch of time between two numbers of minutes, seconds included.
func (d drawer) minutes(least, most int) time.Duration {
	return time.Duration(least)*time.Minute + time.Duration(d.IntN((most-least)*60+1))*time.Second
}

// id makes an id as it would have been made at an instant.
func (d drawer) id(at time.Time) id.ID { return stamped(at, uint16(d.Uint32()), d.Uint64()) }

// stamped is the UUIDv7 of an instant with these bits for the rest.
func stamped(at time.Time, a uint16, b uint64) (u id.ID) {
	ms := uint64(at.UnixMilli())
	for i := range 6 {
		u[i] = byte(ms >> (40 - 8*i))
	}
	u[6], u[7] = 0x70|byte(a>>8)&0x0f, byte(a)
	for i := range 8 {
		u[8+i] = byte(b >> (56 - 8*i))
	}
	u[8] = u[8]&0x3f | 0x80
	return u
}

// month is one of those that pass.
type month struct {
	first    calendar.Day
	days     int          // that have passed
	over     time.Time    // what happens from here on is the next month's
	factor   [3]float64   // how much is done, by whose it is
	chosen   [3][]float64 // how much of it up to and with each day
	transfer id.ID        // the file in which the portal sent its part
	sent     time.Time
}
