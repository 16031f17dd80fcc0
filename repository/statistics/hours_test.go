package statistics_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dure/domain/kernel/asof"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/statistics"
	"dure/repository"
	"dure/repository/dbtest"
	store "dure/repository/statistics"
)

// sumHours adds up the hours that are over at an instant.
func sumHours(t *testing.T, db *repository.DB, now time.Time) {
	t.Helper()
	clock := calendar.Clock{Instant: func() time.Time { return now }, Zone: seoul}
	if err := statistics.NewService(store.NewStore(db), clock).SumHours(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// addedUp counts the entries that are added up, and tells the last hour.
func addedUp(t *testing.T, db *repository.DB) (entries int, last string) {
	t.Helper()
	var row struct {
		Entries int
		Last    *repository.Instant
	}
	if err := db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(`SELECT COALESCE(SUM(entries), 0) AS entries, MAX(hour) AS last FROM posted_hours`).Scan(&row).Error
	}); err != nil {
		t.Fatal(err)
	}
	if row.Last != nil {
		last = row.Last.UTC().Format("2006-01-02T15:04")
	}
	return row.Entries, last
}

// For random histories, stretches and days, what differs is the same whether hours are added up or not, and equals a recount.
func TestDifferencesEqualARecount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		smallCity(t, db)
		random := rand.New(rand.NewPCG(20261129, 3))
		people := make([]*past, 30)
		var all []posting
		for i := range people {
			people[i] = live(t, db, random)
			for _, e := range people[i].posts {
				all = append(all, posting{e.at, e.entry})
			}
		}
		slices.SortFunc(all, func(a, b posting) int { return a.at.Compare(b.at) })
		clock := calendar.Clock{Instant: func() time.Time { return day("2028-01-01").Start(seoul) }, Zone: seoul}
		s := statistics.NewService(store.NewStore(db), clock)
		ctx := auth.With(context.Background(), auth.Principal{AccountID: id.New(), Grants: []auth.Grant{{Role: auth.CentreOfficer, ScopeType: auth.City}}})
		instant := func() time.Time {
			at := all[random.IntN(len(all))].at
			switch random.IntN(5) {
			case 0:
				return at
			case 1:
				return at.Truncate(time.Hour)
			case 2:
				return at.Truncate(time.Hour).Add(-time.Microsecond)
			case 3:
				return calendar.Of(at, seoul).Start(seoul).Add(-time.Microsecond)
			}
			return at.Add(time.Duration(random.Int64N(int64(48 * time.Hour)))).Truncate(time.Microsecond)
		}
		for _, share := range []int{0, 1, 2, 4} { // a quarter of the entries each
			if share > 0 {
				sumHours(t, db, all[(len(all)-1)*share/4].at.Add(2*time.Hour))
				if n, _ := addedUp(t, db); n < len(all)*share/4 || share < 4 && n == len(all) {
					t.Fatalf("%d of %d are added up", n, len(all))
				}
			}
			for range 60 {
				from, to, days := instant(), instant(), statistics.Period{}
				if to.Before(from) {
					from, to = to, from
				}
				if random.IntN(2) == 0 {
					days.From = someDay(random)
				}
				if random.IntN(2) == 0 {
					days.To = someDay(random)
				}
				if !days.From.IsZero() && !days.To.IsZero() && days.To.Before(days.From) {
					days.From, days.To = days.To, days.From
				}
				d, err := s.Differences(ctx, asof.Point{Instant: from}, asof.Point{Instant: to}, days, page.Request{Limit: 20})
				if err != nil {
					t.Fatal(err)
				}
				months, items := recountPosted(all, from, to, days)
				if got := fmt.Sprint(d.Months); got != months || len(d.Items) != min(items, 20) || (d.Next != nil) != (items > 20) {
					t.Fatalf("%d quarters added up; from %s to %s, days %v:\n%s, %d items\nwant %s, %d", share, from, to, days, got, len(d.Items), months, items)
				}
			}
		}
	})
}

type posting struct {
	at time.Time
	entry
}

