package award_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"dure/domain/award"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/repository"
	"dure/repository/dbtest"
)

// live are the badges that a person holds, and ended those that he held, as their codes.
func told(w award.Wall) (live, ended []string) {
	for _, h := range w.Hung {
		if h.RevokedAt == nil {
			live = append(live, h.ThresholdCode)
		} else {
			ended = append(ended, h.ThresholdCode)
		}
	}
	slices.Sort(live)
	return live, ended
}

func TestABadgeComesAtItsThresholdAndGoesBelowIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		c.scale(nil, hours(1, 2, 3)...)
		p, other := c.named("홍길동"), c.named("김영희")
		c.post(other, ledger.Recognition, 59, "2026-07-14")
		c.post(p, ledger.Recognition, 119, "2026-07-13")
		if r := c.review(); r.Issued != 1 || r.Revoked != 0 {
			t.Fatalf("%+v", r)
		}
		second := c.post(p, ledger.Recognition, 1, "2026-07-14")
		w := c.wall(p)
		live, _ := told(w)
		if !slices.Equal(live, []string{"h1", "h2"}) || w.Hung[0].EarnedBy != second || len(w.Next) != 1 || w.Next[0].MissingMinutes != 60 || w.Next[0].Threshold.Code != "h3" {
			t.Fatalf("%+v", w)
		}
		if w := c.wall(other); len(w.Hung) != 0 || w.Next[0].MissingMinutes != 1 {
			t.Fatalf("%+v", w)
		}
		if r := c.review(); r.Issued+r.Revoked != 0 {
			t.Fatalf("nothing has changed: %+v", r)
		}

		c.now = c.now.Add(time.Hour)
		c.post(p, ledger.Reversal, -30, "2026-07-13")
		taken := c.post(p, ledger.Correction, -40, "2026-07-13") // 50 left
		c.post(p, ledger.Recognition, 5, "2026-07-14")           // and 55
		if r := c.review(); r.Issued != 0 || r.Revoked != 2 {
			t.Fatalf("%+v", r)
		}
		w = c.wall(p)
		live, ended := told(w)
		if len(live) != 0 || len(ended) != 2 {
			t.Fatalf("%+v", w)
		}
		for _, h := range w.Hung {
			wantEntry, why := taken, "hours_corrected"
			if h.ThresholdCode == "h2" { // 120 became 90 by the reversal
				wantEntry, why = *h.TakenBy, "hours_reversed"
			}
			if *h.TakenBy != wantEntry || h.Why() != why || h.BalanceNow != 55 || !h.RevokedAt.Equal(c.now) {
				t.Errorf("%+v", h)
			}
		}

		c.post(p, ledger.Recognition, 65, "2026-07-15") // 120 again
		c.wall(p)
		w = c.wall(p) // and exactly enough stays enough
		live, ended = told(w)
		if !slices.Equal(live, []string{"h1", "h2"}) || len(ended) != 2 {
			t.Fatalf("%+v", w)
		}
		var events int
		if c.scan(&events, `SELECT COUNT(*) FROM audit_events WHERE volunteer_id = ? AND action IN ('award.issued', 'award.revoked')`, p.id); events != 6 {
			t.Error(events, "events")
		}
	})
}

