package points_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/ledger"
	"dure/domain/points"
	"dure/repository"
	"dure/repository/dbtest"
	store "dure/repository/points"
)

func TestWhatExpiresFirstIsSpentFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newPurse(t, db, 1000)
		c.must(c.grant(c.gift(100, ""), c.gift(100, "2026-12-31"), c.gift(100, "2026-09-30")))
		m := c.wants(300, 0)
		if on, n, ok := m.NextExpiry(); !ok || n != 100 || on != calendar.MustParse("2026-09-30") {
			t.Error(on, n)
		}
		_, err := c.spend(150)
		c.must(err)
		m = c.wants(150, 0)
		if len(m.Lots) != 2 || m.Lots[0].Remaining != 50 || m.Lots[0].ExpiresOn != calendar.MustParse("2026-12-31") || m.Lots[1].Remaining != 100 {
			t.Errorf("%+v", m.Lots)
		}
		if _, err := c.spend(151); !errors.Is(err, points.ErrInsufficient) {
			t.Error(err)
		}
		if _, err := c.spend(0); !errors.Is(err, points.ErrAmount) {
			t.Error(err)
		}
		if b := c.budget(); b.Funded != 1000 || b.Available != 700 || b.Granted != 300 || b.Held != 150 || b.Spent != 150 {
			t.Errorf("%+v", b)
		}
		c.sound()
	})
}

func TestTheLastDayCounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newPurse(t, db, 1000)
		c.must(c.grant(c.gift(100, "2026-12-31"), c.gift(100, "2027-12-31")))
		c.today = calendar.MustParse("2026-12-31")
		if n, err := c.service().Expire(context.Background()); n != 0 || err != nil {
			t.Fatal(n, err)
		}
		spent, err := c.spend(60)
		c.must(err)
		c.today = c.today.Add(1)
		c.wants(100, 0) // the job has not run yet
		if _, err := c.spend(101); !errors.Is(err, points.ErrInsufficient) {
			t.Error(err)
		}
		if b := c.budget(); b.Expired != 0 {
			t.Errorf("a refused spending expired %+v", b)
		}
		for _, want := range []int{1, 0} {
			if n, err := c.service().Expire(context.Background()); n != want || err != nil {
				t.Fatal(n, err)
			}
		}
		if b := c.budget(); b.Expired != 40 || b.Held != 100 || b.Spent != 60 {
			t.Errorf("%+v", b)
		}
		// What comes back after its day expires once more.
		c.must(c.cancel(spent.ID))
		c.wants(100, 0)
		if b := c.budget(); b.Expired != 100 || b.Spent != 0 {
			t.Errorf("%+v", b)
		}
		if err := c.cancel(spent.ID); !errors.Is(err, points.ErrCancelled) {
			t.Error(err)
		}
		if err := c.cancel(id.New()); !errors.Is(err, points.ErrNotSpent) {
			t.Error(err)
		}
		c.sound()
	})
}

func TestACancelledSpendingComesBackToItsLots(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newPurse(t, db, 1000)
		c.must(c.grant(c.gift(50, "2026-08-31"), c.gift(50, "2026-12-31")))
		before := c.wants(100, 0)
		spent, err := c.spend(70)
		c.must(err)
		c.must(c.cancel(spent.ID))
		if after := c.wants(100, 0); !slices.Equal(after.Lots, before.Lots) {
			t.Errorf("%+v became %+v", before.Lots, after.Lots)
		}
		c.sound()
	})
}

