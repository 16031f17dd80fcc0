package programme_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/points"
	"dure/domain/programme"
	"dure/domain/proof"
	"dure/domain/voucher"
	"dure/repository"
	"dure/repository/dbtest"
	pointstore "dure/repository/points"
	store "dure/repository/programme"
	proofstore "dure/repository/proof"
)

// mileage is a programme of 1,000 points an hour that anybody may claim, changed as a test wants it.
func (c *city) mileage(code string, change func(t *programme.Terms)) programme.Whole {
	c.t.Helper()
	return c.card(code, func(t *programme.Terms) {
		t.Benefit = programme.Benefit{Kind: programme.Mileage, PointsPerHour: 1000, PointsExpire: "never"}
		t.Validity, t.Repeat = programme.Validity{Kind: programme.Unlimited}, programme.Once
		t.Budget = programme.Budget{Won: 1_000_000, Each: programme.EachProgramme}
		change(t)
	})
}

// coupon is a programme of vouchers of so many won.
func (c *city) coupon(code string, won int, change func(t *programme.Terms)) programme.Whole {
	c.t.Helper()
	return c.card(code, func(t *programme.Terms) {
		t.Benefit = programme.Benefit{Kind: programme.Voucher, Won: won}
		change(t)
	})
}

func (c *city) claims(ctx context.Context, w programme.Whole) programme.Kept {
	c.t.Helper()
	k, made, err := c.service.Claim(ctx, programme.Claim{Programme: w.ID})
	if err != nil || !made {
		c.t.Fatal(w.Code, made, err)
	}
	return k
}

// accrues runs the job, and wants it to grant and ask back that much.
func (c *city) accrues(granted, takenBack int) points.Accrued {
	c.t.Helper()
	done, err := c.service.AccrueAll(context.Background())
	if err != nil || done.Granted != granted || done.TakenBack != takenBack {
		c.t.Fatalf("%+v %v instead of %d and %d", done, err, granted, takenBack)
	}
	return done
}

// holds wants somebody to hold and owe that many points.
func (c *city) holds(volunteer id.ID, held, owed int) points.Mine {
	c.t.Helper()
	m, err := pointstore.NewStore(c.db).Mine(context.Background(), volunteer, c.today())
	if err != nil || m.Points != held || m.Owed != owed {
		c.t.Fatalf("holds %d and owes %d instead of %d and %d: %v", m.Points, m.Owed, held, owed, err)
	}
	return m
}

func (c *city) budget(w programme.Whole) points.Budget {
	c.t.Helper()
	b, err := pointstore.NewStore(c.db).Budget(context.Background(), w.ID)
	if err != nil || b.Granted != b.Held+b.Spent+b.Expired+b.Donated+b.TakenBack || b.Available < 0 {
		c.t.Fatalf("%+v %v", b, err)
	}
	return b
}

// sound wants what this feature keeps to hold; entries of this city have presences that nobody counted.
func (c *city) sound() {
	c.t.Helper()
	report, err := proof.Verify(context.Background(), proofstore.NewStore(c.db), proof.Options{Zone: seoul, Batch: 100})
	if err != nil {
		c.t.Fatal(err)
	}
	for _, f := range report.Findings {
		if slices.Contains([]string{proof.IncentivesEarned, proof.IncentivesCapped, proof.IncentivesTold, proof.BenefitsPaid, proof.BenefitsIssued,
			proof.PointsConserved, proof.BudgetsHold, proof.LotsAreMoves, proof.DebtsAreNamed, proof.VouchersOnce}, f.Invariant) {
			c.t.Errorf("%+v", f)
		}
	}
}

// told lists what became of the newest holding of a programme.
func (c *city) told(ctx context.Context, w programme.Whole) (state programme.State, steps []string) {
	c.t.Helper()
	mine, err := c.service.Mine(ctx)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, h := range mine.Holdings {
		if h.ProgrammeID == w.ID {
			for _, s := range h.Steps {
				line := s.What
				if s.Why != "" {
					line += " " + s.Why
				}
				if s.Before != nil {
					line += fmt.Sprintf(" %d-%d", *s.Before, *s.After)
				}
				steps = append(steps, line)
			}
			return h.State, steps
		}
	}
	c.t.Fatal(w.Code)
	return "", nil
}

func (c *city) on(day string) { c.now = calendar.MustParse(day).Start(seoul).UTC().Add(10 * time.Hour) }

