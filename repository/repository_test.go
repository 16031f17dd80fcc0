package repository_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/stdlib"

	"dure/domain/kernel/asof"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/idempotency"
	"dure/migrations"
	"dure/repository"
	"dure/repository/dbtest"
	"dure/repository/sqlerr"
)

// Both folders must hold the same numbers and names.
func TestMigrationsParity(t *testing.T) {
	pg, lite := migrations.Names("postgres"), migrations.Names("sqlite")
	if len(pg) == 0 || len(pg) != len(lite) {
		t.Fatalf("%d files for postgres, %d for sqlite", len(pg), len(lite))
	}
	for i := range pg {
		if pg[i] != lite[i] {
			t.Errorf("%s has no counterpart: %s", pg[i], lite[i])
		}
	}
}

func TestUpdateIsAllOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		ctx := context.Background()
		boom := errors.New("boom")
		insert := func(key string) func(context.Context, *repository.Tx) error {
			return func(_ context.Context, tx *repository.Tx) error {
				return tx.Exec(`INSERT INTO login_failures (login_hash, failures, window_start) VALUES (?, 1, ?)`, key, time.Now()).Error
			}
		}
		err := db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error {
			if err := insert("a")(ctx, tx); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		if err := db.Update(ctx, insert("a")); err != nil {
			t.Fatal("the first attempt left something behind: ", err)
		}
		if err := db.Update(ctx, insert("a")); !sqlerr.AnyUnique(err) {
			t.Fatal("want a unique violation, got ", err)
		}
	})
}

// What a transaction records carries the time of its beginning: it must have ended before that time may be asked about.
func TestNoTransactionOutlivesSettling(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		ctx := context.Background()
		insert := func(tx *repository.Tx) error {
			return tx.Exec(`INSERT INTO login_failures (login_hash, failures, window_start) VALUES ('a', 1, ?)`, time.Now()).Error
		}
		if err := db.Update(ctx, func(ctx context.Context, _ *repository.Tx) error {
			if end, bounded := ctx.Deadline(); !bounded || time.Until(end) > asof.Settling/2 {
				t.Error("a transaction may take until ", end)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		over, end := context.WithCancel(ctx)
		if err := db.Update(over, func(_ context.Context, tx *repository.Tx) error {
			err := insert(tx)
			end() // its time has run out before it could commit
			return err
		}); err == nil {
			t.Error("committed after its time")
		}
		if err := db.Rework(ctx, func(ctx context.Context, tx *repository.Tx) error {
			if _, bounded := ctx.Deadline(); bounded {
				t.Error("sums made again are bounded")
			}
			return insert(tx) // nothing of the one before has stayed
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestIdempotencyKeyIsClaimedWithItsEffect(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		claim := idempotency.Claim{ActorID: id.New(), Key: "k", RequestID: "first", Route: "POST /x", Hash: "h"}
		ctx := idempotency.With(context.Background(), claim)
		nothing := func(context.Context, *repository.Tx) error { return nil }
		boom := errors.New("boom")
		if err := db.Update(ctx, func(context.Context, *repository.Tx) error { return boom }); !errors.Is(err, boom) {
			t.Fatal(err)
		}
		if _, ok, _ := db.Answered(ctx, claim.ActorID, "k"); ok {
			t.Fatal("a key stayed without its effect")
		}
		for range 2 { // one request may hold several transactions
			if err := db.Update(ctx, nothing); err != nil {
				t.Fatal(err)
			}
		}
		second := claim
		second.RequestID = "second"
		if err := db.Update(idempotency.With(context.Background(), second), nothing); !errors.Is(err, idempotency.ErrInUse) {
			t.Fatal("want ErrInUse, got ", err)
		}
		if err := db.Answer(ctx, claim, idempotency.Answer{Status: 201, Body: "{}"}); err != nil {
			t.Fatal(err)
		}
		if a, ok, err := db.Answered(ctx, claim.ActorID, "k"); err != nil || !ok || a.Status != 201 || a.Hash != "h" {
			t.Fatal(a, ok, err)
		}
	})
}

// What JSON writes must be JSON, whatever people write into texts.
func TestJSONIsJSON(t *testing.T) {
	type state string
	word, none, now, day := "한\"글\\\n<&>\u2028", (*string)(nil), time.Date(2026, 1, 1, 9, 0, 0, 1000, time.FixedZone("KST", 9*3600)), calendar.MustParse("2026-01-01")
	who := id.New()
	text := repository.JSON([]repository.Row{{"a", word, "b", &word, "c", none, "d", now, "e", &now, "f", day, "g", state("open"), "h", 7,
		"i", int64(-8), "j", true, "k", nil, "l", who, "m", &who, "n", (*time.Time)(nil), "o", (*id.ID)(nil)}, {}})
	var got []map[string]any
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err, text)
	}
	at := "2026-01-01 00:00:00.000001+00:00"
	want := map[string]any{"a": word, "b": word, "c": nil, "d": at, "e": at, "f": "2026-01-01", "g": "open", "h": 7.0, "i": -8.0, "j": true,
		"k": nil, "l": who.String(), "m": who.String(), "n": nil, "o": nil}
	if !reflect.DeepEqual(got, []map[string]any{want, {}}) {
		t.Errorf("%v\n%v", got[0], want)
	}
}

func TestRowsThatAreAlikeAreReadAsTheyWere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		at, note := time.Date(2026, 1, 1, 0, 30, 0, 123456000, time.UTC), "가"
		a, b := id.New(), id.New()
		rows := []repository.Row{
			{"id", a, "who", b, "at", at, "day", calendar.Of(at, time.UTC), "yes", true, "minutes", 30, "kind", "qr", "note", &note},
			{"id", b, "who", b, "at", at, "day", calendar.Of(at, time.UTC), "yes", true, "minutes", 30, "kind", "qr", "note", (*string)(nil)},
			{"id", a, "who", a, "at", at.Add(time.Second), "day", calendar.Of(at, time.UTC).Add(1), "yes", false, "minutes", 0, "kind", "", "note", &note},
		}
		read := func(from string, args []any) (told []string) {
			if err := db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
				return tx.Raw(`SELECT `+tx.Pick(`to_json(r)::text`, `json_object('id', id, 'who', who, 'at', at, 'day', day, 'yes', yes, 'minutes', minutes, 'kind', kind, 'note', note)`)+
					` FROM `+from, args...).Scan(&told).Error
			}); err != nil {
				t.Fatal(err)
			}
			return told
		}
		const columns = "id uuid, who uuid, at timestamptz, day date, yes boolean, minutes int, kind text, note text"
		if err := db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
			from, args := tx.Alike(columns, rows, "who", "at", "day", "yes", "minutes", "kind")
			want, got := read(tx.Records(columns), []any{repository.JSON(rows)}), read(from, args)
			if len(want) != len(rows) || !slices.Equal(got, want) {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if text := args[len(args)-1].(string); len(args) != 7 || strings.Count(text, "minutes") != 1 || strings.Count(text, "note") != 3 {
				t.Errorf("%v", args)
			}
			from, args = tx.Alike(columns, nil, "who")
			if got := read(from, args); len(got) != 0 {
				t.Error(got)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestRecordsTravelInOneParameter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		at := time.Date(2026, 1, 1, 0, 30, 0, 123456000, time.FixedZone("KST", 9*3600))
		a, b := id.New(), id.New()
		if err := db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error {
			return tx.Exec(tx.Pick(`CREATE TABLE sessions_probe (id uuid, at timestamptz, minutes int, note text)`,
				`CREATE TABLE sessions_probe (id text, at datetime, minutes integer, note text)`)).Error
		}); err != nil {
			t.Fatal(err)
		}
		if err := db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error {
			return tx.Exec(`INSERT INTO sessions_probe (id, at, minutes, note) SELECT id, at, minutes, note FROM `+
				tx.Records("id uuid, at timestamptz, minutes int, note text"),
				repository.JSON([]repository.Row{{"id", a, "at", at, "minutes", 30, "note", nil}, {"id", b, "at", at, "minutes", 0, "note", "가"}})).Error
		}); err != nil {
			t.Fatal(err)
		}
		var rows []struct {
			ID      id.ID
			At      time.Time
			Minutes int
			Note    *string
		}
		if err := db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
			return tx.Raw(`SELECT * FROM sessions_probe WHERE at = ? AND id IN ? ORDER BY id`, at, []id.ID{a, b}).Scan(&rows).Error
		}); err != nil {
			t.Fatal(err)
		}
		if len(rows) != 2 || rows[0].ID != a || !rows[0].At.Equal(at) || rows[0].Minutes != 30 || rows[0].Note != nil || *rows[1].Note != "가" {
			t.Fatalf("%+v", rows)
		}
	})
}

