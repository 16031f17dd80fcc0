package points_test

import (
	"context"
	"testing"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/domain/points"
	"dure/domain/proof"
	"dure/repository"
	"dure/repository/dbtest"
	store "dure/repository/points"
	proofstore "dure/repository/proof"
)

var seoul = time.FixedZone("KST", 9*3600)

// purse is a person and a programme with a budget, on a day that the test moves.
type purse struct {
	t         *testing.T
	db        *repository.DB
	today     calendar.Day
	ctx       context.Context
	person    id.ID
	account   id.ID
	programme id.ID
}

func newPurse(t *testing.T, db *repository.DB, budget int) *purse {
	t.Helper()
	dbtest.Regions(t, db)
	ctx, p := dbtest.Person(t, db, "홍길동", auth.Grant{Role: auth.CentreOfficer, ScopeType: auth.City})
	c := &purse{t: t, db: db, today: calendar.MustParse("2026-07-15"), ctx: ctx, person: p.VolunteerID, account: p.AccountID}
	c.programme = c.funded(budget)
	return c
}

// funded is a programme with a budget.
func (c *purse) funded(budget int) id.ID {
	c.t.Helper()
	programme := id.New()
	c.must(c.do(func(ctx context.Context, tx points.Tx) error {
		if err := points.OpenBudget(ctx, tx, programme); err != nil || budget == 0 {
			return err
		}
		_, err := points.Fund(ctx, tx, c.why(), programme, budget)
		return err
	}))
	return programme
}

func (c *purse) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *purse) do(fn func(ctx context.Context, tx points.Tx) error) error {
	return store.NewStore(c.db).Update(context.Background(), fn)
}

func (c *purse) why() points.Cause {
	return points.Cause{Actor: c.account, Reason: "까닭", Now: c.today.Start(seoul).Add(10 * time.Hour).UTC(), Today: c.today}
}

func (c *purse) service() *points.Service {
	s := store.NewStore(c.db)
	return points.NewService(s, s, calendar.Clock{Instant: func() time.Time { return c.why().Now }, Zone: seoul})
}

// gift is of 2026, until a day or for ever, and may be given away.
func (c *purse) gift(n int, until string) points.Gift {
	g := points.Gift{VolunteerID: c.person, ProgrammeID: c.programme, Points: n, Year: 2026, Donatable: true}
	if until != "" {
		g.ExpiresOn = calendar.MustParse(until)
	}
	return g
}

func (c *purse) grant(gifts ...points.Gift) error {
	return c.do(func(ctx context.Context, tx points.Tx) error {
		_, err := points.Grant(ctx, tx, c.why(), gifts...)
		return err
	})
}

var merchant = id.New()

func (c *purse) spend(n int) (entry ledger.Entry, err error) {
	err = c.do(func(ctx context.Context, tx points.Tx) error {
		entry, err = points.Spend(ctx, tx, c.why(), points.Purchase{VolunteerID: c.person, MerchantID: merchant, Points: n, SourceType: "voucher", SourceID: id.New()})
		return err
	})
	return entry, err
}

func (c *purse) cancel(redemption id.ID) error {
	return c.do(func(ctx context.Context, tx points.Tx) error {
		_, err := points.Cancel(ctx, tx, c.why(), redemption)
		return err
	})
}

func (c *purse) takeBack(n int) error {
	return c.do(func(ctx context.Context, tx points.Tx) error {
		_, err := points.TakeBack(ctx, tx, c.why(), points.Claim{VolunteerID: c.person, ProgrammeID: c.programme, Points: n, Year: 2026})
		return err
	})
}

// wants ends the test unless the person holds and owes that much.
func (c *purse) wants(held, owed int) points.Mine {
	c.t.Helper()
	m, err := store.NewStore(c.db).Mine(context.Background(), c.person, c.today)
	c.must(err)
	if m.Points != held || m.Owed != owed {
		c.t.Fatalf("holds %d and owes %d instead of %d and %d", m.Points, m.Owed, held, owed)
	}
	return m
}

func (c *purse) budget() points.Budget {
	c.t.Helper()
	b, err := store.NewStore(c.db).Budget(context.Background(), c.programme)
	c.must(err)
	if b.Granted != b.Held+b.Spent+b.Expired+b.Donated+b.TakenBack {
		c.t.Fatalf("%+v", b)
	}
	return b
}

// sound ends the test unless every invariant holds.
func (c *purse) sound() {
	c.t.Helper()
	report, err := proof.Verify(context.Background(), proofstore.NewStore(c.db), proof.Options{Zone: seoul, Batch: 100})
	c.must(err)
	if len(report.Findings) > 0 {
		c.t.Fatalf("%+v", report.Findings)
	}
}
