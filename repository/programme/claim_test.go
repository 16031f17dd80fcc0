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
	"dure/domain/kernel/fault"
	"dure/domain/programme"
	"dure/repository"
	"dure/repository/dbtest"
)

// card is a programme that anybody may claim, changed as a test wants it.
func (c *city) card(code string, change func(t *programme.Terms)) programme.Whole {
	c.t.Helper()
	t := programme.Terms{Requirements: []programme.Requirement{}, Approval: programme.NobodyApproves, Benefit: programme.Benefit{Kind: programme.Card}, Payment: programme.Payment{Kind: programme.AtOnce},
		Validity: programme.Validity{Kind: programme.ForMonths, Months: 1}, Repeat: programme.AfterExpiry}
	change(&t)
	return c.enter(programme.Draft{Code: code, Name: "카드", NameEn: "Card", Owner: "광주광역시", Source: "조례", Terms: t})
}

// reason is why a claim was refused.
func reason(err error) string {
	if f, ok := fault.From(err); ok && errors.Is(err, programme.ErrNotEligible) {
		return f.Case
	}
	return fmt.Sprint(err)
}

func TestTwentyClaimsAtOnceAreOneHolding(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		w := c.card("once-at-a-time", func(*programme.Terms) {})
		ctx, _ := c.person()
		var made atomic.Int64
		var ids sync.Map
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				k, new, err := c.service.Claim(ctx, programme.Claim{Programme: w.ID})
				if err != nil {
					t.Error(err)
				}
				if new {
					made.Add(1)
				}
				ids.Store(k.ID, true)
			})
		}
		all.Wait()
		n := 0
		ids.Range(func(any, any) bool { n++; return true })
		if made.Load() != 1 || n != 1 {
			t.Errorf("%d were made, %d are told", made.Load(), n)
		}
	})
}

func TestTheLastOfABudgetIsGivenOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		three := c.card("three", func(t *programme.Terms) { t.Budget = programme.Budget{Holdings: 3, Each: programme.EachProgramme} })
		won := c.card("won", func(t *programme.Terms) {
			t.Benefit = programme.Benefit{Kind: programme.Award, Won: 4000}
			t.Budget = programme.Budget{Won: 10_000, Each: programme.EachYear}
		})
		var given, gone [2]atomic.Int64
		var all sync.WaitGroup
		for range 12 {
			ctx, _ := c.person()
			for i, w := range []programme.Whole{three, won} {
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
		if given[0].Load() != 3 || gone[0].Load() != 9 || given[1].Load() != 2 || gone[1].Load() != 10 {
			t.Error(given[0].Load(), gone[0].Load(), given[1].Load(), gone[1].Load())
		}
		c.now = c.now.AddDate(1, 0, 0) // another year, another budget
		ctx, _ := c.person()
		if _, made, err := c.service.Claim(ctx, programme.Claim{Programme: won.ID}); err != nil || !made {
			t.Error(made, err)
		}
		if _, _, err := c.service.Claim(ctx, programme.Claim{Programme: three.ID}); reason(err) != programme.BudgetGone {
			t.Error(err)
		}
	})
}

func TestACarIsClaimedForOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		w := c.card("sticker", func(t *programme.Terms) { t.OnePerCar = true })
		claim := programme.Claim{Programme: w.ID, CarPlate: "12가 3456"}
		var given, taken atomic.Int64
		var all sync.WaitGroup
		for range 10 {
			ctx, _ := c.person()
			all.Go(func() {
				switch _, _, err := c.service.Claim(ctx, claim); {
				case err == nil:
					given.Add(1)
				case errors.Is(err, programme.ErrCarTaken):
					taken.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if given.Load() != 1 || taken.Load() != 9 {
			t.Error(given.Load(), taken.Load())
		}
		c.now = c.now.AddDate(0, 1, 0) // the first sticker has run out, though nobody has written that down
		ctx, _ := c.person()
		if k, _, err := c.service.Claim(ctx, claim); err != nil || k.CarLast != "3456" || *k.CarHash == "12가3456" {
			t.Error(k, err)
		}
	})
}

func TestHowOftenOneMayHaveIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		ctx, p := c.person()
		c.posted(p.VolunteerID, served{day: "2026-11-30", minutes: 720, visits: 1}, served{day: "2026-12-01", minutes: 720, visits: 1})
		coupon := c.entered("hwacheon-coupon")["hwacheon-coupon"]
		again := c.card("again", func(t *programme.Terms) { t.PerYear = 2 })
		once := c.card("once", func(t *programme.Terms) { t.Repeat = programme.Once })
		season := c.card("season", func(t *programme.Terms) { t.Seasons = []programme.Season{{From: "12-20", To: "01-10"}} })
		young := c.card("young", func(t *programme.Terms) { t.Person.AgeTo = 35 }) // 36 since May
		claim := func(w programme.Whole, day string, want string) {
			t.Helper()
			c.now = calendar.MustParse(day).Start(seoul).UTC().Add(time.Hour)
			_, made, err := c.service.Claim(ctx, programme.Claim{Programme: w.ID})
			got := map[bool]string{true: "made", false: "same"}[made]
			if err != nil {
				got = reason(err)
			}
			if got != want {
				t.Errorf("%s on %s: %s instead of %s", w.Code, day, got, want)
			}
		}
		claim(young, "2026-12-10", programme.TooOld)
		claim(coupon, "2026-12-10", "made") // for November
		claim(coupon, "2026-12-31", "same")
		claim(coupon, "2027-01-01", "made") // for December, beside it
		claim(coupon, "2027-02-01", programme.NotYet)
		claim(again, "2026-12-10", "made")
		claim(again, "2027-01-09", "same")
		claim(again, "2027-01-10", "made")
		claim(again, "2027-02-10", "made")
		claim(again, "2027-03-10", programme.YearFull)
		claim(once, "2026-12-10", "made")
		claim(once, "2027-06-10", programme.HadIt)
		claim(season, "2026-12-19", programme.OutOfSeason)
		claim(season, "2026-12-20", "made")
		claim(season, "2027-01-20", programme.OutOfSeason)
		if n, err := c.service.Expire(context.Background()); err != nil || n == 0 {
			t.Error(n, err)
		}
	})
}

// Ten coupons become bags; when a coupon turns out not to have been earned, the bags go with it.
func TestCouponsAreExchangedAndTakenBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		ctx, p := c.person()
		all := c.entered("hwacheon-coupon", "hwacheon-bags")
		bags := programme.Claim{Programme: all["hwacheon-bags"].ID}
		for month := range 10 {
			day := calendar.Date(2027, time.Month(1+month), 5)
			c.now = day.Start(seoul).UTC()
			c.posted(p.VolunteerID, served{day: day.Add(-10).String(), minutes: 720, visits: 1})
			if _, _, err := c.service.Claim(ctx, bags); reason(err) != programme.TooFew {
				t.Fatal(err)
			}
			if _, made, err := c.service.Claim(ctx, programme.Claim{Programme: all["hwacheon-coupon"].ID}); err != nil || !made {
				t.Fatal(made, err)
			}
		}
		if _, made, err := c.service.Claim(ctx, bags); err != nil || !made {
			t.Fatal(made, err)
		}
		states := func() map[programme.State]int {
			mine, err := c.service.Mine(ctx)
			if err != nil {
				t.Fatal(err)
			}
			n := map[programme.State]int{}
			for _, h := range mine.Holdings {
				n[h.State]++
			}
			return n
		}
		if got := states(); got[programme.Exchanged] != 10 || got[programme.Held] != 1 {
			t.Fatal(got)
		}
		c.now = c.now.AddDate(0, 0, 1)
		c.reversed(p.VolunteerID, 3)
		if n, err := c.service.ReviewAll(context.Background()); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		if got := states(); got[programme.Exchanged] != 9 || got[programme.TakenBack] != 2 {
			t.Fatal(got)
		}
		if n, err := c.service.ReviewAll(context.Background()); err != nil || n != 0 {
			t.Fatal("looked at again: ", n, err)
		}
	})
}