func TestMileageFollowsTheMinutes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		w := c.mileage("miles", func(t *programme.Terms) {
			t.Benefit.Counts = &programme.Counts{Scope: programme.Scope{Kind: programme.InOwnGu}, Entries: programme.Entries{NotBlood: true}}
			t.Budget.Won = 9000
		})
		ctx, p := c.person()
		other, q := c.person()
		c.posted(p.VolunteerID, served{day: "2026-12-09", minutes: 600, visits: 1})
		k := c.claims(ctx, w)
		c.posted(p.VolunteerID, served{day: "2026-12-10", minutes: 61, visits: 1}, served{day: "2026-12-11", minutes: 60, visits: 1, field: "0503"},
			served{day: "2026-12-11", minutes: 60, visits: 1, organiser: c.site}, served{day: "2026-12-12", minutes: 239, visits: 1})
		c.posted(q.VolunteerID, served{day: "2026-12-12", minutes: 60, visits: 1})
		c.on("2026-12-12")
		c.accrues(5000, 0) // five hours that count, since the day of the claim; q has claimed nothing
		c.accrues(0, 0)
		if m := c.holds(p.VolunteerID, 5000, 0); m.Lots[0].Donatable || !m.Lots[0].ExpiresOn.IsZero() || m.Lots[0].Year != 2026 {
			t.Errorf("%+v", m)
		}
		c.posted(p.VolunteerID, served{day: "2026-12-13", minutes: 300, visits: 1})
		if done := c.accrues(0, 0); !slices.Equal(done.Waiting, []id.ID{p.VolunteerID}) || done.WaitingPoints != 5000 { // 4,000 are left
			t.Errorf("%+v", done)
		}
		c.sound()
		c.tx(func(ctx context.Context, u store.Unit) error {
			_, err := points.Fund(ctx, u, points.Cause{Now: c.now, Today: c.today()}, w.ID, 1000)
			return err
		})
		if _, steps := c.told(ctx, w); len(steps) != 1 { // the phone asks, and he is served
			t.Error(steps)
		}
		c.holds(p.VolunteerID, 10_000, 0)
		c.claims(other, w)
		if b := c.budget(w); b.Funded != 10_000 || b.Available != 0 {
			t.Errorf("%+v", b)
		}

		// What is reversed is taken back and explained; what did not count takes nothing.
		c.reversed(p.VolunteerID, 3, 4, 6) // 6: five hours of the 13th
		if n, err := c.service.ReviewAll(context.Background()); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		c.holds(p.VolunteerID, 5000, 0)
		state, steps := c.told(ctx, w)
		if want := []string{"granted earned", "decreased minutes_reversed 600-300", "decreased points_taken_back 10000-5000"}; state != programme.Held || !slices.Equal(steps, want) {
			t.Errorf("%s %q", state, steps)
		}
		c.accrues(1000, 0) // the other one was waiting
		c.sound()

		// He who was withdrawn is granted nothing more, and keeps what he has.
		c.posted(p.VolunteerID, served{day: "2026-12-14", minutes: 60, visits: 1})
		c.exec(`UPDATE volunteers SET status = 'withdrawn' WHERE id = ?`, p.VolunteerID)
		c.accrues(0, 0)
		c.exec(`UPDATE volunteers SET status = 'active' WHERE id = ?`, p.VolunteerID)
		c.posted(p.VolunteerID, served{day: "2027-01-03", minutes: 30, visits: 1})
		c.accrues(1500, 0) // each year by itself
		if m := c.holds(p.VolunteerID, 6500, 0); k.ID == id.Nil || m.Lots[len(m.Lots)-1].Year != 2027 {
			t.Errorf("%+v", m)
		}
		c.sound()
	})
}

