// Package migrations carries the schema of both databases, forward only, one feature a file.
package migrations

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed postgres/*.sql sqlite/*.sql
var files embed.FS

// Up brings a database of a dialect ("postgres" or "sqlite") to the newest schema and returns how many files it
// applied. On PostgreSQL concurrent calls wait for each other; a SQLite file must be locked by the caller.
func Up(ctx context.Context, dialect string, db *sql.DB) (int, error) {
	p, err := provider(dialect, db)
	if err != nil {
		return 0, err
	}
	done, err := p.Up(ctx)
	if err != nil {
		return len(done), fmt.Errorf("migrate: %w", err)
	}
	return len(done), nil
}

// Pending tells whether files wait to be applied.
func Pending(ctx context.Context, dialect string, db *sql.DB) (bool, error) {
	p, err := provider(dialect, db)
	if err != nil {
		return false, err
	}
	return p.HasPending(ctx)
}

func provider(dialect string, db *sql.DB) (*goose.Provider, error) {
	folder, err := fs.Sub(files, dialect)
	if err != nil {
		return nil, err
	}
	var options []goose.ProviderOption
	kind := goose.DialectSQLite3
	if dialect == "postgres" {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		kind, options = goose.DialectPostgres, append(options, goose.WithSessionLocker(patient{locker}))
	}
	return goose.NewProvider(kind, db, folder, options...)
}

// patient lets the statements of migrations take as long as a city's tables need, unlike those of requests. The lock is taken on
// the connection on which they run.
type patient struct{ lock.SessionLocker }

// SessionLock implements lock.SessionLocker.
func (p patient) SessionLock(ctx context.Context, conn *sql.Conn) error {
	if _, err := conn.ExecContext(ctx, `SET statement_timeout = 0`); err != nil {
		return err
	}
	return p.SessionLocker.SessionLock(ctx, conn)
}

// SessionUnlock implements lock.SessionLocker.
func (p patient) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, `RESET statement_timeout`)
	return errors.Join(err, p.SessionLocker.SessionUnlock(ctx, conn))
}

// Fingerprint changes whenever a file of the dialect changes.
func Fingerprint(dialect string) string {
	h := sha256.New()
	_ = fs.WalkDir(files, dialect, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			b, _ := files.ReadFile(path)
			fmt.Fprintf(h, "%s %d\n", path, len(b))
			h.Write(b)
		}
		return err
	})
	return hex.EncodeToString(h.Sum(nil))[:12]
}

// Names lists the files of a dialect in their order.
func Names(dialect string) []string {
	entries, _ := fs.ReadDir(files, dialect)
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names
}
