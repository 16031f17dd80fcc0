package repository

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/gorm"
)

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
	return db.translate(db.write.WithContext(ctx).Connection(func(g *gorm.DB) error {
		conn, ok := g.Statement.ConnPool.(*sql.Conn)
		if !ok {
			return fmt.Errorf("no connection of its own but %T", g.Statement.ConnPool)
		}
		return g.Transaction(func(g *gorm.DB) error {
			return fn(ctx, &Tx{DB: g, dialect: db.dialect}, Copier{conn})
		})
	}))
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
