package settlement_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/ledger"
	"dure/domain/points"
	"dure/domain/proof"
	"dure/domain/settlement"
	"dure/repository"
	"dure/repository/dbtest"
	pointstore "dure/repository/points"
	proofstore "dure/repository/proof"
	store "dure/repository/settlement"
)

var (
	seoul = time.FixedZone("KST", 9*3600)
	day   = calendar.MustParse
	june  = day("2026-06-01")
	july  = day("2026-07-01")
)

// shop is a merchant whom people pay with points, on a day that the test moves.
type shop struct {
	t                      *testing.T
	db                     *repository.DB
	now                    time.Time
	merchant               id.ID
	person                 id.ID
	first, second, manager context.Context // two officers of the centre, and the shop's manager
	owner                  auth.Principal
}

func open(t *testing.T, db *repository.DB) *shop {
	t.Helper()
	dbtest.Regions(t, db)
	c := &shop{t: t, db: db, merchant: id.New()}
	centre := auth.Grant{Role: auth.CentreOfficer, ScopeType: auth.City}
	c.first, _ = dbtest.Person(t, db, "김센터", centre)
	c.second, _ = dbtest.Person(t, db, "이센터", centre)
	c.manager, c.owner = dbtest.Person(t, db, "사장님", auth.Grant{Role: auth.MerchantManager, ScopeType: auth.Merchant, ScopeID: c.merchant})
	_, p := dbtest.Person(t, db, "홍길동")
	c.person = p.VolunteerID
	c.exec(`INSERT INTO merchants (id, name, search, kind, business_number, region_code, address, phone, lat, lon, discount, valid_from, state,
		applied_by, applied_at, reason, version) VALUES (?, '국수', '국수', 'merchant', '1248100998', ?, '충장로 1', '', 35, 126, '10%', '2026-01-01', 'approved', ?, ?, '', 2)`,
		c.merchant, dbtest.Dong, c.owner.AccountID, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	programme := id.New()
	c.on("2026-05-01")
	c.points(func(ctx context.Context, tx points.Tx, why points.Cause) error {
		if err := points.OpenBudget(ctx, tx, programme); err != nil {
			return err
		}
		if _, err := points.Fund(ctx, tx, why, programme, 10_000); err != nil {
			return err
		}
		_, err := points.Grant(ctx, tx, why, points.Gift{VolunteerID: c.person, ProgrammeID: programme, Points: 10_000, Year: 2026})
		return err
	})
	return c
}

func (c *shop) exec(query string, args ...any) {
	c.t.Helper()
	c.must(c.db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error { return tx.Exec(query, args...).Error }))
}

func (c *shop) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// on is ten in the morning of a day.
func (c *shop) on(d string) { c.now = day(d).Start(seoul).Add(10 * time.Hour).UTC() }

func (c *shop) points(fn func(ctx context.Context, tx points.Tx, why points.Cause) error) {
	c.t.Helper()
	why := points.Cause{Actor: c.owner.AccountID, Reason: "교환권", Now: c.now, Today: calendar.Of(c.now, seoul)}
	c.must(pointstore.NewStore(c.db).Update(context.Background(), func(ctx context.Context, tx points.Tx) error { return fn(ctx, tx, why) }))
}

func (c *shop) spend(d string, n int) (entry id.ID) {
	c.t.Helper()
	c.on(d)
	c.points(func(ctx context.Context, tx points.Tx, why points.Cause) error {
		e, err := points.Spend(ctx, tx, why, points.Purchase{VolunteerID: c.person, MerchantID: c.merchant, Points: n, SourceType: "counter", SourceID: id.New()})
		entry = e.ID
		return err
	})
	return entry
}

func (c *shop) cancel(d string, entry id.ID) {
	c.t.Helper()
	c.on(d)
	c.points(func(ctx context.Context, tx points.Tx, why points.Cause) error {
		_, err := points.Cancel(ctx, tx, why, entry)
		return err
	})
}

func (c *shop) service() *settlement.Service {
	s := store.NewStore(c.db)
	return settlement.NewService(s, s, calendar.Clock{Instant: func() time.Time { return c.now }, Zone: seoul})
}

func (c *shop) prepare(month calendar.Day) settlement.Full {
	c.t.Helper()
	f, err := c.service().Prepare(c.first, settlement.Key{MerchantID: c.merchant, Month: month})
	c.must(err)
	return f
}

