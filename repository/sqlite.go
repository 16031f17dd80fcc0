package repository

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"time"

	gosqlite "github.com/glebarez/go-sqlite"
	"github.com/glebarez/sqlite"
	"gorm.io/gorm"
)

// TimeLayout is how SQLite keeps instants: UTC and of fixed width, so that text order is time order.
const TimeLayout = "2006-01-02 15:04:05.000000+00:00"

// openSQLite opens a file with one connection that writes and several that only read:
// writers queue here instead of failing there, readers never wait.
func openSQLite(path string) (*DB, error) {
	if dir := filepath.Dir(path); dir != "." {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return nil, fmt.Errorf("cannot make the database's folder: %w", err)
		}
	}
	// People's data and the key that signs tokens are in it: nobody but its owner may read the file.
	f, err := os.OpenFile(path, os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot open the database file: %w", err)
	}
	f.Close()
	write, err := openLite(path, 1, url.Values{"_txlock": {"immediate"}})
	if err != nil {
		return nil, err
	}
	read, err := openLite(path, max(4, runtime.NumCPU()), url.Values{"_txlock": {"deferred"}, "_pragma": {"query_only(1)"}})
	if err != nil {
		write.Close()
		return nil, err
	}
	db := &DB{dialect: SQLite, close: []func() error{read.Close, write.Close}}
	for pool, handle := range map[*sql.DB]**gorm.DB{write: &db.write, read: &db.read} {
		if *handle, err = gorm.Open(sqlite.Dialector{Conn: pool}, config()); err != nil {
			db.Close()
			return nil, fmt.Errorf("cannot open SQLite: %w", err)
		}
	}
	return db, nil
}

func openLite(path string, conns int, extra url.Values) (*sql.DB, error) {
	q := url.Values{"_pragma": {
		"busy_timeout(5000)", "journal_mode(WAL)", "foreign_keys(1)", "synchronous(FULL)", "recursive_triggers(1)",
	}}
	for k, v := range extra {
		q[k] = append(q[k], v...)
	}
	pool := sql.OpenDB(liteConnector{dsn: "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()})
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	var version string
	if err := pool.QueryRow("SELECT sqlite_version()").Scan(&version); err != nil {
		pool.Close()
		return nil, fmt.Errorf("cannot open SQLite: %w", err)
	}
	if older(version, 3, 51, 3) { // older engines can corrupt a WAL database
		pool.Close()
		return nil, fmt.Errorf("SQLite %s is too old: 3.51.3 or newer is needed", version)
	}
	return pool, nil
}

func older(version string, major, minor, patch int) bool {
	var a, b, c int
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &a, &b, &c); err != nil {
		return true
	}
	if a != major {
		return a < major
	}
	if b != minor {
		return b < minor
	}
	return c < patch
}

// liteConnector opens connections that write every instant in TimeLayout.
type liteConnector struct{ dsn string }

func (c liteConnector) Driver() driver.Driver { return &gosqlite.Driver{} }

func (c liteConnector) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.Driver().Open(c.dsn)
	if err != nil {
		return nil, err
	}
	return liteConn{conn.(fullConn)}, nil
}

type fullConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
}

type liteConn struct{ fullConn }

// CheckNamedValue writes instants as text of fixed width; everything else goes the usual way.
func (liteConn) CheckNamedValue(v *driver.NamedValue) error {
	if t, ok := v.Value.(time.Time); ok {
		v.Value = t.UTC().Format(TimeLayout)
		return nil
	}
	value, err := driver.DefaultParameterConverter.ConvertValue(v.Value)
	if t, ok := value.(time.Time); ok {
		value = t.UTC().Format(TimeLayout)
	}
	v.Value = value
	return err
}
