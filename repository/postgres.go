package repository

import (
	"cmp"
	"fmt"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"
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
