package demo_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"dure/cmd/dure/demo"
	"dure/domain/proof"
	"dure/repository"
	"dure/repository/dbtest"
	proofstore "dure/repository/proof"
)

// catalogue is everything that the database knows of its tables but what is in them.
func catalogue(t *testing.T, db *repository.DB) []string {
	t.Helper()
	var lines []string
	err := db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(`SELECT line FROM (
			SELECT concat_ws(' ', 'table', c.relname, c.relkind, c.relpersistence, c.reloptions, c.relhastriggers, c.relowner::regrole, c.relacl, c.relreplident) AS line
				FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
			UNION ALL SELECT concat_ws(' ', 'column', a.attrelid::regclass, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid))
				FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
				WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0
			UNION ALL SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, contype, convalidated, condeferrable, condeferred, pg_get_constraintdef(oid))
				FROM pg_constraint WHERE connamespace = 'public'::regnamespace
			UNION ALL SELECT concat_ws(' ', 'index', indexrelid::regclass, indisunique, indisprimary, indisvalid, indisready, pg_get_indexdef(indexrelid))
				FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE c.relnamespace = 'public'::regnamespace
			UNION ALL SELECT concat_ws(' ', 'trigger', tgenabled, pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
			UNION ALL SELECT concat_ws(' ', 'rule of a reference', g.tgrelid::regclass, c.conname, g.tgenabled, g.tgtype) FROM pg_trigger g
				JOIN pg_constraint c ON c.oid = g.tgconstraint WHERE g.tgisinternal
		) AS l ORDER BY line`).Scan(&lines).Error
	})
	if err != nil || len(lines) < 1000 {
		t.Fatal(len(lines), err)
	}
	return lines
}

// A fiftieth of a city is right in all that can be proved, and leaves the schema as it was.
func TestAFiftiethOfACityHoldsAllInvariants(t *testing.T) {
	db := dbtest.Open(t, dbtest.Postgres(t))
	before := catalogue(t, db)
	var told bytes.Buffer
	if err := demo.Fill(t.Context(), db, cellar(t), at(14), demo.Scales["city"].Part(0.02), &told); err != nil {
		t.Fatal(told.String(), err)
	}
	if after := catalogue(t, db); !slices.Equal(after, before) {
		for _, line := range after {
			if !slices.Contains(before, line) {
				t.Error("new: ", line)
			}
		}
		t.Error("the schema has changed")
	}
	report, err := proof.Verify(t.Context(), proofstore.NewStore(db), proof.Options{Zone: seoul, Batch: 1000})
	if err != nil || len(report.Findings) > 0 {
		t.Fatalf("%+v %v", report, err)
	}
	if wanted := int64(400_000); report.Entries < wanted*95/100 || report.Entries > wanted*105/100 || report.Accounts < 9_800 {
		t.Errorf("%d entries in %d accounts", report.Entries, report.Accounts)
	}
	for _, c := range []struct {
		what, query string
		least       int
	}{
		{"months", `SELECT COUNT(DISTINCT date_trunc('month', effective_day)) FROM ledger_entries`, 36},
		{"fields", `SELECT COUNT(DISTINCT field_code) FROM ledger_entries`, 15},
		{"kinds", `SELECT COUNT(DISTINCT kind) FROM ledger_entries`, 4},
		{"grades of evidence", `SELECT COUNT(DISTINCT evidence) FROM ledger_entries`, 4},
		{"dong", `SELECT COUNT(DISTINCT region_code) FROM residences`, 90},
		{"capped days", `SELECT COUNT(*) FROM ledger_entries WHERE reductions LIKE '%daily_cap%'`, 1000},
		{"overlaps", `SELECT COUNT(*) FROM ledger_entries WHERE reductions LIKE '%overlap%'`, 100},
		{"nights", `SELECT COUNT(*) FROM (SELECT source_id FROM ledger_entries GROUP BY source_id HAVING COUNT(DISTINCT effective_day) = 2) AS n`, 1000},
		{"people who came a hundred times", `SELECT COUNT(*) FROM ledger_accounts WHERE sequence >= 100`, 500},
		{"people who came at most five times", `SELECT COUNT(*) FROM ledger_accounts WHERE sequence BETWEEN 1 AND 5`, 500},
		{"organisers", `SELECT COUNT(DISTINCT organiser_id) FROM attendances`, 15},
		{"sign-ups", `SELECT COUNT(*) FROM sign_ups`, 50_000},
		{"decreases", `SELECT COUNT(*) FROM ledger_decreases`, 1000},
	} {
		var got int
		if err := db.View(t.Context(), func(_ context.Context, tx *repository.Tx) error { return tx.Raw(c.query).Scan(&got).Error }); err != nil || got < c.least {
			t.Errorf("%s: %d, fewer than %d (%v)", c.what, got, c.least, err)
		}
	}
}

// A city that was stopped at any point leaves nothing, neither rows nor a schema without its guards, and can be made then; it is
// the same again.
func TestACityIsThereWholeOrNotAtAll(t *testing.T) {
	db, small := dbtest.Open(t, dbtest.Postgres(t)), demo.Scales["city"].Part(0.002)
	before, empty := catalogue(t, db), content(t, db)
	for _, word := range []string{"2024-03", "making indexes"} {
		ctx, cancel := context.WithCancel(t.Context())
		if err := demo.Fill(ctx, db, cellar(t), at(14), small, stopper{cancel, word}); err == nil || !strings.Contains(err.Error(), "nothing of it is kept") {
			t.Fatal(word, err)
		}
		cancel()
		if content(t, db) != empty || !slices.Equal(catalogue(t, db), before) {
			t.Fatal("something was left behind at ", word)
		}
	}
	var told bytes.Buffer
	if err := demo.Fill(t.Context(), db, cellar(t), at(14), small, &told); err != nil {
		t.Fatal(err)
	}
	first := content(t, db)
	if err := demo.Fill(t.Context(), db, cellar(t), at(23), small, &told); err != nil || content(t, db) != first {
		t.Fatal("it was filled again: ", err)
	}
	other := dbtest.Open(t, dbtest.Postgres(t))
	if err := demo.Fill(t.Context(), other, cellar(t), at(23), small, &told); err != nil || content(t, other) != first {
		t.Error("two cities of one day differ: ", err)
	}
}

func TestAWholeCityIsNotForSQLite(t *testing.T) {
	db := dbtest.Open(t, dbtest.SQLite(t))
	if err := demo.Fill(t.Context(), db, cellar(t), at(14), demo.Scales["city"].Part(0.001), &bytes.Buffer{}); !errors.Is(err, demo.ErrTooLarge) {
		t.Fatal(err)
	}
}
