// Package repository keeps what the domain knows, in SQLite or PostgreSQL, with one behaviour.
package repository

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"dure/domain/kernel/asof"
	"dure/domain/kernel/fault"
	"dure/repository/sqlerr"
)

// ErrUnavailable is answered when the database cannot be reached, or is too busy, for now.
var ErrUnavailable = fault.New(fault.Unavailable, "database.unavailable")

// Dialect names one of the two databases.
type Dialect string

const (
	Postgres Dialect = "postgres"
	SQLite   Dialect = "sqlite"
)

// DB is an open database. All access goes through Update, View and Snapshot.
type DB struct {
	dialect     Dialect
	write, read *gorm.DB
	close       []func() error
}

// Options tune how a database is opened.
type Options struct {
	MaxConns int             // upper bound of connections, 0 for the default
	Tracer   pgx.QueryTracer // sees every statement sent to PostgreSQL; the bench replays them
}

// Open connects to `sqlite:PATH` or `postgres://…`. It does not migrate.
func Open(url string, o Options) (*DB, error) {
	switch {
	case strings.HasPrefix(url, "sqlite:"):
		return openSQLite(strings.TrimPrefix(url, "sqlite:"))
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		return openPostgres(url, o)
	default:
		return nil, fmt.Errorf("a database URL begins with sqlite: or postgres://")
	}
}

// config is the same for both databases: no hidden transactions, no second statement cache, no clock of its own.
func config() *gorm.Config {
	return &gorm.Config{
		SkipDefaultTransaction: true,
		PrepareStmt:            false,
		Logger:                 logger.Discard,
		NowFunc:                func() time.Time { return time.Now().UTC().Truncate(time.Microsecond) },
	}
}

// Dialect tells which database this is.
func (db *DB) Dialect() Dialect { return db.dialect }

// Pool is the bare pool that writes, for migrations and metrics.
func (db *DB) Pool() *sql.DB {
	pool, err := db.write.DB()
	if err != nil {
		panic(err) // a gorm handle opened on a *sql.DB always has it
	}
	return pool
}

// Ping asks the database for a sign of life.
func (db *DB) Ping(ctx context.Context) error { return db.Pool().PingContext(ctx) }

// Close lets go of the database.
func (db *DB) Close() error {
	var first error
	for _, f := range db.close {
		if err := f(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// Tx is the hand through which a repository speaks to the database: inside Update a transaction,
// inside Snapshot one frozen view, inside View single statements.
type Tx struct {
	*gorm.DB
	dialect Dialect
	conn    *sql.Conn // of a transaction on PostgreSQL
}

// Postgres tells whether PostgreSQL's SQL is spoken here, else SQLite's.
func (tx *Tx) Postgres() bool { return tx.dialect == Postgres }

// Pick chooses the SQL of the database at hand.
func (tx *Tx) Pick(postgres, sqlite string) string {
	if tx.Postgres() {
		return postgres
	}
	return sqlite
}

// tries bounds how often a transaction is run when the database asks for it to be run again.
const tries = 3

// longest bounds how long after its beginning a transaction may commit: what it records carries the time of the beginning,
// and who asks what was known then must not be told before it is there.
const longest = asof.Settling / 2

// Update runs fn in one transaction, for at most a minute. fn may run up to three times (serialisation failure, deadlock):
// it assigns, it does not append. A request's Idempotency-Key is claimed in the same transaction.
func (db *DB) Update(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	return db.Rework(ctx, fn)
}

// Rework is Update for as long as it takes, for what records nothing anew: sums made again, an empty database filled.
func (db *DB) Rework(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	var err error
	for try := range tries {
		if try > 0 {
			if err := pause(ctx, time.Duration(try*(5+rand.IntN(20)))*time.Millisecond); err != nil {
				return ErrUnavailable
			}
		}
		err = db.transaction(db.write.WithContext(ctx), func(tx *Tx) error {
			if err := claim(ctx, tx); err != nil {
				return err
			}
			return fn(ctx, tx)
		})
		if !sqlerr.Retryable(err) {
			break
		}
	}
	return db.translate(err)
}

// View runs fn without a transaction: each statement sees what is committed when it starts.
func (db *DB) View(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	return db.translate(fn(ctx, &Tx{DB: db.read.WithContext(ctx), dialect: db.dialect}))
}

// Snapshot runs fn in a read-only transaction in which all statements see the same state.
func (db *DB) Snapshot(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	return db.translate(db.transaction(db.read.WithContext(ctx), func(tx *Tx) error { return fn(ctx, tx) },
		&sql.TxOptions{Isolation: db.snapshotLevel(), ReadOnly: true}))
}

// transaction runs fn in one, and on PostgreSQL knows its connection.
func (db *DB) transaction(g *gorm.DB, fn func(tx *Tx) error, options ...*sql.TxOptions) error {
	run := func(g *gorm.DB, conn *sql.Conn) error {
		return g.Transaction(func(g *gorm.DB) error { return fn(&Tx{DB: g, dialect: db.dialect, conn: conn}) }, options...)
	}
	if db.dialect != Postgres {
		return run(g, nil)
	}
	return g.Connection(func(g *gorm.DB) error { return run(g, g.Statement.ConnPool.(*sql.Conn)) })
}

func (db *DB) snapshotLevel() sql.IsolationLevel {
	if db.dialect == Postgres {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault // a SQLite read transaction is a snapshot by nature
}

func (db *DB) translate(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := fault.From(err); !ok && sqlerr.Unavailable(err) {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
