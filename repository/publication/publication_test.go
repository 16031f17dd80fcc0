package publication_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/publication"
	"dure/repository"
	"dure/repository/dbtest"
	store "dure/repository/publication"
)

// centre is two officers and a clock that stands still until the test moves it.
type centre struct {
	*publication.Service
	store         store.Store
	db            *repository.DB
	now           atomic.Pointer[time.Time]
	first, second context.Context
}

func newCentre(t *testing.T, db *repository.DB) *centre {
	t.Helper()
	dbtest.Regions(t, db)
	c := &centre{store: store.NewStore(db), db: db}
	c.later(time.Date(2026, 7, 15, 1, 0, 0, 0, time.UTC))
	c.Service = publication.NewService(c.store, c.store, calendar.Clock{Instant: func() time.Time { return *c.now.Load() }, Zone: time.UTC}, publication.Settings{Budget: 5})
	officer := auth.Grant{Role: auth.CentreOfficer, ScopeType: auth.City}
	c.first, _ = dbtest.Person(t, db, "김센터", officer)
	c.second, _ = dbtest.Person(t, db, "이센터", officer)
	return c
}

func (c *centre) later(at time.Time) { c.now.Store(&at) }

func (c *centre) proposed(t *testing.T) publication.Publication {
	t.Helper()
	p, err := c.Propose(c.first, publication.Proposal{Year: 2025, Audience: publication.Analysts, Reason: "연간"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Of many who prepare at once one does; the others find nothing to do, and all is there once.
func TestAPublicationIsPreparedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCentre(t, db)
		p := c.proposed(t)
		var wg sync.WaitGroup
		var done atomic.Int32
		for range 8 {
			wg.Go(func() {
				did, err := c.Work(context.Background())
				if err != nil {
					t.Error(err)
				}
				if did {
					done.Add(1)
				}
			})
		}
		wg.Wait()
		l, err := c.store.Get(context.Background(), p.ID)
		if err != nil || l.State != publication.Prepared || done.Load() != 1 {
			t.Error(l.State, done.Load(), err)
		}
	})
}

// Whoever crashes while he prepares leaves nothing behind; another begins anew when his lease is over.
func TestAfterACrashAPublicationIsPreparedAnew(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCentre(t, db)
		p := c.proposed(t)
		begun := *c.now.Load()
		if err := c.store.Update(context.Background(), func(ctx context.Context, tx publication.Tx) error { // taken, and never finished
			_, ok, err := tx.Publications().Take(ctx, begun, begun.Add(15*time.Minute))
			if !ok {
				t.Error("nothing waits")
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if done, err := c.Work(context.Background()); done || err != nil {
			t.Error("somebody is at it: ", done, err)
		}
		c.later(begun.Add(15 * time.Minute))
		if done, err := c.Work(context.Background()); !done || err != nil {
			t.Error(done, err)
		}
		if l, err := c.store.Get(context.Background(), p.ID); err != nil || l.State != publication.Prepared {
			t.Error(l.State, err)
		}
	})
}

// Of many who release at once one does, and what was prepared before another version came cannot be released after it.
func TestAVersionIsReleasedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCentre(t, db)
		p := c.proposed(t)
		if _, err := c.Propose(c.second, publication.Proposal{Year: 2025, Audience: publication.Analysts, Reason: "연간"}); !errors.Is(err, publication.ErrUnderWay) {
			t.Error(err)
		}
		if _, err := c.Release(c.second, p.ID); err == nil {
			t.Error("released before it was prepared")
		}
		if _, err := c.Work(context.Background()); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Release(c.first, p.ID); err == nil {
			t.Error("released by who proposed it")
		}
		var wg sync.WaitGroup
		var released atomic.Int32
		for range 6 {
			wg.Go(func() {
				if _, err := c.Release(c.second, p.ID); err == nil {
					released.Add(1)
				} else if !errors.Is(err, publication.ErrState) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if released.Load() != 1 {
			t.Error(released.Load(), " releases")
		}
		next := c.proposed(t)
		if _, err := c.Work(context.Background()); err != nil {
			t.Fatal(err)
		}
		if err := c.store.Update(context.Background(), func(ctx context.Context, tx publication.Tx) error { // prepared before the first was there
			stale, err := tx.Publications().Lock(ctx, next.ID)
			if err != nil {
				return err
			}
			stale.Follows = nil
			return tx.Publications().Save(ctx, stale)
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Release(c.second, next.ID); !errors.Is(err, publication.ErrSuperseded) {
			t.Error(err)
		}
		if no, err := c.Reject(c.second, next.ID, "다시"); err != nil || no.State != publication.Rejected {
			t.Error(no, err)
		}
	})
}

// What is published cannot be changed or taken away, and of a year and audience there is one first version.
func TestWhatIsPublishedStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCentre(t, db)
		p := c.proposed(t)
		if _, err := c.Work(context.Background()); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Release(c.second, p.ID); err != nil {
			t.Fatal(err)
		}
		for _, statement := range []string{`UPDATE publications SET note = 'x'`, `DELETE FROM publications`, `UPDATE publication_tables SET lines = ''`, `DELETE FROM publication_tables`} {
			if err := db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error { return tx.Exec(statement).Error }); err == nil {
				t.Errorf("%s went through", statement)
			}
		}
	})
}

// A whole publication is read for as long as its reader takes: the time of a request's work, which is over sooner, ends it nowhere.
func TestAWholePublicationOutlastsItsRequest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCentre(t, db)
		p := c.proposed(t)
		if _, err := c.Work(context.Background()); err != nil {
			t.Fatal(err)
		}
		request, over := context.WithCancel(c.first)
		_, tables, err := c.Whole(request, p.ID, false)
		over()
		if err != nil {
			t.Fatal(err)
		}
		cells := 0
		for a, err := range tables {
			if err != nil {
				t.Fatal(err)
			}
			cells += len(a.Cells)
		}
		if cells == 0 {
			t.Error("there is nothing in it")
		}
	})
}

// The budget of a day is never overspent, however many ask at once.
func TestABudgetIsNeverOverspent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCentre(t, db)
		account, today := id.New(), calendar.MustParse("2026-07-15")
		var wg sync.WaitGroup
		var spent atomic.Int32
		for range 12 {
			wg.Go(func() {
				err := c.store.Update(context.Background(), func(ctx context.Context, tx publication.Tx) error {
					ok, err := tx.Publications().Spend(ctx, account, today, 5)
					if ok && err == nil {
						spent.Add(1)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if spent.Load() != 5 {
			t.Error(spent.Load(), " of 5")
		}
	})
}