// A right that was not earned brings nothing, and what was spent of it is owed.
func TestMileageThatWasNotEarnedIsGone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		w := c.mileage("miles", func(t *programme.Terms) {
			t.Requirements = []programme.Requirement{{AnyOf: []programme.Condition{{Measure: programme.Minutes, AtLeast: 600,
				Window: programme.Window{Kind: programme.Lifetime}, Scope: programme.Scope{Kind: programme.InCity}}}}}
			t.Validity, t.Repeat = programme.Validity{Kind: programme.YearEnd}, programme.AfterExpiry
		})
		ctx, p := c.person()
		c.posted(p.VolunteerID, served{day: "2026-12-01", minutes: 600, visits: 1})
		c.claims(ctx, w)
		c.posted(p.VolunteerID, served{day: "2026-12-10", minutes: 300, visits: 1})
		c.accrues(5000, 0)
		c.tx(func(ctx context.Context, u store.Unit) error {
			_, err := points.Spend(ctx, u, points.Cause{Now: c.now, Today: c.today()}, points.Purchase{VolunteerID: p.VolunteerID, MerchantID: id.New(),
				Points: 2000, SourceType: "voucher", SourceID: id.New()})
			return err
		})
		c.on("2027-02-01") // it has run out; the points have not
		if _, err := c.service.Expire(context.Background()); err != nil {
			t.Fatal(err)
		}
		c.accrues(0, 0)
		c.holds(p.VolunteerID, 3000, 0)
		c.reversed(p.VolunteerID, 2)
		c.accrues(0, 5000) // whichever job comes first
		c.holds(p.VolunteerID, 0, 2000)
		c.sound()
		c.posted(p.VolunteerID, served{day: "2026-12-20", minutes: 300, visits: 1}) // told late
		c.accrues(5000, 0)
		c.holds(p.VolunteerID, 3000, 0)
		c.reversed(p.VolunteerID, 1)
		state, steps := c.told(ctx, w)
		if want := []string{"granted earned", "decreased points_taken_back 5000-0", "expired validity_ended", "decreased minutes_reversed 300-0",
			"decreased minutes_reversed 900-600", "decreased minutes_reversed 1200-600", "taken_back minutes_reversed 1200-600", "decreased points_taken_back 5000-0"}; state != programme.TakenBack {
			t.Errorf("%s %q instead of %q", state, steps, want)
		}
		c.holds(p.VolunteerID, 0, 2000)
		c.sound()
	})
}

func TestMileageIsPaidOnItsDaysAndUpToItsCap(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		w := c.mileage("quarterly", func(t *programme.Terms) {
			t.Payment = programme.Payment{Kind: programme.Quarterly, Day: 15}
			t.Benefit.PointsPerYear, t.Benefit.PointsExpire, t.Benefit.Donation = 4000, "months:1", true
			t.Validity = programme.Validity{Kind: programme.ForMonths, Months: 2}
		})
		ctx, p := c.person()
		if k := c.claims(ctx, w); k.ValidFrom != c.today() || k.ValidTo.String() != "2027-02-09" {
			t.Errorf("%+v", k)
		}
		c.posted(p.VolunteerID, served{day: "2026-12-10", minutes: 300, visits: 1}, served{day: "2027-01-14", minutes: 60, visits: 1},
			served{day: "2027-01-15", minutes: 60, visits: 1}, served{day: "2027-02-09", minutes: 30, visits: 1}, served{day: "2027-02-10", minutes: 30, visits: 1})
		for _, pay := range []struct {
			day     string
			granted int
		}{{"2027-01-14", 0}, {"2027-01-15", 5000}, {"2027-04-14", 0}, {"2027-04-15", 1500}, {"2027-07-15", 0}} {
			c.on(pay.day)
			c.accrues(pay.granted, 0)
			c.accrues(0, 0)
			if m := c.holds(p.VolunteerID, pay.granted, 0); len(m.Lots) > 0 && (!m.Lots[0].Donatable || m.Lots[0].ExpiresOn != c.today().AddMonths(1).Add(-1)) {
				t.Errorf("%+v", m)
			}
			if _, err := pointsService(c).Expire(context.Background()); err != nil {
				t.Fatal(err)
			}
			c.on(c.today().AddMonths(1).String()) // a month later nothing is left
			c.holds(p.VolunteerID, 0, 0)
		}
		c.sound()
	})
}

func pointsService(c *city) *points.Service {
	s := pointstore.NewStore(c.db)
	return points.NewService(s, s, calendar.Clock{Instant: func() time.Time { return c.now }, Zone: seoul})
}

