// Package dbtest gives every repository and flow test a fresh database of each kind.
package dbtest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx" for the maintenance connection

	"dure/domain/kernel/id"
	"dure/migrations"
	"dure/repository"
)

// Each runs a test on SQLite and on PostgreSQL, each with a migrated, empty database of its own.
// Without TEST_POSTGRES_URL it fails: half a proof is none. `make test` provides one.
func Each(t *testing.T, test func(t *testing.T, db *repository.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, Open(t, SQLite(t))) })
	t.Run("postgres", func(t *testing.T) { test(t, Open(t, Postgres(t))) })
}

// EachURL is Each for tests that open the database themselves, for instance in another process.
func EachURL(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// Open opens a database and closes it when the test ends.
func Open(t *testing.T, url string) *repository.DB {
	t.Helper()
	db, err := repository.Open(url, repository.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// Migrate applies the schema.
func Migrate(t *testing.T, db *repository.DB) {
	t.Helper()
	if _, err := migrations.Up(context.Background(), string(db.Dialect()), db.Pool()); err != nil {
		t.Fatal(err)
	}
}

var liteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "dure-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	db, err := repository.Open("sqlite:"+filepath.Join(dir, "t.db"), repository.Options{})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if _, err := migrations.Up(context.Background(), "sqlite", db.Pool()); err != nil {
		return nil, err
	}
	copied := filepath.Join(dir, "copy.db")
	if _, err := db.Pool().Exec("VACUUM INTO ?", copied); err != nil {
		return nil, err
	}
	return os.ReadFile(copied)
})

// SQLite gives the URL of a migrated, empty SQLite file.
func SQLite(t *testing.T) string {
	t.Helper()
	template, err := liteTemplate()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "dure.db")
	if err := os.WriteFile(path, template, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

// Postgres gives the URL of a migrated, empty PostgreSQL database that is dropped when the test ends.
func Postgres(t *testing.T) string {
	t.Helper()
	template, err := pgTemplate()
	if err != nil {
		t.Fatal(err)
	}
	admin := maintenance(t)
	name := "dure_" + strings.ReplaceAll(id.New().String(), "-", "")
	if _, err := admin.Exec(fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s STRATEGY file_copy", name, template)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.Exec(fmt.Sprintf("DROP DATABASE IF EXISTS %s WITH (FORCE)", name)); err != nil {
			t.Error(err)
		}
		admin.Close()
	})
	return databaseURL(name)
}

func maintenance(t *testing.T) *sql.DB {
	t.Helper()
	db, err := openMaintenance()
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func openMaintenance() (*sql.DB, error) {
	if os.Getenv("TEST_POSTGRES_URL") == "" {
		return nil, fmt.Errorf("TEST_POSTGRES_URL is not set: run `make test`, which starts a PostgreSQL of its own")
	}
	return sql.Open("pgx", os.Getenv("TEST_POSTGRES_URL"))
}

func databaseURL(name string) string {
	u, err := url.Parse(os.Getenv("TEST_POSTGRES_URL"))
	if err != nil {
		panic("TEST_POSTGRES_URL cannot be read")
	}
	u.Path = "/" + name
	return u.String()
}

// pgTemplate makes the migrated database that tests copy: once for all test processes, by its schema's fingerprint.
var pgTemplate = sync.OnceValues(func() (string, error) {
	ctx := context.Background()
	admin, err := openMaintenance()
	if err != nil {
		return "", err
	}
	defer admin.Close()
	conn, err := admin.Conn(ctx)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(712026)"); err != nil {
		return "", err
	}
	defer conn.ExecContext(ctx, "SELECT pg_advisory_unlock(712026)")
	name := "dure_template_" + migrations.Fingerprint("postgres")
	var ready bool
	if err := conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&ready); err != nil || ready {
		return name, err
	}
	building := name + "_building"
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + building, "CREATE DATABASE " + building} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return "", err
		}
	}
	db, err := repository.Open(databaseURL(building), repository.Options{MaxConns: 2})
	if err != nil {
		return "", err
	}
	_, err = migrations.Up(ctx, "postgres", db.Pool())
	db.Close()
	if err != nil {
		return "", err
	}
	_, err = conn.ExecContext(ctx, fmt.Sprintf("ALTER DATABASE %s RENAME TO %s", building, name))
	return name, err
})
