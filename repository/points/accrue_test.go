package points_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/domain/points"
	"dure/repository"
	"dure/repository/dbtest"
)

func TestMinutesAreWorthWholePoints(t *testing.T) {
	for _, c := range []struct{ perHour, cap, minutes, want int }{
		{240, 0, 60, 240}, {240, 0, 61, 244}, {300, 0, 59, 295}, {1000, 0, 1, 16}, {1000, 0, 59, 983}, {1000, 0, 60, 1000}, {1000, 0, 61, 1016},
		{1, 0, 59, 0}, {1, 0, 60, 1}, {1000, 100_000, 5999, 99_983}, {1000, 100_000, 6000, 100_000}, {1000, 100_000, 6001, 100_000},
		{240, 0, 0, 0}, {240, 0, -60, 0}, {0, 0, 600, 0},
	} {
		if got := (points.Rate{PerHour: c.perHour, Cap: c.cap}).Worth(c.minutes); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
}

// counting counts what a test says, for 2026.
func counting(minutes map[id.ID]int, rate points.Rate, eligible bool) func(context.Context, []id.ID) ([]points.Due, error) {
	return func(_ context.Context, persons []id.ID) (all []points.Due, err error) {
		for _, p := range persons {
			if n, ok := minutes[p]; ok {
				all = append(all, points.Due{VolunteerID: p, Year: 2026, Points: rate.Worth(n), Eligible: eligible, ExpiresOn: calendar.MustParse("2026-12-31")})
			}
		}
		return all, nil
	}
}

func (c *purse) accrue(persons []id.ID, count func(context.Context, []id.ID) ([]points.Due, error)) (done points.Accrued, err error) {
	err = c.do(func(ctx context.Context, tx points.Tx) error {
		done, err = points.Accrue(ctx, tx, c.programme, persons, count, c.why())
		return err
	})
	return done, err
}

func TestPointsFollowTheMinutes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newPurse(t, db, 100_000)
		_, other := dbtest.Person(t, db, "김봉사")
		persons, minutes := []id.ID{c.person, other.VolunteerID, c.person}, map[id.ID]int{c.person: 90, other.VolunteerID: 30}
		rate := points.Rate{PerHour: 1000, Cap: 2000}
		run := func(eligible bool, want points.Accrued) {
			t.Helper()
			for _, want := range []points.Accrued{want, {}} { // again nothing happens
				done, err := c.accrue(persons, counting(minutes, rate, eligible))
				if err != nil || done.Persons != want.Persons || done.Granted != want.Granted || done.TakenBack != want.TakenBack || done.Waiting != nil {
					t.Fatalf("%+v instead of %+v, %v", done, want, err)
				}
				for _, ch := range done.Changed {
					var amount int
					c.must(db.View(t.Context(), func(_ context.Context, tx *repository.Tx) error {
						return tx.Raw(`SELECT SUM(m.amount) FROM point_budget_moves m WHERE m.entry_id = ?`, ch.EntryID).Row().Scan(&amount)
					}))
					if ch.Year != 2026 || ch.After-ch.Before != -amount && ch.Before < ch.After {
						t.Errorf("%+v by an entry of %d", ch, amount)
					}
				}
			}
		}
		run(true, points.Accrued{Persons: 2, Granted: 2000})
		c.wants(1500, 0)
		minutes[c.person] = 100
		run(true, points.Accrued{Persons: 1, Granted: 166}) // 1,666 in all: rounded down once
		minutes[c.person] = 600
		run(true, points.Accrued{Persons: 1, Granted: 334}) // and never above the cap
		_, err := c.spend(1900)
		c.must(err)
		minutes[c.person] = 60
		run(false, points.Accrued{Persons: 1, TakenBack: 1000}) // minutes reversed
		c.wants(0, 900)
		minutes[c.person], minutes[other.VolunteerID] = 600, 600
		run(false, points.Accrued{}) // nothing more for who is not eligible
		delete(minutes, other.VolunteerID)
		minutes[c.person] = 120
		run(true, points.Accrued{Persons: 2, Granted: 1000, TakenBack: 500})
		c.wants(100, 0)
		c.sound()
		if _, err := c.accrue(nil, nil); err != nil {
			t.Error(err)
		}
		c.programme = id.New()
		if _, err := c.accrue(persons, counting(minutes, rate, true)); !errors.Is(err, points.ErrNoBudget) {
			t.Error(err)
		}
	})
}