func TestABudgetIsRaisedOnceForEachYearAndVersion(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		w := c.mileage("yearly", func(t *programme.Terms) { t.Budget = programme.Budget{Won: 10_000, Each: programme.EachYear} })
		funded := func(day string, want, available int) {
			t.Helper()
			c.on(day)
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					if _, err := c.service.AccrueAll(context.Background()); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if b := c.budget(w); b.Funded != want || b.Available != available {
				t.Errorf("%s: %+v", day, b)
			}
		}
		funded("2026-12-10", 10_000, 10_000)
		ctx, p := c.person()
		c.claims(ctx, w)
		c.posted(p.VolunteerID, served{day: "2026-12-10", minutes: 240, visits: 1})
		funded("2026-12-31", 10_000, 6000)
		funded("2027-01-01", 14_000, 10_000) // what was left is part of it
		terms := w.Versions[0].Terms
		for _, change := range []struct {
			from string
			won  int
		}{{"2027-02-01", 12_000}, {"2027-03-01", 8000}} {
			terms.Budget.Won = change.won
			if _, err := c.service.Change(c.officer, w.ID, 0, calendar.MustParse(change.from), terms, "추경"); err != nil {
				t.Fatal(err)
			}
		}
		funded("2027-01-31", 14_000, 10_000)
		funded("2027-02-01", 16_000, 12_000)
		funded("2027-03-01", 16_000, 12_000) // never lowered
		funded("2028-01-01", 16_000, 12_000)
		c.sound()
		empty := c.mileage("empty", func(t *programme.Terms) { t.Budget = programme.Budget{} })
		if b := c.budget(empty); b.Funded != 0 {
			t.Errorf("%+v", b)
		}
	})
}

// Many at once over many persons: a budget is spent to the last point and no further.
func TestAManyTimesBroughtBudgetIsNeverOverspent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		w := c.mileage("tight", func(t *programme.Terms) { t.Budget.Won = 5500 })
		people := []id.ID{}
		for range 8 {
			ctx, p := c.person()
			c.claims(ctx, w)
			c.posted(p.VolunteerID, served{day: "2026-12-10", minutes: 60, visits: 1})
			people = append(people, p.VolunteerID)
		}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if _, err := c.service.AccrueAll(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		for _, p := range people {
			all.Go(func() {
				if err := c.service.Review(context.Background(), p); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if b := c.budget(w); b.Granted != 5000 || b.Available != 500 {
			t.Errorf("%+v", b)
		}
		c.sound()
	})
}

func TestVouchersAreGivenWithinTheBudget(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		w := c.coupon("vouchers", 4000, func(t *programme.Terms) { t.Budget = programme.Budget{Won: 10_000, Each: programme.EachYear} })
		unfunded := c.coupon("unfunded", 4000, func(t *programme.Terms) {})
		counted := c.coupon("counted", 4000, func(t *programme.Terms) { t.Budget = programme.Budget{Holdings: 3, Each: programme.EachProgramme} })
		var given, gone [3]atomic.Int64
		var all sync.WaitGroup
		for range 10 {
			ctx, _ := c.person()
			for i, w := range []programme.Whole{w, unfunded, counted} {
				all.Go(func() {
					switch _, _, err := c.service.Claim(ctx, programme.Claim{Programme: w.ID}); {
					case err == nil:
						given[i].Add(1)
					case reason(err) == programme.BudgetGone:
						gone[i].Add(1)
					default:
						t.Error(err)
					}
				})
			}
		}
		all.Wait()
		for i, want := range []int64{2, 0, 3} {
			if given[i].Load() != want || gone[i].Load() != 10-want {
				t.Error(i, given[i].Load(), gone[i].Load())
			}
		}
		if b := c.budget(w); b.Funded != 10_000 || b.Held != 8000 {
			t.Errorf("%+v", b)
		}
		if b := c.budget(counted); b.Funded != 12_000 || b.Available != 0 {
			t.Errorf("%+v", b)
		}
		c.sound()
		ctx, _ := c.person()
		c.on("2027-01-01")
		k := c.claims(ctx, w) // another year, another budget
		if b := c.budget(w); b.Funded != 18_000 || b.Available != 6000 || k.VoucherID == nil {
			t.Errorf("%+v", b)
		}
		bad := w.Versions[0].Terms
		bad.Validity = programme.Validity{Kind: programme.Unlimited}
		if _, err := c.service.Create(c.officer, programme.Draft{Code: "for-ever", Name: "가", NameEn: "a", Owner: "가", Source: "가", Terms: bad}); err == nil {
			t.Error("a voucher without a last day was taken")
		}
	})
}

func (c *city) voucher(k programme.Kept) (v voucher.Voucher) {
	c.t.Helper()
	c.tx(func(ctx context.Context, u store.Unit) (err error) {
		v, err = u.Vouchers().Get(ctx, *k.VoucherID)
		return err
	})
	return v
}