// What is reversed outside the window, or made good before anybody looks, takes nothing; what an activity is called later does not, either.
func TestOnlyWhatWasLostIsTakenBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		w := c.card("year", func(t *programme.Terms) {
			t.Requirements = []programme.Requirement{{AnyOf: []programme.Condition{{Measure: programme.ActiveDays, AtLeast: 2,
				Window: programme.Window{Kind: programme.ThisYear, FirstMonth: 1}, Scope: programme.Scope{Kind: programme.InOwnGu},
				Entries: programme.Entries{NotBlood: true}}}}}
		})
		ctx, p := c.person()
		c.posted(p.VolunteerID, served{day: "2025-12-31", minutes: 60, visits: 1}, served{day: "2026-01-01", minutes: 60, visits: 1},
			served{day: "2026-12-10", minutes: 30, visits: 1}, served{day: "2026-12-10", minutes: 30, visits: 1})
		if _, made, err := c.service.Claim(ctx, programme.Claim{Programme: w.ID}); err != nil || !made {
			t.Fatal(made, err)
		}
		held := func(want programme.State) programme.MyHolding {
			t.Helper()
			mine, err := c.service.Mine(ctx)
			if err != nil || len(mine.Holdings) != 1 || mine.Holdings[0].State != want {
				t.Fatalf("%+v %v", mine.Holdings, err)
			}
			return mine.Holdings[0]
		}
		c.exec(`UPDATE activities SET field_code = '0503'`)
		c.exec(`UPDATE volunteers SET camp_id = NULL WHERE id = ?`, p.VolunteerID)
		held(programme.Held)
		c.exec(`UPDATE activities SET field_code = '0104'`)
		c.reversed(p.VolunteerID, 1) // outside the window
		c.reversed(p.VolunteerID, 3) // the day stays active
		held(programme.Held)
		c.reversed(p.VolunteerID, 2)
		c.posted(p.VolunteerID, served{day: "2026-05-05", minutes: 60, visits: 1}) // made good
		held(programme.Held)
		c.reversed(p.VolunteerID, 4)
		steps := held(programme.TakenBack).Steps
		what := []string{}
		for _, s := range steps {
			what = append(what, s.What)
		}
		if !slices.Equal(what, []string{"granted", "decreased", "decreased", "taken_back"}) || *steps[3].Before != 2 || *steps[3].After != 1 {
			t.Errorf("%v %+v", what, steps)
		}
		if _, _, err := c.service.Claim(ctx, programme.Claim{Programme: w.ID}); !errors.Is(err, programme.ErrNotEligible) {
			t.Error(err)
		}
	})
}

// Who ranked first may claim as long as he has what that took.
func TestTheFirstMayClaim(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		w := c.entered("bukgu-v-awards-minutes")["bukgu-v-awards-minutes"]
		first, p := c.person()
		second, q := c.person()
		c.posted(p.VolunteerID, served{day: "2026-11-30", minutes: 23000, visits: 1}, served{day: "2026-11-29", minutes: 1000, visits: 1})
		c.posted(q.VolunteerID, served{day: "2026-11-30", minutes: 22000, visits: 1})
		claim := func(ctx context.Context, plate, want string) {
			t.Helper()
			_, made, err := c.service.Claim(ctx, programme.Claim{Programme: w.ID, CarPlate: plate})
			if got := reason(err); err != nil && got != want || err == nil && (want != "" || !made) {
				t.Errorf("%v %v instead of %q", made, err, want)
			}
		}
		claim(first, "12가3456", programme.NotRanked) // nothing is decided yet
		c.evaluated(w, 100)
		claim(second, "34나3456", programme.NotRanked)
		claim(first, "12가3456", "")
		c.reversed(p.VolunteerID, 2) // enough for the requirement, too little for the place
		mine, err := c.service.Mine(first)
		if err != nil || len(mine.Holdings) != 1 || mine.Holdings[0].State != programme.TakenBack {
			t.Errorf("%+v %v", mine.Holdings, err)
		}
	})
}
