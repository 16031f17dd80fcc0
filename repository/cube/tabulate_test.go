package cube_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"dure/domain/cube"
	"dure/domain/kernel/fault"
	"dure/repository"
	store "dure/repository/cube"
	"dure/repository/dbtest"
)

// Any pair of axes that is asked for is what a plain count over the ledger gives, and so is the next one after whatever happened.
func TestTabulationsAreAPlainCount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		w := newTown(t, db, 23)
		ctx, service := w.officer()
		for range 90 {
			w.happen()
		}
		w.catchUp()
		seen := 0
		for round := range 60 {
			axes := cube.Axes()
			w.chance.Shuffle(len(axes), func(i, j int) { axes[i], axes[j] = axes[j], axes[i] })
			g := cube.Grouping{Row: axes[0].On(axes[0].Levels()[0]), Column: axes[1].On(pick(w, axes[1].Levels()))}
			year := 2026 - w.chance.IntN(4)/3
			asked, err := service.Tabulate(ctx, year, g.Row.String(), g.Column.String())
			if err != nil {
				t.Fatal(err)
			}
			for more := true; more; {
				if more, err = service.Work(ctx); err != nil {
					t.Fatalf("%+v: %v", g, err)
				}
			}
			found, err := service.Tabulated(ctx, asked.ID)
			if err != nil || found.State != cube.Finished || found.Outdated {
				t.Fatalf("%+v %v", found.Tabulation, err)
			}
			var got, want []string
			for _, l := range found.Lines {
				got = append(got, fmt.Sprintf("%s %s: %d %d %d %d %d", l.Row, l.Column, l.Persons, l.Visits, l.Minutes, l.Newcomer, l.Cell.Regular))
				if g.CountsRegistered() != (l.Registered != nil) {
					t.Errorf("%+v %+v", g, l)
				}
				if g.CountsRegistered() {
					registered := int64(0)
					for who, n := range w.live(sooner(l.To, day(theDay))) {
						if under(g.Row, l.Row, who) && under(g.Column, l.Column, who) {
							registered += n
						}
					}
					if *l.Registered != registered {
						t.Errorf("%+v: %s registered in %+v, not %d", g, text(l.Registered), l, registered)
					}
				}
			}
			for _, line := range w.plainly(g) {
				if f := strings.Fields(line); f[0] != "stock" && f[1] == fmt.Sprint(year) {
					want = append(want, fmt.Sprintf("%s %s: %s", f[2], f[3], strings.Join(f[4:], " ")))
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			compare(t, fmt.Sprint(g, " of ", year), got, want)
			seen += len(got)
			if t.Failed() {
				return
			}
			if round%10 == 9 {
				for range 5 {
					w.happen()
				}
				w.catchUp()
			}
		}
		if seen < 300 {
			t.Fatalf("only %d cells were looked at", seen)
		}
	})
}

// What is asked again is told at once until the facts of the year, or of one before, are others.
func TestTabulationsAreKeptUntilTheFactsMove(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		w := newTown(t, db, 29)
		ctx, service := w.officer()
		for range 20 {
			w.come()
		}
		w.catchUp()
		ask := func(year int) cube.Tabulation {
			t.Helper()
			a, err := service.Tabulate(ctx, year, "place.gu", "sex.each")
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		work := func() (more bool) {
			t.Helper()
			more, err := service.Work(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return more
		}
		first, same := ask(2026), ask(2026)
		if first.ID != same.ID || first.State != cube.Awaited {
			t.Fatal(first, same)
		}
		before := ask(2025)
		for n, want := range []bool{true, true, false} {
			if work() != want {
				t.Error("each is worked out once", n)
			}
		}
		if again := ask(2026); again.ID != first.ID || again.State != cube.Finished {
			t.Error(again)
		}
		w.post(w.draft(w.told[0], "correction", 60, 0, day("2026-03-04")))
		if again := ask(2026); again.ID != first.ID {
			t.Error("nothing is counted yet", again)
		}
		w.catchUp()
		if out, err := service.Tabulated(ctx, first.ID); err != nil || !out.Outdated || len(out.Lines) == 0 {
			t.Error(out, err)
		}
		if again := ask(2025); again.ID != before.ID {
			t.Error("the year before has not moved", again)
		}
		next := ask(2026)
		if next.ID == first.ID || !work() {
			t.Error(next)
		}
		if _, err := service.Tabulated(ctx, first.ID); !errors.Is(err, cube.ErrTabulation) {
			t.Error(err)
		}
		w.post(w.draft(w.told[0], "correction", 60, 0, day("2025-03-04"))) // who is new in 2026 may be another now
		w.catchUp()
		if again := ask(2026); again.ID == next.ID {
			t.Error(again)
		}
		work()
		w.do(`INSERT INTO holidays (day, name) VALUES ('2026-03-05', '임시공휴일')`)
		w.catchUp()
		if again := ask(2025); again.ID == before.ID {
			t.Error(again)
		}
	})
}

// What is cut short waits on; several workers never do the same; what cannot be worked out is given up after a while.
func TestWorkIsTakenUpAgainAndGivenUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		w := newTown(t, db, 31)
		ctx, service := w.officer()
		w.come()
		w.catchUp()
		asked, err := service.Tabulate(ctx, 2026, "camp.dong", "field.group")
		if err != nil {
			t.Fatal(err)
		}
		crash := errors.New("the power went out")
		err = store.NewStore(db).Workshop(ctx, func(txCtx context.Context, tx cube.DeskTx) error {
			if _, ok, err := tx.Tabulations().Take(txCtx); !ok || err != nil {
				t.Error(ok, err)
			}
			if db.Dialect() == repository.Postgres { // SQLite has one writer anyway
				if more, err := service.Work(ctx); more || err != nil {
					t.Error("two are at the same", more, err)
				}
			}
			return crash
		})
		if !errors.Is(err, crash) {
			t.Error(err)
		}
		stopped, stop := context.WithCancel(ctx)
		stop()
		if _, err := service.Work(stopped); err == nil {
			t.Error("stopped work is no work")
		}
		w.do(`ALTER TABLE cube_facts RENAME TO elsewhere`)
		for n := range 3 {
			if out, err := service.Tabulated(ctx, asked.ID); err != nil || out.State != cube.Awaited || out.Failures != n {
				t.Fatal(out.Tabulation, err)
			}
			if _, err := service.Work(ctx); err == nil {
				t.Error("there are no facts")
			} else if _, ok := fault.From(err); ok {
				t.Error(err)
			}
		}
		w.do(`ALTER TABLE elsewhere RENAME TO cube_facts`)
		if more, err := service.Work(ctx); more || err != nil {
			t.Error("given up is given up", more, err)
		}
		again, err := service.Tabulate(ctx, 2026, "camp.dong", "field.group")
		if err != nil || again.ID == asked.ID {
			t.Fatal(again, err)
		}
		if more, err := service.Work(ctx); !more || err != nil {
			t.Error(more, err)
		}
		if out, err := service.Tabulated(ctx, again.ID); err != nil || out.State != cube.Finished {
			t.Error(out.Tabulation, err)
		}
	})
}
