package proof_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/proof"
	"dure/repository"
	"dure/repository/dbtest"
	store "dure/repository/proof"
)

// looked is what is found in a transaction after statements, which are then undone.
func looked(t *testing.T, db *repository.DB, statements ...string) (report proof.Report) {
	t.Helper()
	err := db.Update(context.Background(), func(ctx context.Context, tx *repository.Tx) error {
		if err := all(tx, statements...); err != nil {
			return err
		}
		var err error
		if report, err = proof.Check(ctx, store.View{Tx: tx}, options); err != nil {
			return err
		}
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		t.Fatal(err)
	}
	return report
}

func TestEveryGuardIsMissed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		var triggers []struct{ Name, Tab string }
		var guards []string
		if err := db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
			guards = store.Guards(tx)
			return tx.Raw(tx.Pick(`SELECT tgname AS name, relname AS tab FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid WHERE NOT tgisinternal`,
				`SELECT name, tbl_name AS tab FROM sqlite_master WHERE type = 'trigger'`)).Scan(&triggers).Error
		}); err != nil {
			t.Fatal(err)
		}
		if len(triggers) != len(guards) {
			t.Errorf("the schema has %v, and watched are %v", triggers, guards)
		}
		for _, trigger := range triggers {
			off := map[string][]string{
				"gone": {`DROP TRIGGER ` + trigger.Name},
				"idle": {`DROP TRIGGER ` + trigger.Name,
					`CREATE TRIGGER ` + trigger.Name + ` BEFORE DELETE ON ` + trigger.Tab + ` WHEN false BEGIN SELECT 1; END`},
			}
			if db.Dialect() == repository.Postgres {
				off = map[string][]string{
					"gone": {`DROP TRIGGER ` + trigger.Name + ` ON ` + trigger.Tab},
					"idle": {`ALTER TABLE ` + trigger.Tab + ` DISABLE TRIGGER ` + trigger.Name},
				}
			}
			for how, statements := range off {
				report := looked(t, db, statements...)
				if len(report.Findings) != 1 || report.Findings[0].Invariant != proof.GuardsStand ||
					!slices.Equal(report.Findings[0].Rows, []string{"trigger " + trigger.Name}) {
					t.Errorf("%s %s: %+v", trigger.Name, how, report.Findings)
				}
			}
		}
		if db.Dialect() != repository.Postgres {
			return
		}
		report := looked(t, db, `CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END;'`)
		if len(report.Findings) != 1 || report.Findings[0].Invariant != proof.GuardsStand || len(report.Findings[0].Rows) != 10 || !report.Findings[0].More {
			t.Errorf("%+v", report.Findings)
		}
		for _, statement := range []string{`ALTER TABLE sign_ups DISABLE TRIGGER ALL`, `UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'sign_ups_volunteer_idx'::regclass`,
			`ALTER TABLE person_fields ADD CONSTRAINT later CHECK (minutes > 0) NOT VALID`} {
			if report := looked(t, db, statement); len(report.Findings) != 1 || report.Findings[0].Invariant != proof.DatabaseIsSound {
				t.Errorf("%s: %+v", statement, report.Findings)
			}
		}
	})
}

func TestADayIsSealedOnceItHasEnded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		if s := c.seal(); s != (proof.Seal{}) {
			t.Fatal("nothing was posted, and sealed is ", s)
		}
		p := c.person()
		c.verified(p, "14 10:00", "14 11:00")
		c.now = at("16 00:04")
		if s := c.seal(); s != (proof.Seal{}) {
			t.Fatal("sealed too early: ", s)
		}
		c.verified(c.person(), "15 23:00", "16 00:00")
		c.now = at("16 00:05")
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() { c.seal() })
		}
		wg.Wait()
		if s := c.seal(); s != (proof.Seal{}) {
			t.Fatal("sealed again: ", s)
		}
		seal := c.wantClean().LastSeal
		if seal.Day != calendar.MustParse("2026-07-15") || seal.Accounts != 1 || seal.Entries != 1 || !seal.SealedAt.Equal(c.now) || len(seal.Root) != 64 {
			t.Fatalf("%+v", seal)
		}
		// Days without a run stay without a seal; the next one covers them.
		c.verified(p, "15 10:00", "15 11:00")
		c.now = at("18 12:00")
		if s := c.seal(); s.Day != calendar.MustParse("2026-07-17") || s.Accounts != 2 || s.Entries != 3 {
			t.Fatalf("%+v", s)
		}
		if report := c.wantClean(); report.Seals != 2 {
			t.Fatalf("%+v", report)
		}
	})
}