func TestWhatWasUsedIsOwedAndSettledFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newPurse(t, db, 1000)
		c.must(c.grant(c.gift(100, "2026-12-31")))
		spent, err := c.spend(70)
		c.must(err)
		c.must(c.takeBack(90))
		m := c.wants(0, 60)
		if m.Debts[0].Reason != "까닭" || m.Debts[0].ProgrammeID != c.programme || m.Debts[0].Amount != 60 {
			t.Errorf("%+v", m.Debts)
		}
		if b := c.budget(); b.Available != 930 || b.TakenBack != 30 || b.Owed != 60 {
			t.Errorf("the budget gets back what was held alone: %+v", b)
		}
		if err := c.takeBack(11); !errors.Is(err, points.ErrNotGranted) {
			t.Error(err)
		}
		first := c.programme
		c.programme = c.funded(500)
		c.must(c.grant(c.gift(40, "")))
		c.wants(0, 20)
		c.programme = first
		c.must(c.cancel(spent.ID)) // what comes back settles too
		c.wants(50, 0)
		c.must(c.grant(c.gift(10, "")))
		c.wants(60, 0)
		c.sound()
		list, err := store.NewStore(db).Entries(context.Background(), c.person, page.Request{Limit: 100})
		c.must(err)
		var told []string
		held, owed := 0, 0
		for _, e := range list.Items {
			told = append(told, string(e.Kind))
			held, owed = held+e.Points, owed+e.Owed
		}
		if want := []string{"grant", "settlement", "cancellation", "settlement", "grant", "take_back", "redemption", "grant"}; !slices.Equal(told, want) || held != 60 || owed != 0 {
			t.Error(told, held, owed)
		}
	})
}

// What expired in his hands he never had anything of: it is not asked of him when its minutes are gone.
func TestWhatExpiredUnusedIsForgiven(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newPurse(t, db, 1000)
		c.must(c.grant(c.gift(100, "2026-08-31")))
		_, err := c.spend(30)
		c.must(err)
		c.today = calendar.MustParse("2026-09-01")
		next := c.gift(50, "2026-12-31")
		next.Year = 2027
		c.must(c.grant(next))
		c.must(c.takeBack(100)) // 70 expired, 30 were used and come out of what he holds of the programme
		c.wants(20, 0)
		if b := c.budget(); b.Expired != 70 || b.TakenBack != 30 || b.Available != 880 {
			t.Errorf("%+v", b)
		}
		c.sound()
	})
}

// A spending that is cancelled too late brings back what expires at once: of what was used nothing is left to ask for.
func TestWhatExpiresAfterItWasOwedIsForgiven(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newPurse(t, db, 1000)
		c.must(c.grant(c.gift(100, "2026-08-31")))
		spent, err := c.spend(100)
		c.must(err)
		c.must(c.takeBack(60))
		c.today = calendar.MustParse("2026-09-01")
		c.must(c.cancel(spent.ID))
		c.wants(0, 60)
		c.must(c.takeBack(40))
		c.wants(0, 60)
		if b := c.budget(); b.Expired != 100 || b.Owed != 60 || b.TakenBack != 0 || b.Available != 900 {
			t.Errorf("%+v", b)
		}
		c.sound()
	})
}

func TestGrantsKeepToBudgetAndCap(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newPurse(t, db, 100)
		capped := c.gift(30, "")
		capped.Cap = 50
		c.must(c.grant(capped))
		capped.Points = 21
		if err := c.grant(capped); !errors.Is(err, points.ErrCapReached) {
			t.Error(err)
		}
		if err := c.grant(c.gift(70, ""), c.gift(1, "")); !errors.Is(err, points.ErrBudgetSpent) {
			t.Error(err)
		}
		capped.ProgrammeID = id.New()
		if err := c.grant(capped); !errors.Is(err, points.ErrNoBudget) {
			t.Error(err)
		}
		c.must(c.takeBack(10)) // makes room under the cap, and in the budget
		capped.ProgrammeID, capped.Points = c.programme, 30
		c.must(c.grant(capped))
		c.wants(50, 0)
		if b := c.budget(); b.Available != 50 {
			t.Errorf("%+v", b)
		}
		c.sound()
	})
}

