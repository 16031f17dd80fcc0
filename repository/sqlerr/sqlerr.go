// Package sqlerr reads the drivers' error codes, so that nobody else has to.
package sqlerr

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"

	"github.com/glebarez/go-sqlite"
	"github.com/jackc/pgx/v5/pgconn"
	sqlite3 "modernc.org/sqlite/lib"
)

// Unique tells whether a row with the same key was there, by the constraint's name. SQLite names
// columns instead of constraints; there a constraint of the form table_columns_key is matched by its columns.
func Unique(err error, constraint string) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code == "23505" && pg.ConstraintName == constraint
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		switch lite.Code() {
		case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
			return liteConstraint(lite.Error()) == constraint
		}
	}
	return false
}

// liteConstraint turns "constraint failed: UNIQUE constraint failed: t.a, t.b (2067)" into t_a_b_key,
// and "… index 'name' (2067)" into name.
func liteConstraint(message string) string {
	_, list, _ := strings.Cut(message, "UNIQUE constraint failed: ")
	list, _, _ = strings.Cut(list, " (")
	if name, ok := strings.CutPrefix(list, "index "); ok {
		return strings.Trim(name, "'")
	}
	var b strings.Builder
	for i, column := range strings.Split(list, ", ") {
		table, name, _ := strings.Cut(column, ".")
		if i == 0 {
			b.WriteString(table)
		}
		b.WriteString("_" + name)
	}
	return b.String() + "_key"
}

// AnyUnique tells whether a row with the same key was there, whichever key.
func AnyUnique(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code == "23505"
	}
	lite, ok := errors.AsType[*sqlite.Error](err)
	return ok && (lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}

// ForeignKey tells whether a row that is referred to is missing, or still referred to.
func ForeignKey(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code == "23503"
	}
	lite, ok := errors.AsType[*sqlite.Error](err)
	return ok && lite.Code() == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY
}

// Retryable tells whether the same transaction may succeed when it is run again:
// serialisation failure or deadlock.
func Retryable(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pg.Code == "40001" || pg.Code == "40P01")
}

// Unavailable tells whether the database could not be reached or did not answer in time, as opposed to having refused.
func Unavailable(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch pg.Code {
		case "40001", "40P01", "55P03", "57014", "57P01", "57P02", "57P03", "53300", "53100":
			return true
		}
		return strings.HasPrefix(pg.Code, "08")
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		switch lite.Code() & 0xff {
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_INTERRUPT:
			return true
		}
		return false
	}
	var connect *pgconn.ConnectError
	return errors.As(err, &connect) || pgconn.Timeout(err) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, sql.ErrConnDone) || errors.Is(err, context.DeadlineExceeded)
}
