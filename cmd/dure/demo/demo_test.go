package demo_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"dure/cmd/dure/demo"
	"dure/domain/kernel/calendar"
	"dure/domain/proof"
	"dure/repository"
	"dure/repository/dbtest"
	proofstore "dure/repository/proof"
	"dure/repository/vault"
)

var seoul = time.FixedZone("KST", 9*3600)

func at(hour int) calendar.Clock {
	return calendar.Clock{Instant: func() time.Time { return time.Date(2026, 11, 21, hour, 17, 0, 0, seoul) }, Zone: seoul}
}

// cellar is a vault for what was written about accidents.
func cellar(t *testing.T) *vault.Vault {
	t.Helper()
	at, err := vault.Locate("file:" + t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.Open(at, vault.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func fill(t *testing.T, db *repository.DB, clock calendar.Clock) (told string, err error) {
	t.Helper()
	var out bytes.Buffer
	err = demo.Fill(context.Background(), db, cellar(t), clock, demo.Scales["hamlet"], &out)
	return out.String(), err
}

// A city is there whole or not at all, once, and the same however late on its day it is made.
func TestAnEmptyDatabaseIsFilledOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		empty := content(t, db)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		if err := demo.Fill(ctx, db, cellar(t), at(14), demo.Scales["hamlet"], stopper{cancel, "volunteers"}); err == nil || content(t, db) != empty {
			t.Fatal("something was left behind: ", err)
		}
		told, err := fill(t, db, at(0))
		if err != nil || told == "" {
			t.Fatal(told, err)
		}
		first := content(t, db)
		if told, err := fill(t, db, at(23)); err != nil || told != "" || content(t, db) != first {
			t.Fatal("it was filled again: ", told, err)
		}
		report, err := proof.Verify(t.Context(), proofstore.NewStore(db), proof.Options{Zone: seoul, Batch: 100})
		if err != nil || len(report.Findings) > 0 || report.Entries < 1000 {
			t.Fatalf("%+v %v", report, err)
		}
		if db.Dialect() == repository.Postgres {
			return
		}
		other := dbtest.Open(t, dbtest.SQLite(t))
		if _, err := fill(t, other, at(23)); err != nil || content(t, other) != first {
			t.Error("two cities of one day differ: ", err)
		}
	})
}

// stopper ends the filling when a word is told.
type stopper struct {
	stop func()
	word string
}

func (s stopper) Write(told []byte) (int, error) {
	if bytes.Contains(told, []byte(s.word)) {
		s.stop()
	}
	return io.Discard.Write(told)
}

func TestAForeignDatabaseIsLeftAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		dbtest.Regions(t, db)
		before := content(t, db)
		if told, err := fill(t, db, at(14)); !errors.Is(err, demo.ErrForeign) || told != "" || content(t, db) != before {
			t.Fatal(told, err)
		}
	})
}

// content is a digest of all that is invented: everything but what must be unguessable, the ids of what follows, and
// when reference data were imported.
func content(t *testing.T, db *repository.DB) string {
	t.Helper()
	digest := sha256.New()
	err := db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
		for _, query := range []string{
			`SELECT code, level, parent, name, lat, lon, valid_from, valid_to, successor FROM regions ORDER BY code`,
			`SELECT region_code, month, sex, age_from, residents FROM populations ORDER BY 1, 2, 3, 4`,
			`SELECT region_code, month, residents FROM population_totals ORDER BY region_code, month`,
			`SELECT * FROM insurance_contracts ORDER BY id`,
			`SELECT * FROM insurance_items ORDER BY id`,
			`SELECT * FROM volunteers ORDER BY id`,
			`SELECT * FROM residences ORDER BY volunteer_id, since`,
			`SELECT volunteer_id, purpose, version, granted, given_at, given_by, medium FROM consents ORDER BY 1, 2`,
			`SELECT * FROM guardians ORDER BY id`,
			`SELECT id, login, volunteer_id, created_at FROM accounts ORDER BY id`,
			`SELECT * FROM role_grants ORDER BY id`,
			`SELECT * FROM camps ORDER BY id`,
			`SELECT * FROM demand_sites ORDER BY id`,
			`SELECT * FROM activities ORDER BY id`,
			`SELECT id, activity_id, starts_at, ends_at, break_minutes, capacity, confirmed, cancelled_at FROM shifts ORDER BY id`,
			`SELECT * FROM sign_ups ORDER BY id`,
			`SELECT * FROM attendances ORDER BY id`,
			`SELECT * FROM attendance_changes ORDER BY id`,
			`SELECT volunteer_id, sequence, kind, source_id, effective_day, posted_at, visits, worked_minutes, reductions, field_code, evidence,
				rule_version, actor_id, reason FROM ledger_entries WHERE source_type = 'attendance' ORDER BY 1, 2`,
			`SELECT volunteer_id, sequence, kind, effective_day, posted_at, actor_id, reason FROM ledger_entries WHERE source_type <> 'attendance' ORDER BY 1, 2, 3, 4, 5`,
			`SELECT owner_id, kind, balance, sequence, last_posted_at FROM ledger_accounts WHERE kind <> 'programme_points' ORDER BY 1, 2`,
			`SELECT holder_id, title, points, merchant_id, valid_from, valid_to, state, issued_at, issued_by FROM vouchers ORDER BY issued_at, holder_id, points`,
			`SELECT merchant_id, points, redeemed_at, redeemed_by, cancelled_at, cancelled_by, reason FROM voucher_redemptions ORDER BY redeemed_at, merchant_id`,
			`SELECT merchant_id, number, month, opening, redeemed, cancelled, paid, closing, carried, payable, lines, prepared_at, prepared_by FROM settlements ORDER BY 1, 2`,
			`SELECT s.merchant_id, t.number, t.state, t.happened_at, t.account_id, t.reason, t.reference, t.paid_on FROM settlement_steps t
				JOIN settlements s ON s.id = t.statement_id ORDER BY 1, t.number`,
			`SELECT volunteer_id, organiser_id, reported_at, happened_at, place, deadline_on, state, approved_won, approved_by, paid_by, steps FROM claims ORDER BY 1, 4`,
			`SELECT * FROM person_months ORDER BY volunteer_id, month`,
			`SELECT happened_at, account_id, action, subject_type, volunteer_id, reason FROM audit_events WHERE action NOT LIKE '%.imported' ORDER BY 1, 2, 3, 4, 5, 6`,
			`SELECT * FROM settings WHERE key <> 'publication_key'`,
		} {
			rows, err := tx.Raw(query).Rows()
			if err != nil {
				return err
			}
			defer rows.Close()
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			for rows.Next() {
				if err := rows.Scan(values...); err != nil {
					return err
				}
				for _, v := range values {
					fmt.Fprintf(digest, "%v|", *v.(*any))
				}
			}
			if err := rows.Err(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(digest.Sum(nil))
}