func TestWhoWaitsForTheBudgetIsServedLater(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newPurse(t, db, 1000)
		persons, minutes := []id.ID{}, map[id.ID]int{}
		for range 3 {
			_, p := dbtest.Person(t, db, "김봉사")
			persons, minutes[p.VolunteerID] = append(persons, p.VolunteerID), 24
		}
		count := counting(minutes, points.Rate{PerHour: 1000}, true)
		if done, err := c.accrue(persons, count); err != nil || done.Persons != 2 || done.Granted != 800 || len(done.Waiting) != 1 || done.WaitingPoints != 400 {
			t.Fatalf("%+v %v", done, err)
		}
		c.must(c.do(func(ctx context.Context, tx points.Tx) error {
			_, err := points.Fund(ctx, tx, c.why(), c.programme, 200)
			return err
		}))
		// Many at once over the same persons: each gets it once.
		n := at(t, nil, times(8, func() error { _, err := c.accrue(persons, count); return err })...)
		if b := c.budget(); n != 8 || b.Available != 0 || b.Granted != 1200 {
			t.Errorf("%d %+v", n, b)
		}
		c.sound()
	})
}

// Whatever is done in whatever order, nothing is lost and nobody is below zero.
func TestWhateverIsDoneNothingIsLost(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newPurse(t, db, 3000)
		seed := rand.Uint64()
		r := rand.New(rand.NewPCG(seed, 0))
		defer func() {
			if t.Failed() {
				t.Log("seed ", seed)
			}
		}()
		people, programmes := []id.ID{c.person}, []id.ID{c.programme, c.funded(500), c.funded(0)}
		for range 2 {
			_, p := dbtest.Person(t, db, "김봉사")
			people = append(people, p.VolunteerID)
		}
		cause, err := c.service().AddCause(c.ctx, "광주푸드뱅크")
		c.must(err)
		var spent []id.ID
		done := map[ledger.Kind]int{}
		for step := range 240 {
			person, programme, n := people[r.IntN(len(people))], programmes[r.IntN(len(programmes))], 1+r.IntN(120)
			year := 2026 + r.IntN(2)
			err := c.do(func(ctx context.Context, tx points.Tx) error {
				var (
					entries []ledger.Entry
					entry   ledger.Entry
					err     error
				)
				switch r.IntN(9) {
				case 0:
					entry, err = points.Fund(ctx, tx, c.why(), programme, n)
				case 1, 2, 3:
					g := points.Gift{VolunteerID: person, ProgrammeID: programme, Points: n, Year: year, Cap: 400, Donatable: r.IntN(2) == 0}
					if r.IntN(3) > 0 {
						g.ExpiresOn = c.today.Add(r.IntN(12))
					}
					entries, err = points.Grant(ctx, tx, c.why(), g)
				case 4, 5:
					entry, err = points.Spend(ctx, tx, c.why(), points.Purchase{VolunteerID: person, MerchantID: merchant, Points: n, SourceType: "voucher", SourceID: id.New()})
					if err == nil {
						spent = append(spent, entry.ID)
					}
				case 6:
					_, err = points.Donate(ctx, tx, c.why(), person, cause.ID, n)
				case 7:
					entries, err = points.TakeBack(ctx, tx, c.why(), points.Claim{VolunteerID: person, ProgrammeID: programme, Points: n, Year: year})
				case 8:
					if len(spent) > 0 {
						entries, err = points.Cancel(ctx, tx, c.why(), spent[r.IntN(len(spent))])
					}
				}
				for _, e := range append(entries, entry) {
					done[e.Kind]++
				}
				return err
			})
			if _, refused := fault.From(err); err != nil && !refused {
				t.Fatal(step, err)
			}
			if r.IntN(6) == 0 {
				c.today = c.today.Add(1 + r.IntN(3))
			}
			if r.IntN(12) == 0 {
				if _, err := c.service().Expire(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
			if step%40 == 39 {
				c.sound()
			}
		}
		for _, kind := range []ledger.Kind{ledger.Grant, ledger.Redemption, ledger.TakeBack, ledger.Settlement, ledger.Cancellation} {
			if done[kind] == 0 {
				t.Errorf("never seen: %s", kind)
			}
		}
		if _, err := c.service().Expire(context.Background()); err != nil {
			t.Fatal(err)
		}
		c.sound()
		for _, p := range programmes {
			c.programme = p
			c.budget()
		}
		// The sum over budgets, persons and all that went away is what was ever funded.
		var sums struct{ Issued, Elsewhere int }
		c.must(db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
			return tx.Raw(`SELECT SUM(CASE WHEN a.kind = 'points_issued' THEN -p.amount ELSE 0 END) AS issued,
				SUM(CASE WHEN a.kind <> 'points_issued' THEN p.amount ELSE 0 END) AS elsewhere
				FROM ledger_postings p JOIN ledger_accounts a ON a.id = p.account_id WHERE a.unit = 'point'`).Scan(&sums).Error
		}))
		if sums.Issued == 0 || sums.Issued != sums.Elsewhere {
			t.Errorf("%+v", sums)
		}
	})
}
