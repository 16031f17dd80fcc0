package bulk_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/repository"
	"dure/repository/bulk"
	"dure/repository/dbtest"
)

var things = bulk.Table{Name: "things", Columns: "id, other, said, small, large, yes, day, at, until"}

func write(r *bulk.Rows, u id.ID, other *id.ID, said string, n int64, yes bool, day calendar.Day, at time.Time, until *time.Time) {
	r.Row(9)
	r.ID(u)
	r.MaybeID(other)
	r.Text(said)
	r.Int(int(int32(n)))
	r.Bigint(n)
	r.Bool(yes)
	r.Day(day)
	r.Time(at)
	r.MaybeTime(until)
}

// made has two tables, one of which holds a row, with all that can hang on them.
func made(t *testing.T) *repository.DB {
	t.Helper()
	db := dbtest.Open(t, dbtest.Postgres(t))
	for _, statement := range []string{
		`CREATE TABLE owners (id uuid CONSTRAINT owners_pkey PRIMARY KEY)`,
		`CREATE TABLE things (id uuid NOT NULL CONSTRAINT things_pkey PRIMARY KEY, other uuid CONSTRAINT things_other_fkey REFERENCES owners (id), said text NOT NULL,
			small integer NOT NULL, large bigint NOT NULL, yes boolean NOT NULL, day date NOT NULL, at timestamptz NOT NULL, until timestamptz,
			CONSTRAINT things_said_check CHECK (said <> 'no'), CONSTRAINT things_said_key UNIQUE (at, day))`,
		`CREATE INDEX things_late_idx ON things (at DESC) WHERE yes`,
		`CREATE TRIGGER things_append_only BEFORE UPDATE OR DELETE ON things FOR EACH ROW EXECUTE FUNCTION refuse_change()`,
		`CREATE TRIGGER things_no_truncate BEFORE TRUNCATE ON things FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`,
		`INSERT INTO owners VALUES ('00000000-0000-7000-8000-00000000aaaa')`,
	} {
		if _, err := db.Pool().Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// loaded copies rows into things, with the owners aside, too.
func loaded(t *testing.T, db *repository.DB, fill func(r *bulk.Rows)) error {
	t.Helper()
	return db.Bulk(t.Context(), func(ctx context.Context, tx *repository.Tx, in repository.Copier) error {
		load, err := bulk.Begin(tx, in, "owners", "things")
		if err != nil {
			return err
		}
		if err := load.Bare(); err != nil {
			return err
		}
		var r bulk.Rows
		fill(&r)
		if err := load.Copy(ctx, things, &r); err != nil {
			return err
		}
		return load.Finish(func(string) error { return nil })
	})
}

func TestRowsAreCopiedAsTheyAre(t *testing.T) {
	db, owner := made(t), id.ID{6: 0x70, 8: 0x80, 14: 0xaa, 15: 0xaa}
	at := time.Date(1999, 12, 31, 23, 59, 59, 999999000, time.UTC)
	until := time.Date(2026, 7, 1, 0, 0, 0, 1000, time.UTC)
	first, second := id.New(), id.New()
	long := strings.Repeat("두레 ", 40_000)
	if err := loaded(t, db, func(r *bulk.Rows) {
		write(r, first, &owner, "", -1<<62, true, calendar.MustParse("1999-12-31"), at, &until)
		write(r, second, nil, long, 7, false, calendar.MustParse("2026-02-28"), until, nil)
	}); err != nil {
		t.Fatal(err)
	}
	var told []string
	if err := db.View(t.Context(), func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(`SELECT concat_ws('|', id, other, length(said), md5(said), small, large, yes, day, at AT TIME ZONE 'UTC', until AT TIME ZONE 'UTC')
			FROM things ORDER BY large`).Scan(&told).Error
	}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		first.String() + "|00000000-0000-7000-8000-00000000aaaa|0|d41d8cd98f00b204e9800998ecf8427e|0|-4611686018427387904|t|1999-12-31|1999-12-31 23:59:59.999999|2026-07-01 00:00:00.000001",
		second.String() + "|120000|",
	}
	if len(told) != 2 || told[0] != want[0] || !strings.HasPrefix(told[1], want[1]) || !strings.HasSuffix(told[1], "|7|7|f|2026-02-28|2026-07-01 00:00:00.000001") {
		t.Errorf("%q", told)
	}
	for _, refused := range []string{`DELETE FROM things`, `TRUNCATE things`, `UPDATE things SET small = 1`} {
		if _, err := db.Pool().Exec(refused); err == nil {
			t.Error("the guards are gone: ", refused)
		}
	}
	if _, err := db.Pool().Exec(`DELETE FROM owners`); err == nil {
		t.Error("what was there has gone, or is not held any more")
	}
}

// Whatever the rows break is found, and then nothing was done.
func TestRowsThatBreakTheSchemaAreRefused(t *testing.T) {
	db := made(t)
	day, at, nobody := calendar.MustParse("2026-07-14"), time.Now(), id.New()
	for name, fill := range map[string]func(r *bulk.Rows){
		"things_said_check": func(r *bulk.Rows) { write(r, id.New(), nil, "no", 1, true, day, at, nil) },
		"things_said_key": func(r *bulk.Rows) {
			write(r, id.New(), nil, "a", 1, true, day, at, nil)
			write(r, id.New(), nil, "a", 1, true, day, at, nil)
		},
		"things_other_fkey": func(r *bulk.Rows) { write(r, id.New(), &nobody, "a", 1, true, day, at, nil) },
		"things": func(r *bulk.Rows) {
			r.Row(1)
			r.Int(1)
		},
	} {
		if err := loaded(t, db, fill); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		var left int
		if err := db.Pool().QueryRow(`SELECT (SELECT COUNT(*) FROM things) + (SELECT COUNT(*) FROM pg_constraint WHERE conrelid = 'things'::regclass)
			+ (SELECT COUNT(*) FROM pg_trigger WHERE tgrelid = 'things'::regclass AND NOT tgisinternal)`).Scan(&left); err != nil || left != 6 {
			t.Error(name, ": something is left or missing: ", left, err)
		}
	}
}

func TestNothingIsCopiedIntoSQLite(t *testing.T) {
	db := dbtest.Open(t, dbtest.SQLite(t))
	if err := db.Bulk(t.Context(), func(context.Context, *repository.Tx, repository.Copier) error { return nil }); !errors.Is(err, repository.ErrNoCopy) {
		t.Fatal(err)
	}
}