func TestVouchersGoWithWhatTheyWereGivenFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		c.exec(`INSERT INTO merchants (id, name, search, kind, business_number, region_code, address, phone, lat, lon, discount, valid_from, state, applied_by, applied_at, reason, version)
			VALUES (?, '가게', '가게', 'merchant', '1', ?, '1', '', 35, 126, '', '2020-01-01', 'approved', ?, ?, '', 1)`, shop, dbtest.Dong, id.New(), c.now)
		earned := func(t *programme.Terms) {
			t.Requirements = []programme.Requirement{{AnyOf: []programme.Condition{{Measure: programme.Visits, AtLeast: 1,
				Window: programme.Window{Kind: programme.ThisYear, FirstMonth: 1}, Scope: programme.Scope{Kind: programme.InCity}}}}}
			t.Budget = programme.Budget{Won: 100_000, Each: programme.EachProgramme}
		}
		money := c.coupon("money", 4000, func(t *programme.Terms) { earned(t); t.Transferable = true })
		thing := c.coupon("thing", 0, func(t *programme.Terms) { earned(t); t.Budget = programme.Budget{} })
		// kept: nobody used it; used: somebody did; alive: the redemption is cancelled after it was taken back.
		for _, story := range []string{"kept", "used", "alive"} {
			ctx, p := c.person()
			c.posted(p.VolunteerID, served{day: "2026-12-01", minutes: 0, visits: 1}) // a visit alone
			m, th := c.claims(ctx, money), c.claims(ctx, thing)
			if v := c.voucher(m); v.State != voucher.Issued || v.Points != 4000 || !v.Transferable || v.ValidTo != m.ValidTo || *v.ProgrammeID != money.ID || v.HolderID != p.VolunteerID || v.Title != "카드" {
				t.Errorf("%+v", v)
			}
			if v := c.voucher(th); v.Points != 0 || v.Transferable {
				t.Errorf("%+v", v)
			}
			if got := c.holds(p.VolunteerID, 4000, 0); got.Lots[0].ExpiresOn != m.ValidTo || got.Lots[0].Donatable {
				t.Errorf("%+v", got)
			}
			var spent []id.ID
			if story != "kept" {
				spent = append(spent, c.redeemed(p.VolunteerID, m), c.redeemed(p.VolunteerID, th))
			}
			c.reversed(p.VolunteerID, 1)
			if n, err := c.service.ReviewAll(context.Background()); err != nil || n != 1 {
				t.Fatal(n, err)
			}
			state, steps := c.told(ctx, money)
			_, things := c.told(ctx, thing)
			last := map[bool]string{true: "decreased voucher_revoked", false: "decreased voucher_used"}[story == "kept"]
			want := []string{"granted earned", "decreased minutes_reversed 1-0", "taken_back minutes_reversed 1-0", last}
			if state != programme.TakenBack || !slices.Equal(things, want) || !slices.Equal(steps, append(want, "decreased points_taken_back 4000-0")) {
				t.Errorf("%s: %s %q %q", story, state, steps, things)
			}
			c.holds(p.VolunteerID, 0, map[bool]int{true: 0, false: 4000}[story == "kept"])
			c.sound()
			if story == "alive" {
				for i, k := range []programme.Kept{m, th} {
					c.cancelled(k, spent[i])
				}
				c.holds(p.VolunteerID, 0, 0)
				c.sound()
				if n, err := c.service.ReviewAll(context.Background()); err != nil || n != 1 {
					t.Fatal(n, err)
				}
			}
			if n, err := c.service.ReviewAll(context.Background()); err != nil || n != 0 {
				t.Fatal(n, err)
			}
			wants := map[bool]voucher.State{true: voucher.Redeemed, false: voucher.Revoked}[story == "used"]
			if a, b := c.voucher(m).State, c.voucher(th).State; a != wants || b != wants {
				t.Errorf("%s: %s %s", story, a, b)
			}
			c.sound()
		}
		if b := c.budget(money); b.Available != 100_000-2*4000 || b.Owed != 4000 { // a settled debt was the city's money, not the budget's
			t.Errorf("%+v", b)
		}
	})
}

var shop = id.New()

