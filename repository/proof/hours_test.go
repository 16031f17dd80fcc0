package proof_test

import (
	"context"
	"strings"
	"testing"

	"dure/domain/proof"
	"dure/domain/statistics"
	"dure/repository"
	"dure/repository/dbtest"
	statisticsstore "dure/repository/statistics"
)

// Hours of posting that are added up are the ledger's; those after the last one are nobody's business yet.
func TestHoursOfPostingAreProved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		p := c.person()
		c.verified(p, "10 10:00", "10 12:00")
		first := c.now.UTC().Format("2006-01-02T15Z")
		c.now = c.now.AddDate(0, 0, 1)
		c.verified(p, "11 10:00", "11 12:00")
		second := c.now.UTC().Format("2006-01-02T15Z")
		c.now = c.now.AddDate(0, 0, 1)
		sum := func() {
			t.Helper()
			if err := statistics.NewService(statisticsstore.NewStore(db), c.clock()).SumHours(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		sum()
		c.verified(p, "12 10:00", "12 12:00") // not added up yet
		c.wantClean()
		for statement, want := range map[string]string{
			`UPDATE posted_hours SET minutes = minutes + 1 WHERE effective_day = '2026-07-10'`:                                 "posted_hours " + first + " 2026-07-10",
			`UPDATE posted_hours SET visits = visits - 1 WHERE effective_day = '2026-07-11'`:                                   "posted_hours " + second + " 2026-07-11",
			`UPDATE posted_hours SET entries = entries + 1 WHERE effective_day = '2026-07-11'`:                                 "posted_hours " + second + " 2026-07-11",
			`DELETE FROM posted_hours WHERE effective_day = '2026-07-10'`:                                                      "posted_hours " + first + " 2026-07-10 (missing)",
			`INSERT INTO posted_hours SELECT hour, '2026-07-09', 1, 0, 0 FROM posted_hours WHERE effective_day = '2026-07-10'`: "posted_hours " + first + " 2026-07-09",
		} {
			report := looked(t, db, statement)
			if len(report.Findings) != 1 || report.Findings[0].Invariant != proof.RollupsAreSums || strings.Join(report.Findings[0].Rows, ", ") != want {
				t.Errorf("%s: %+v", statement, report.Findings)
			}
		}
		c.exec(`DELETE FROM posted_hours`)
		c.wantClean()
		sum()
		c.wantClean()
	})
}
