package repository

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

// statementTimeout is longer than any request may take, so that a forgotten statement ends by itself.
const statementTimeout = "30s"

func openPostgres(url string, o Options) (*DB, error) {
	c, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("the database URL cannot be read") // pgx's own text may repeat the password
	}
	for name, value := range map[string]string{
		"timezone":                            "UTC",
		"lock_timeout":                        "8s",
		"idle_in_transaction_session_timeout": "60s",
		"statement_timeout":                   statementTimeout,
		"application_name":                    "dure",
		"jit":                                 "off", // statements go through few persons; compiling them took longer than running them, measured
	} {
		if _, set := c.RuntimeParams[name]; !set {
			c.RuntimeParams[name] = value
		}
	}
	c.Tracer = o.Tracer
	pool := stdlib.OpenDB(*c)
	conns := cmp.Or(o.MaxConns, max(8, 4*runtime.NumCPU())) // more of them only get in each other's way, measured
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	g, err := gorm.Open(postgres.New(postgres.Config{Conn: pool}), config())
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("cannot open PostgreSQL: %w", err)
	}
	return &DB{dialect: Postgres, write: g, read: g, close: []func() error{pool.Close}}, nil
}

// eachNative is Each by the driver's own rows, where it can be had: outside a transaction, and in one whose connection is known.
// It has done nothing where the connection turned out to be dead before it was asked: the pool knows how to find another.
func (tx *Tx) eachNative(ctx context.Context, read func(Scanner) error, query string, args []any) (done bool, err error) {
	conn := tx.conn
	if pool, ok := tx.Statement.ConnPool.(*sql.DB); ok {
		if conn, err = pool.Conn(ctx); err != nil {
			return true, err
		}
		defer conn.Close()
	}
	if conn == nil {
		return false, nil
	}
	err = conn.Raw(func(driver any) error {
		rows, err := driver.(*stdlib.Conn).Conn().Query(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		return through(rows, read)
	})
	return err == nil || !pgconn.SafeToRetry(err), err
}

// ErrNoCopy is the refusal to copy rows into a database that has no such thing.
var ErrNoCopy = errors.New("rows are copied into PostgreSQL only")

// Copier sends rows on the connection of a transaction.
type Copier struct{ conn *sql.Conn }

// Bulk is Rework for more rows than statements can carry: one transaction on a connection of its own, into which rows are copied
// as they come. Statements and copies take turns. It runs once, for as long as it takes.
func (db *DB) Bulk(ctx context.Context, fn func(ctx context.Context, tx *Tx, in Copier) error) error {
	if db.dialect != Postgres {
		return ErrNoCopy
	}
	return db.translate(db.transaction(db.write.WithContext(ctx), func(tx *Tx) error { return fn(ctx, tx, Copier{tx.conn}) }))
}

// Copy runs a COPY … FROM STDIN whose data comes from a reader, and tells how many rows it took.
func (c Copier) Copy(ctx context.Context, statement string, data io.Reader) (rows int64, err error) {
	err = c.conn.Raw(func(driver any) error {
		tag, err := driver.(*stdlib.Conn).Conn().PgConn().CopyFrom(ctx, data, statement)
		rows = tag.RowsAffected()
		return err
	})
	return rows, err
}