func recountPosted(all []posting, from, to time.Time, days statistics.Period) (months string, items int) {
	sums := map[calendar.Day]statistics.MonthSum{}
	for _, e := range all {
		if !e.at.After(from) || e.at.After(to) || e.day.Before(days.From) || !days.To.IsZero() && e.day.After(days.To) {
			continue
		}
		m := e.day.FirstOfMonth()
		s := sums[m]
		sums[m] = statistics.MonthSum{Month: m, Entries: s.Entries + 1, Minutes: s.Minutes + int64(e.minutes), Visits: s.Visits + e.visits}
		items++
	}
	var list []statistics.MonthSum
	for _, s := range sums {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b statistics.MonthSum) int { return a.Month.Compare(b.Month) })
	return fmt.Sprint(list), items
}

// Only hours about which nothing more can become known are added up, each once, and those that nothing was posted in are passed over.
func TestHoursAreAddedUpWhenTheyAreSettled(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		smallCity(t, db)
		p := person{id: id.New(), birth: day("1990-01-01"), sex: "male", status: "active", code: mokpo, registeredOn: day("2024-01-01")}
		save(t, db, p)
		hour := func(h int) time.Time { return time.Date(2026, 5, 1, h, 0, 0, 0, time.UTC) }
		add := func(at time.Time, kind string, minutes int) {
			t.Helper()
			key := id.New()
			must(t, db, `INSERT INTO ledger_entries (id, account_id, sequence, kind, volunteer_id, source_type, source_id, effective_day, posted_at,
				visits, worked_minutes, reductions, field_code, evidence, rule_version, actor_id, reason, previous_hash, hash)
				SELECT ?, a.id, 1 + (SELECT COUNT(*) FROM ledger_entries), ?, ?, 'attendance', ?, '2026-04-30', ?, 1, 0, '[]', '0801', 'qr', 1, ?, '', '', ''
				FROM ledger_accounts a WHERE a.owner_id = ?`, key, kind, p.id, id.New(), at, id.New(), p.id)
			must(t, db, `INSERT INTO ledger_postings (entry_id, line, account_id, amount) VALUES (?, 1, ?, ?)`, key, id.New(), minutes)
		}
		want := func(now time.Time, entries int, last string) {
			t.Helper()
			sumHours(t, db, now)
			if n, hour := addedUp(t, db); n != entries || hour != last {
				t.Errorf("at %s %d entries up to %q, want %d up to %q", now, n, hour, entries, last)
			}
		}
		want(hour(9), 0, "")
		add(hour(10), "recognition", 60)
		add(hour(11).Add(-time.Microsecond), "recognition", 30)
		add(hour(10).Add(time.Minute), "grant", 1000) // of points
		want(hour(11).Add(asof.Settling-time.Microsecond), 0, "")
		want(hour(11).Add(asof.Settling), 2, "2026-05-01T10:00")
		want(hour(20), 2, "2026-05-01T10:00")
		add(hour(11), "reversal", -30)
		add(hour(11).AddDate(0, 0, 40), "recognition", 5)
		want(hour(20), 3, "2026-05-01T11:00")
		want(hour(12).AddDate(1, 0, 0), 4, "2026-06-10T11:00")

		// several at once, and while all is made anew
		var running sync.WaitGroup
		for range 4 {
			running.Go(func() { sumHours(t, db, hour(12).AddDate(1, 0, 0)) })
		}
		running.Go(func() { rebuild(t, db) })
		running.Wait()
		want(hour(12).AddDate(1, 0, 0), 4, "2026-06-10T11:00")
		var rows []string
		if err := db.View(t.Context(), func(_ context.Context, tx *repository.Tx) error {
			return tx.Raw(`SELECT minutes || ' ' || visits || ' ' || effective_day FROM posted_hours ORDER BY hour`).Scan(&rows).Error
		}); err != nil || strings.Join(rows, ", ") != "90 2 2026-04-30, -30 1 2026-04-30, 5 1 2026-04-30" {
			t.Error(rows, err)
		}
	})
}