// decide takes a step, a payment of the 1st of July.
func (c *shop) decide(ctx context.Context, month calendar.Day, to settlement.State) (settlement.Full, error) {
	return c.service().Decide(ctx, settlement.Decision{Key: settlement.Key{MerchantID: c.merchant, Month: month}, To: to, Reason: "확인",
		Payment: settlement.Payment{Reference: "2026-0701", PaidOn: calendar.Of(c.now, seoul)}})
}

func (c *shop) sound() {
	c.t.Helper()
	report, err := proof.Verify(context.Background(), proofstore.NewStore(c.db), proof.Options{Zone: seoul, Batch: 100})
	c.must(err)
	if len(report.Findings) > 0 {
		c.t.Fatalf("%+v", report.Findings)
	}
}

// owed sums what the ledger owes, and gives the balance of what was paid.
func (c *shop) owed() (owed, paid int64) {
	c.t.Helper()
	c.must(c.db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
		if err := tx.Raw(`SELECT COALESCE(SUM(p.amount), 0) FROM ledger_accounts a JOIN ledger_postings p ON p.account_id = a.id
			WHERE a.kind = 'merchant_points' AND a.owner_id = ?`, c.merchant).Scan(&owed).Error; err != nil {
			return err
		}
		return tx.Raw(`SELECT COALESCE(SUM(balance), 0) FROM ledger_accounts WHERE kind = 'merchant_paid' AND owner_id = ?`, c.merchant).Scan(&paid).Error
	}))
	return owed, paid
}

func (c *shop) wants(s settlement.Full, number int, opening, redeemed, cancelled, paid, closing, carried, payable int64) {
	c.t.Helper()
	got := []int64{int64(s.Number), s.Opening, s.Redeemed, s.Cancelled, s.Paid, s.Closing, s.Carried, s.Payable}
	for i, want := range []int64{int64(number), opening, redeemed, cancelled, paid, closing, carried, payable} {
		if got[i] != want {
			c.t.Fatalf("%v instead of %d at %d", got, want, i)
		}
	}
}

func TestMonthsOfAShop(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := open(t, db)
		c.spend("2026-06-01", 300)
		gone := c.spend("2026-06-30", 200)
		wrong := c.spend("2026-06-15", 50)
		c.cancel("2026-06-15", wrong)
		c.cancel("2026-07-01", gone) // of June, posted in July
		key := settlement.Key{MerchantID: c.merchant, Month: june}

		c.now = july.Start(seoul).Add(time.Minute)
		if _, err := c.service().Prepare(c.first, key); !errors.Is(err, settlement.ErrMonthOpen) {
			t.Fatal(err)
		}
		c.on("2026-07-02")
		for _, who := range []context.Context{c.manager, context.Background()} {
			if _, err := c.service().Prepare(who, key); !errors.Is(err, auth.ErrForbidden) && !errors.Is(err, auth.ErrSignIn) {
				t.Fatal(err)
			}
		}
		if _, err := c.service().Prepare(c.first, settlement.Key{MerchantID: c.merchant, Month: day("2026-05-01")}); !errors.Is(err, settlement.ErrNothing) {
			t.Fatal(err)
		}
		s := c.prepare(day("2026-06-20"))
		c.wants(s, 1, 0, 550, 50, 0, 500, 0, 500)
		if s.State != settlement.Prepared || s.Lines != 4 || s.MerchantName != "국수" || len(s.Story) != 1 {
			t.Fatalf("%+v", s)
		}
		if _, err := c.service().Prepare(c.second, key); !errors.Is(err, settlement.ErrPrepared) {
			t.Fatal(err)
		}
		c.sound()

		// The manager speaks, the centre decides; each only what is his.
		for to, who := range map[settlement.State]context.Context{settlement.Confirmed: c.second, settlement.Approved: c.manager} {
			if _, err := c.decide(who, june, to); !errors.Is(err, auth.ErrForbidden) {
				t.Fatal(to, err)
			}
		}
		if _, err := c.decide(c.second, june, settlement.Approved); !errors.Is(err, settlement.ErrWaiting) {
			t.Fatal(err)
		}
		_, err := c.decide(c.manager, june, settlement.Disputed)
		c.must(err)
		_, err = c.decide(c.first, june, settlement.Answered)
		c.must(err)
		_, err = c.decide(c.manager, june, settlement.Confirmed)
		c.must(err)
		if _, err := c.decide(c.first, june, settlement.Approved); !errors.Is(err, duty.ErrConflict) {
			t.Fatal("who prepared approves: ", err)
		}
		if _, err := c.decide(c.second, june, settlement.Paid); !errors.Is(err, settlement.ErrState) {
			t.Fatal(err)
		}
		_, err = c.decide(c.second, june, settlement.Approved)
		c.must(err)
		if _, err := c.decide(c.second, june, settlement.Paid); !errors.Is(err, duty.ErrConflict) {
			t.Fatal("who approved pays: ", err)
		}
		paid, err := c.decide(c.first, june, settlement.Paid)
		c.must(err)
		if paid.State != settlement.Paid || paid.Story[5].Reference != "2026-0701" || paid.Story[5].EntryID == nil || paid.Story[5].PaidOn != day("2026-07-02") {
			t.Fatalf("%+v", paid)
		}
		if owed, in := c.owed(); owed != -200 || in != 500 { // 200 were cancelled meanwhile
			t.Fatal(owed, in)
		}
		c.sound()

		// July: less than nothing to pay is made up for by August.
		c.spend("2026-07-10", 80)
		c.spend("2026-08-31", 320)
		c.on("2026-09-01")
		key.Month = day("2026-08-01")
		if _, err := c.service().Prepare(c.first, key); !errors.Is(err, settlement.ErrEarlierMonth) {
			t.Fatal(err)
		}
		c.wants(c.prepare(july), 2, 500, 80, 200, 500, -120, 0, 0)
		c.wants(c.prepare(key.Month), 3, -120, 320, 0, 0, 200, -120, 200)
		c.sound()
		_, err = c.decide(c.manager, july, settlement.Confirmed)
		c.must(err)
		_, err = c.decide(c.second, july, settlement.Approved)
		c.must(err)
		if _, err := c.decide(c.first, july, settlement.Paid); !errors.Is(err, settlement.ErrNotPayable) {
			t.Fatal(err)
		}

		// Who says nothing for ten days agrees.
		c.on("2026-09-11")
		if _, err := c.decide(c.second, key.Month, settlement.Approved); !errors.Is(err, settlement.ErrWaiting) {
			t.Fatal(err)
		}
		c.on("2026-09-12")
		_, err = c.decide(c.second, key.Month, settlement.Approved)
		c.must(err)
		_, err = c.decide(c.first, key.Month, settlement.Paid)
		c.must(err)
		if owed, in := c.owed(); owed != 0 || in != 700 {
			t.Fatal(owed, in)
		}
		c.sound()
	})
}