func TestScalesByVersionRegionAndLastYear(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		here, elsewhere := c.named("홍길동"), c.named("김영희")
		c.exec(`UPDATE volunteers SET region_code = ? WHERE id = ?`, dbtest.Elsewhere, elsewhere.id)
		c.scale(func(s *award.Scale) { s.RegionCode, s.RecentVisits, s.RecentMinutes = dbtest.Gu, 2, 60 }, hours(2)...)
		for _, p := range []person{here, elsewhere} {
			c.post(p, ledger.Recognition, 600, "2025-07-15") // a day too long ago
			c.post(p, ledger.Recognition, 60, "2025-07-16")  // the first day of the last year
		}
		w := c.wall(here)
		if len(w.Hung) != 0 || w.Next[0].MissingMinutes != 0 || w.Next[0].MissingVisits != 1 || w.Next[0].MissingRecent != 0 {
			t.Fatalf("%+v", w)
		}
		c.post(here, ledger.Recognition, 1, "2026-07-15")
		c.post(elsewhere, ledger.Recognition, 1, "2026-07-15")
		if r := c.review(); r.Issued != 1 {
			t.Fatalf("%+v", r)
		}
		if w := c.wall(elsewhere); len(w.Hung)+len(w.Next) != 0 {
			t.Fatalf("%+v", w)
		}
		// A new version from tomorrow on: what is held stays, whatever it takes then.
		c.scale(func(s *award.Scale) { s.EffectiveFrom = s.EffectiveFrom.Add(1) }, award.Threshold{Code: "h2", Minutes: 100_000, NameKo: "가", NameEn: "a"},
			award.Threshold{Code: "h1", Minutes: 60, NameKo: "나", NameEn: "b"})
		if r := c.review(); r.Issued+r.Revoked != 0 {
			t.Fatalf("before its first day: %+v", r)
		}
		c.now = c.now.Add(24 * time.Hour)
		if r := c.review(); r.Issued != 2 || r.Revoked != 0 { // h1 for both
			t.Fatalf("%+v", r)
		}
		if live, _ := told(c.wall(here)); !slices.Equal(live, []string{"h1", "h2"}) {
			t.Fatal(live)
		}
		var version int
		if c.scan(&version, `SELECT MAX(version) FROM award_scales WHERE code = 'vms'`); version != 2 {
			t.Error(version)
		}
	})
}

// More persons than one transaction takes, reviewed by several at once while they look themselves.
func TestTwoReviewsIssueOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		c.scale(nil, hours(1, 2)...)
		const many = 520
		people := make([]person, many)
		for i := range people {
			people[i] = c.named(fmt.Sprint("봉사자", i))
			c.post(people[i], ledger.Recognition, 120, "2026-07-14")
		}
		atOnce := func() (issued, revoked int) {
			var (
				wg sync.WaitGroup
				mu sync.Mutex
			)
			for range 3 {
				wg.Go(func() {
					r, err := c.service.ReviewAll(context.Background())
					mu.Lock()
					defer mu.Unlock()
					if err != nil {
						t.Error(err)
					}
					issued, revoked = issued+r.Issued, revoked+r.Revoked
				})
			}
			for _, p := range people[:8] {
				wg.Go(func() {
					if _, err := c.service.Mine(p.ctx); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			return issued, revoked
		}
		var n struct{ Live, Twice, Gone, Steps int }
		count := func() {
			t.Helper()
			c.scan(&n, `SELECT (SELECT COUNT(*) FROM awards WHERE revoked_at IS NULL) AS live, (SELECT COUNT(*) FROM awards) AS twice,
				(SELECT COUNT(*) FROM awards WHERE revoked_at IS NOT NULL) AS gone, (SELECT COUNT(*) FROM award_steps) AS steps`)
		}
		if issued, _ := atOnce(); issued > 2*many {
			t.Error(issued)
		}
		if count(); n.Live != 2*many || n.Twice != 2*many || n.Steps != 2*many {
			t.Fatalf("%+v", n)
		}
		for _, p := range people {
			c.post(p, ledger.Reversal, -61, "2026-07-14")
		}
		atOnce()
		if count(); n.Live != 0 || n.Gone != 2*many || n.Steps != 4*many {
			t.Fatalf("%+v", n)
		}
		var reviews int
		if c.scan(&reviews, `SELECT COUNT(*) FROM award_reviews`); reviews != 6 {
			t.Error(reviews, "reviews")
		}
	})
}

func item(code string) []award.Item { return []award.Item{{Code: code, NameKo: code, NameEn: code}} }

// nominated is a nomination by a person of another in a round of its own.
func (c *city) nominated(by, of person) award.Nomination {
	c.t.Helper()
	today := calendar.Of(c.now, seoul)
	c.people++
	r, err := c.service.OpenRound(c.officer, award.Round{Name: fmt.Sprint("자원봉사대상 ", c.people), Year: today.Year(), OpensOn: today, ClosesOn: today.Add(10),
		VerifiedFrom: today.Add(20), VerifiedTo: today.Add(30), Reference: "공고", Categories: item("individual"), Grades: item("commendation"), Questions: item("criminal-record")})
	if err != nil {
		c.t.Fatal(err)
	}
	c.exec(`UPDATE volunteers SET number = '4821-9375' WHERE id = ?`, of.id)
	n, err := c.service.Nominate(by.ctx, r.ID, award.Nominating{CategoryCode: "individual", Number: "4821-9375", Name: of.name, Achievements: "열심히"})
	if err != nil {
		c.t.Fatal(err)
	}
	return n
}

func TestSupportersAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		n := c.nominated(c.named("추천인"), c.named("홍길동"))
		supporters := make([]person, 8)
		for i := range supporters {
			supporters[i] = c.named(fmt.Sprint("동의자", i))
		}
		var (
			wg                sync.WaitGroup
			mu                sync.Mutex
			fine, twice, late int
		)
		for range 2 { // everybody twice
			for _, p := range supporters {
				wg.Go(func() {
					_, err := c.service.Support(p.ctx, n.ID)
					mu.Lock()
					defer mu.Unlock()
					switch {
					case err == nil:
						fine++
					case errors.Is(err, award.ErrSupported):
						twice++
					case errors.Is(err, award.ErrState):
						late++
					default:
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		var row struct {
			State           string
			Supports, Rows_ int
		}
		c.scan(&row, `SELECT state, supports, (SELECT COUNT(*) FROM nomination_supports) AS rows_ FROM nominations`)
		if fine != 5 || fine+twice+late != 16 || row.State != "submitted" || row.Supports != 5 || row.Rows_ != 5 {
			t.Errorf("%d fine, %d twice, %d late: %+v", fine, twice, late, row)
		}
	})
}

func TestTwoWhoDecideAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		nominee := c.named("홍길동")
		n := c.nominated(c.named("추천인"), nominee)
		for i := range 5 {
			if _, err := c.service.Support(c.named(fmt.Sprint("동의자", i)).ctx, n.ID); err != nil {
				t.Fatal(err)
			}
		}
		officers := make([]person, 4)
		for i := range officers {
			officers[i] = c.named(fmt.Sprint("심사자", i), auth.Grant{Role: auth.CentreOfficer, ScopeType: auth.City})
		}
		if _, err := c.service.Consent(nominee.ctx, n.ID, true, false); err != nil {
			t.Fatal(err)
		}
		if _, err := c.service.Find(officers[0].ctx, n.ID, award.Answer{QuestionCode: "criminal-record", Passed: true, CheckedOn: calendar.MustParse("2026-07-15")}); err != nil {
			t.Fatal(err)
		}
		race := func(do func(ctx context.Context) error) (won []int) {
			var (
				wg sync.WaitGroup
				mu sync.Mutex
			)
			for i, o := range officers {
				wg.Go(func() {
					err := do(o.ctx)
					mu.Lock()
					defer mu.Unlock()
					if err == nil {
						won = append(won, i)
					} else if f, ok := fault.From(err); !ok || !errors.Is(f, award.ErrState) && !errors.Is(f, duty.ErrConflict) {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			return won
		}
		proposed := race(func(ctx context.Context) error {
			_, err := c.service.Propose(ctx, n.ID, award.Proposal{Outcome: award.Awarded, GradeCode: "commendation", Reason: "뚜렷함"})
			return err
		})
		c.now = c.now.Add(31 * 24 * time.Hour)
		decided := race(func(ctx context.Context) error {
			_, err := c.service.Decide(ctx, n.ID, award.Confirmed, "의결")
			return err
		})
		if len(proposed) != 1 || len(decided) != 1 || proposed[0] == decided[0] {
			t.Errorf("proposed by %v, decided by %v", proposed, decided)
		}
	})
}

// One is nominated by one person once, until it is withdrawn.
func TestNominatedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		by, of := c.named("추천인"), c.named("홍길동")
		n := c.nominated(by, of)
		again := func() (id.ID, error) {
			n, err := c.service.Nominate(by.ctx, n.RoundID, award.Nominating{CategoryCode: "individual", Number: "4821-9375", Name: "홍길동", Achievements: "열심히"})
			return n.ID, err
		}
		if _, err := again(); !errors.Is(err, award.ErrNominated) {
			t.Fatal(err)
		}
		if _, err := c.service.Withdraw(by.ctx, n.ID, "다시 쓰려고"); err != nil {
			t.Fatal(err)
		}
		if _, err := again(); err != nil {
			t.Fatal(err)
		}
	})
}