// A migration may take as long as a city's tables need; afterwards statements are bounded as before.
func TestMigrationsAreNotBounded(t *testing.T) {
	db, err := repository.Open(dbtest.Postgres(t), repository.Options{MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Pool().Exec(`DROP SCHEMA public CASCADE; CREATE SCHEMA public;
		CREATE FUNCTION hurried() RETURNS event_trigger LANGUAGE plpgsql AS $$
			BEGIN IF current_setting('statement_timeout') <> '0' THEN RAISE 'a migration is bounded'; END IF; END $$;
		CREATE EVENT TRIGGER hurried ON ddl_command_start WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION hurried()`); err != nil {
		t.Fatal(err)
	}
	if applied, err := migrations.Up(t.Context(), "postgres", db.Pool()); err != nil || applied != len(migrations.Names("postgres")) {
		t.Fatal(applied, err)
	}
	var bound string
	if err := db.Pool().QueryRow(`SHOW statement_timeout`).Scan(&bound); err != nil || bound == "0" {
		t.Error(bound, err)
	}
}

// A connection may die while it lies in the pool. Who asks next gets another one, also where rows are read by the driver itself.
func TestADeadConnectionIsReplaced(t *testing.T) {
	db := dbtest.Open(t, dbtest.Postgres(t))
	db.Pool().SetMaxOpenConns(1)
	conn, err := db.Pool().Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(
		conn.Raw(func(driver any) error { return driver.(*stdlib.Conn).Conn().PgConn().Conn().Close() }),
		conn.Close(),
	); err != nil {
		t.Fatal(err)
	}
	var got int
	if err := db.View(t.Context(), func(_ context.Context, tx *repository.Tx) error {
		return tx.Each(func(rows repository.Scanner) error { return rows.Scan(&got) }, `SELECT 7`)
	}); err != nil || got != 7 {
		t.Fatal(got, err)
	}
}
