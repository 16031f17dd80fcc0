package proof_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/pressly/goose/v3"

	"dure/domain/kernel/id"
	"dure/repository"
	"dure/repository/dbtest"
)

// before is a database as it was before a migration.
func before(t *testing.T, dialect repository.Dialect, migration int64) *repository.DB {
	t.Helper()
	url, kind := "sqlite:"+filepath.Join(t.TempDir(), "old.db"), goose.DialectSQLite3
	if dialect == repository.Postgres {
		url, kind = dbtest.Postgres(t), goose.DialectPostgres
	}
	db := dbtest.Open(t, url)
	if dialect == repository.Postgres {
		if _, err := db.Pool().Exec(`DROP SCHEMA public CASCADE; CREATE SCHEMA public`); err != nil {
			t.Fatal(err)
		}
	}
	files, err := goose.NewProvider(kind, db.Pool(), os.DirFS(filepath.Join("..", "..", "migrations", string(dialect))))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := files.UpTo(context.Background(), migration-1); err != nil {
		t.Fatal(err)
	}
	return db
}

// The ledger's tables are made anew on SQLite when points come: everything in them, and all that guards it, is there afterwards.
func TestALedgerFromBeforePointsIsSound(t *testing.T) {
	for _, dialect := range []repository.Dialect{repository.SQLite, repository.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			db := before(t, dialect, 29)
			c := newCity(t, db)
			c.exec(`CREATE TABLE cube_queue (volunteer_id text, year integer, day date)`) // today's ledger tells whoever keeps figures
			c.exec(`ALTER TABLE attendances ADD COLUMN group_name text`)                  // and a presence its group
			p := c.person()
			var told []id.ID
			for _, day := range []string{"10 ", "11 ", "12 "} {
				told = append(told, c.verified(p, day+"10:00", day+"12:00"), c.verified(c.person(), day+"08:00", day+"18:00"))
			}
			c.now = at("16 00:05")
			seal := c.seal()
			dump := func() (rows []string) {
				if err := db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
					return tx.Raw(`SELECT e.id || ' ' || e.account_id || ' ' || e.sequence || ' ' || e.posted_at || ' ' || e.effective_day || ' ' || e.hash || ' ' || a.head
						|| ' ' || a.balance FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id ORDER BY e.id`).Scan(&rows).Error
				}); err != nil {
					t.Fatal(err)
				}
				return rows
			}
			old := dump()
			c.exec(`ALTER TABLE attendances DROP COLUMN group_name`)
			c.exec(`DROP TABLE cube_queue`)
			dbtest.Migrate(t, db)
			db.Pool().SetMaxIdleConns(0) // a server that starts anew has no plans from before
			if now := dump(); len(now) != len(told) || len(now) != len(old) {
				t.Fatal(old, now)
			} else {
				for i := range now {
					if now[i] != old[i] {
						t.Errorf("%s became %s", old[i], now[i])
					}
				}
			}
			if report := c.wantClean(); report.Entries != int64(len(told)) || report.LastSeal.Root != seal.Root {
				t.Errorf("%+v", report)
			}
			if dialect == repository.SQLite {
				var lost []string
				if err := db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
					return tx.Raw(`SELECT "table" FROM pragma_foreign_key_check UNION ALL SELECT name FROM sqlite_master WHERE name LIKE '%_aside'
						UNION ALL SELECT 'no reference to ' || n FROM (SELECT 'ledger_entries' AS n) WHERE NOT EXISTS (
							SELECT 1 FROM pragma_foreign_key_list('ledger_postings') WHERE "table" = 'ledger_entries')`).Scan(&lost).Error
				}); err != nil || len(lost) > 0 {
					t.Error(lost, err)
				}
				if err := db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error {
					return tx.Exec(`INSERT INTO ledger_postings (entry_id, line, account_id, amount) VALUES ('none', 1, 'none', 0)`).Error
				}); err == nil {
					t.Error("a posting of no entry was taken")
				}
			}
			for _, statement := range []string{`UPDATE ledger_entries SET visits = 0`, `DELETE FROM ledger_entries`} {
				if err := db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error { return tx.Exec(statement).Error }); err == nil {
					t.Error(statement, " went through")
				}
			}
			c.agreed(c.service.Reverse(c.head.ctx, told[0], "다른 사람이었음"))
			c.wantClean()
			var decreases []struct{ VolunteerID id.ID }
			if err := db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
				return tx.Raw(`SELECT d.volunteer_id FROM ledger_decreases d JOIN ledger_entries e ON e.id = d.entry_id AND e.kind = 'reversal'`).Scan(&decreases).Error
			}); err != nil || len(decreases) != 1 || decreases[0].VolunteerID != p.id {
				t.Error(decreases, err)
			}
		})
	}
}