// redeemed is what a counter writes, with what it posts.
func (c *city) redeemed(holder id.ID, k programme.Kept) (redemption id.ID) {
	c.t.Helper()
	redemption = id.New()
	c.tx(func(ctx context.Context, u store.Unit) error {
		r := voucher.Redemption{ID: redemption, VoucherID: *k.VoucherID, MerchantID: shop, Points: int(k.Won), RedeemedAt: c.now, RedeemedOn: c.today(),
			RedeemedBy: id.New(), KeyHash: redemption.String()}
		if k.Won > 0 {
			entry, err := points.Spend(ctx, u, points.Cause{Now: c.now, Today: c.today()}, points.Purchase{VolunteerID: holder, MerchantID: shop, Points: r.Points,
				SourceType: voucher.SourceType, SourceID: redemption})
			if err != nil {
				return err
			}
			r.EntryID = &entry.ID
		}
		if err := u.Tx.Exec(`UPDATE vouchers SET state = 'redeemed' WHERE id = ?`, r.VoucherID).Error; err != nil {
			return err
		}
		return u.Vouchers().Redeem(ctx, r)
	})
	return redemption
}

// cancelled takes a redemption back.
func (c *city) cancelled(k programme.Kept, redemption id.ID) {
	c.t.Helper()
	c.tx(func(ctx context.Context, u store.Unit) error {
		r, err := u.Vouchers().Redemption(ctx, redemption)
		if err != nil {
			return err
		}
		by := id.New()
		r.CancelledAt, r.CancelledBy = &c.now, &by
		if r.EntryID != nil {
			entries, err := points.Cancel(ctx, u, points.Cause{Now: c.now, Today: c.today()}, *r.EntryID)
			if err != nil {
				return err
			}
			r.CancelEntryID = &entries[0].ID
		}
		return errors.Join(u.Vouchers().Cancel(ctx, r.Redemption), u.Vouchers().Restore(ctx, *k.VoucherID))
	})
}

// What was used is not exchanged; what is exchanged cannot be used any more.
func TestVouchersAreExchanged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		coupon := c.coupon("coupon", 1000, func(t *programme.Terms) {
			t.Repeat, t.Validity = programme.EachWindow, programme.Validity{Kind: programme.ForMonths, Months: 24}
			t.Budget = programme.Budget{Won: 10_000, Each: programme.EachProgramme}
			t.Requirements = []programme.Requirement{{AnyOf: []programme.Condition{{Measure: programme.Minutes, AtLeast: 60,
				Window: programme.Window{Kind: programme.ThisMonth}, Scope: programme.Scope{Kind: programme.InCity}}}}}
		})
		bag := c.coupon("bag", 0, func(t *programme.Terms) { t.Exchange = &programme.Exchange{Programme: "coupon", Count: 2} })
		ctx, p := c.person()
		var coupons []programme.Kept
		for _, month := range []string{"2026-12", "2027-01", "2027-02"} {
			c.on(month + "-10")
			c.posted(p.VolunteerID, served{day: month + "-10", minutes: 60, visits: 1})
			coupons = append(coupons, c.claims(ctx, coupon))
			if len(coupons) == 1 {
				c.exec(`INSERT INTO merchants (id, name, search, kind, business_number, region_code, address, phone, lat, lon, discount, valid_from, state, applied_by, applied_at, reason, version)
					VALUES (?, '가게', '가게', 'merchant', '1', ?, '1', '', 35, 126, '', '2020-01-01', 'approved', ?, ?, '', 1)`, shop, dbtest.Dong, id.New(), c.now)
				c.redeemed(p.VolunteerID, coupons[0])
			} else if len(coupons) == 2 {
				if _, _, err := c.service.Claim(ctx, programme.Claim{Programme: bag.ID}); reason(err) != programme.TooFew {
					t.Fatal(err)
				}
			}
		}
		got := c.claims(ctx, bag)
		for i, want := range []voucher.State{voucher.Redeemed, voucher.Revoked, voucher.Revoked} {
			if v := c.voucher(coupons[i]); v.State != want {
				t.Errorf("%+v", v)
			}
		}
		c.holds(p.VolunteerID, 0, 0)
		if b := c.budget(coupon); b.Available != 9000 {
			t.Errorf("%+v", b)
		}
		c.sound()
		c.reversed(p.VolunteerID, 2) // January's coupon, and the bag with it
		if state, _ := c.told(ctx, bag); state != programme.TakenBack || c.voucher(got).State != voucher.Revoked {
			t.Error(state)
		}
		if b := c.budget(coupon); b.Available != 9000 { // not asked back twice
			t.Errorf("%+v", b)
		}
		c.sound()
	})
}