// A rule that is made later changes a day only when that day is counted again; until then the day stands as it was.
func TestDaysStandByTheRulesTheyWereCountedBy(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		p := c.person()
		c.verified(p, "13 08:00", "13 18:00")
		c.exec(`INSERT INTO recognition_rules (id, kind, field_code, minutes, effective_from, version, owner, reference)
			VALUES (?, 'daily_cap', '', 240, '2026-07-10', 4, 'city', '')`, id.New())
		c.wantClean()
		c.verified(p, "13 19:00", "13 20:00")
		c.wantClean()
		if report := looked(t, db, `DELETE FROM recognition_rules WHERE version = 4`); len(report.Findings) != 1 || report.Findings[0].Invariant != proof.DaysRecomputed {
			t.Errorf("%+v", report.Findings)
		}
		if report := looked(t, db, `UPDATE recognition_rules SET minutes = 200 WHERE version = 4`); len(report.Findings) != 2 || report.Findings[0].Invariant != proof.DayCaps {
			t.Errorf("%+v", report.Findings)
		}
	})
}

// A listing's field may be edited; what was counted under the old one stands.
func TestDaysStandByTheFieldTheyWereCountedUnder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		p := c.person()
		c.exec(`INSERT INTO recognition_rules (id, kind, field_code, minutes, effective_from, version, owner, reference)
			VALUES (?, 'daily_cap', '0104', 60, '2026-07-01', 4, 'city', '')`, id.New())
		c.verified(p, "13 08:00", "13 10:00")
		c.exec(`UPDATE activities SET field_code = '0101'`)
		c.wantClean()
		c.verified(p, "13 12:00", "13 14:00") // counts the whole day again
		c.wantClean()
		report := c.tampered(func(tx *repository.Tx) error { return tx.Exec(`UPDATE ledger_entries SET field_code = '0102'`).Error })
		if len(report.Findings) != 2 || report.Findings[0].Invariant != proof.DigestsAreTrue || report.Findings[1].Invariant != proof.RollupsAreSums {
			t.Errorf("%+v", report.Findings)
		}
	})
}

// While others write, the view stands still.
func TestVerifyingBesideWriters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		dbtest.Trust(t, db)
		var waiting []id.ID
		for range 8 {
			p := c.person()
			for day := 10; day < 15; day++ {
				on := at("01 09:00").AddDate(0, 0, day-1).In(seoul).Format("02 ")
				waiting = append(waiting, c.told(p, on+"09:00", on+"12:00"))
			}
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			for _, a := range waiting {
				if _, err := c.service.Verify(c.keeper.ctx, c.camp, []id.ID{a}); err != nil {
					t.Error(err)
				}
			}
		}()
		for writing := true; writing; {
			select {
			case <-done:
				writing = false
			default:
			}
			c.wantClean()
		}
		if report := c.wantClean(); report.Entries != int64(len(waiting)) {
			t.Errorf("%+v", report)
		}
	})
}

// The first ten rows are enough to begin with.
func TestManyBrokenRowsAreCutShort(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		p := c.person()
		for hour := range 11 {
			from := at("14 00:00").Add(time.Duration(hour) * time.Hour).In(seoul)
			c.verified(p, from.Format("02 15:04"), from.Add(time.Hour).Format("02 15:04"))
		}
		for amount, more := range map[string]bool{`UPDATE ledger_entries SET reason = 'x'`: true, `UPDATE ledger_entries SET reason = 'x' WHERE sequence < 11`: false} {
			report := c.tampered(func(tx *repository.Tx) error { return tx.Exec(amount).Error })
			if len(report.Findings) != 1 || len(report.Findings[0].Rows) != 10 || report.Findings[0].More != more {
				t.Errorf("%s: %+v", amount, report.Findings)
			}
		}
	})
}