func TestPointsAreGivenToACause(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newPurse(t, db, 100)
		c.must(c.grant(c.gift(100, "")))
		s := c.service()
		cause, err := s.AddCause(c.ctx, "광주푸드뱅크")
		c.must(err)
		if _, err := s.AddCause(c.ctx, "광주푸드뱅크"); !errors.Is(err, points.ErrCauseTaken) {
			t.Error(err)
		}
		entry, err := s.Donate(c.ctx, cause.ID, 40)
		if c.must(err); entry.Kind != ledger.Donation || entry.Minutes != -40 {
			t.Errorf("%+v", entry)
		}
		if _, err := s.Donate(c.ctx, cause.ID, 61); !errors.Is(err, points.ErrInsufficient) {
			t.Error(err)
		}
		if _, err := s.Donate(c.ctx, id.New(), 1); !errors.Is(err, points.ErrCauseNotFound) {
			t.Error(err)
		}
		for range 2 {
			if ended, err := s.EndCause(c.ctx, cause.ID); err != nil || ended.EndedAt == nil {
				t.Error(ended, err)
			}
		}
		if _, err := s.Donate(c.ctx, cause.ID, 1); !errors.Is(err, points.ErrCauseNotFound) {
			t.Error(err)
		}
		c.wants(60, 0)
		c.sound()
	})
}

// at runs functions at once and counts those that went through; what does not must fail with want.
func at(t *testing.T, want error, all ...func() error) (through int) {
	t.Helper()
	var (
		wg sync.WaitGroup
		mu sync.Mutex
	)
	for _, f := range all {
		wg.Go(func() {
			err := f()
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				through++
			} else if want == nil || !errors.Is(err, want) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	return through
}

func times(n int, f func() error) []func() error {
	all := make([]func() error, n)
	for i := range all {
		all[i] = f
	}
	return all
}

func TestFiftySpendTheLastPoints(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newPurse(t, db, 1000)
		c.must(c.grant(c.gift(60, "2026-12-31"), c.gift(40, "")))
		if n := at(t, points.ErrInsufficient, times(50, func() error { _, err := c.spend(100); return err })...); n != 1 {
			t.Errorf("%d spent them", n)
		}
		c.wants(0, 0)
		c.sound()
	})
}

func TestTheLastOfABudgetIsGrantedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newPurse(t, db, 100)
		var all []func() error
		for range 12 {
			_, p := dbtest.Person(t, db, "김봉사")
			g := c.gift(60, "")
			g.VolunteerID = p.VolunteerID
			all = append(all, func() error { return c.grant(g) })
		}
		if n := at(t, points.ErrBudgetSpent, all...); n != 1 {
			t.Errorf("%d were granted", n)
		}
		if b := c.budget(); b.Available != 40 {
			t.Errorf("%+v", b)
		}
		c.sound()
	})
}

func TestOfManyCancellationsOneCounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newPurse(t, db, 100)
		c.must(c.grant(c.gift(100, "")))
		spent, err := c.spend(80)
		c.must(err)
		if n := at(t, points.ErrCancelled, times(12, func() error { return c.cancel(spent.ID) })...); n != 1 {
			t.Errorf("%d were cancelled", n)
		}
		c.wants(100, 0)
		c.sound()
	})
}

// Whoever comes first: either it is spent and then owed, or taken back and then missing.
func TestTakingBackAgainstSpending(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newPurse(t, db, 1000)
		for range 6 {
			_, p := dbtest.Person(t, db, "김봉사")
			c.person = p.VolunteerID
			c.must(c.grant(c.gift(100, "")))
			spent := false
			at(t, points.ErrInsufficient, func() error { _, err := c.spend(100); spent = err == nil; return err }, func() error { return c.takeBack(100) })
			if spent {
				c.wants(0, 100)
			} else {
				c.wants(0, 0)
			}
			c.sound()
		}
	})
}

func TestExpiringAgainstSpending(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newPurse(t, db, 1000)
		for range 6 {
			c.must(c.grant(c.gift(100, "2026-12-31")))
			yesterday, tomorrow := *c, *c
			yesterday.today, tomorrow.today = calendar.MustParse("2026-12-31"), calendar.MustParse("2027-01-01")
			expire := func() error { _, err := tomorrow.service().Expire(context.Background()); return err }
			at(t, points.ErrInsufficient, func() error { _, err := yesterday.spend(100); return err }, expire, expire, expire)
			c.wants(0, 0)
			c.sound()
		}
		if b := c.budget(); b.Spent+b.Expired != 600 {
			t.Errorf("%+v", b)
		}
	})
}