func TestNobodyDecidesOnHisOwnShop(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := open(t, db)
		c.spend("2026-06-10", 10)
		c.on("2026-07-02")
		c.prepare(june)
		_, err := c.decide(c.manager, june, settlement.Confirmed)
		c.must(err)
		second := auth.From(c.second)
		// He managed it once, or his family does.
		c.exec(`INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, revoked_at, revoked_by, reason) VALUES (?, ?, 'merchant_manager', 'merchant', ?, ?, ?, ?, '')`,
			id.New(), second.AccountID, c.merchant, c.now.AddDate(-1, 0, 0), c.now.AddDate(0, -6, 0), second.AccountID)
		if _, err := c.decide(c.second, june, settlement.Approved); !errors.Is(err, duty.ErrConflict) {
			t.Fatal(err)
		}
		third, p := dbtest.Person(t, db, "박센터", auth.Grant{Role: auth.CentreOfficer, ScopeType: auth.City})
		home := id.New()
		c.exec(`INSERT INTO households (id, volunteer_id, other_id, declared_at, declared_by, reason) VALUES (?, ?, ?, ?, ?, '')`,
			home, p.VolunteerID, c.owner.VolunteerID, c.now, p.AccountID)
		if _, err := c.decide(third, june, settlement.Approved); !errors.Is(err, duty.ErrConflict) {
			t.Fatal(err)
		}
		c.exec(`UPDATE households SET ended_at = ?, ended_by = ? WHERE id = ?`, c.now, p.AccountID, home)
		_, err = c.decide(third, june, settlement.Approved)
		c.must(err)
		c.sound()
	})
}

// Twelve at once do each step: one of them does it, and the money moves once, while people go on paying at the counter.
func TestEachStepIsTakenOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := open(t, db)
		c.spend("2026-06-10", 100)
		c.on("2026-07-02")
		race := func(lost error, do func() error) {
			t.Helper()
			errs := make([]error, 12)
			var wg sync.WaitGroup
			for i := range errs {
				wg.Go(func() { errs[i] = do() })
			}
			wg.Go(func() {
				err := pointstore.NewStore(db).Update(context.Background(), func(ctx context.Context, tx points.Tx) error {
					_, err := points.Spend(ctx, tx, points.Cause{Actor: c.owner.AccountID, Now: c.now, Today: calendar.Of(c.now, seoul)},
						points.Purchase{VolunteerID: c.person, MerchantID: c.merchant, Points: 1, SourceType: "counter", SourceID: id.New()})
					return err
				})
				if err != nil {
					t.Error("at the counter: ", err)
				}
			})
			wg.Wait()
			won := 0
			for _, err := range errs {
				switch {
				case err == nil:
					won++
				case !errors.Is(err, lost):
					t.Error(err)
				}
			}
			if won != 1 {
				t.Fatal(won, errs)
			}
		}
		step := func(ctx context.Context, to settlement.State) {
			t.Helper()
			race(settlement.ErrState, func() error { _, err := c.decide(ctx, june, to); return err })
		}
		race(settlement.ErrPrepared, func() error {
			_, err := c.service().Prepare(c.first, settlement.Key{MerchantID: c.merchant, Month: june})
			return err
		})
		step(c.manager, settlement.Confirmed)
		step(c.second, settlement.Approved)
		step(c.first, settlement.Paid)
		if owed, paid := c.owed(); owed != 4 || paid != 100 {
			t.Fatal(owed, paid)
		}
		c.sound()
	})
}

// All that is due is prepared in the order of months, by several at once, each statement once.
func TestAllThatIsDue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := open(t, db)
		merchants := []id.ID{c.merchant, id.New(), id.New()}
		for i, m := range merchants[1:] {
			c.exec(`INSERT INTO merchants (id, name, search, kind, business_number, region_code, address, phone, lat, lon, discount, valid_from, state,
				applied_by, applied_at, reason, version) VALUES (?, ?, '분식', 'public', '', ?, '충장로 1', '', 35, 126, '10%', '2026-01-01', 'approved', ?, ?, '', 2)`,
				m, "분식"+string(rune('1'+i)), dbtest.Dong, c.owner.AccountID, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		}
		for _, m := range merchants {
			c.merchant = m
			c.spend("2026-06-10", 10)
			c.spend("2026-07-10", 20)
		}
		c.on("2026-08-01")
		if _, _, err := c.service().PrepareAll(c.manager, july); !errors.Is(err, auth.ErrForbidden) {
			t.Fatal(err)
		}
		made := make([]int, 4)
		var wg sync.WaitGroup
		for i := range made {
			wg.Go(func() {
				keys, more, err := c.service().PrepareAll(c.first, july)
				if err != nil || more {
					t.Error(err, more)
				}
				made[i] = len(keys)
			})
		}
		wg.Wait()
		if made[0]+made[1]+made[2]+made[3] != 6 {
			t.Fatal(made)
		}
		c.sound()
		service := c.service()
		var seen []string
		for p := (page.Request{Limit: 4}); ; {
			list, err := service.List(c.first, settlement.Filter{}, p)
			c.must(err)
			for _, l := range list.Items {
				seen = append(seen, l.Month.String()[:7]+l.MerchantID.String())
			}
			if p.After = list.Next; list.Next == nil {
				break
			}
		}
		if len(seen) != 6 || seen[2][:7] != "2026-07" || seen[3][:7] != "2026-06" {
			t.Fatal(seen)
		}
		only, err := service.List(c.manager, settlement.Filter{State: settlement.Prepared, Month: june}, page.Request{Limit: 10})
		if err != nil || len(only.Items) != 1 || only.Items[0].MerchantID != merchants[0] {
			t.Fatal(only, err)
		}
		if _, err := service.List(c.manager, settlement.Filter{MerchantID: merchants[1]}, page.Request{Limit: 10}); !errors.Is(err, settlement.ErrNotFound) {
			t.Fatal(err)
		}
		key := settlement.Key{MerchantID: merchants[0], Month: july}
		lines, err := service.Lines(c.manager, key, page.Request{Limit: 10})
		if err != nil || len(lines.Items) != 1 || lines.Items[0].Kind != ledger.Redemption || lines.Items[0].Points != 20 || lines.Items[0].RedemptionID != nil {
			t.Fatal(lines, err)
		}
		key.MerchantID = merchants[1]
		if _, err := service.Statement(c.manager, key); !errors.Is(err, settlement.ErrNotFound) {
			t.Fatal(err)
		}
	})
}
