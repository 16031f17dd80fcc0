package bulk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"dure/repository"
)

// Load fills empty tables inside one transaction. What stands in the way of many rows is taken off the tables and put back as
// it was: foreign keys and triggers with Begin, keys and indexes with Bare, all of them with Finish. Checks stay in force.
type Load struct {
	tx       *repository.Tx
	in       repository.Copier
	tables   []string
	emptied  map[string]bool
	links    []piece // foreign keys of the tables, and those to them
	triggers []piece
	keys     []piece
	indexes  []piece
}

// piece is a part of a table's definition: how it is taken off, and how it is put back.
type piece struct{ Name, Take, Put string }

// patience lets one transaction last, and lets indexes be sorted in memory.
const patience = `SELECT set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true),
	set_config('lock_timeout', '0', true), set_config('maintenance_work_mem', '768MB', true), set_config('max_parallel_maintenance_workers', '2', true),
	set_config('work_mem', '256MB', true), set_config('synchronous_commit', 'off', true)`

// Begin prepares tables. Those without a row get a new file, so that what is copied there needs neither freezing nor cleaning
// later; nobody else sees the tables until the transaction ends.
func Begin(tx *repository.Tx, in repository.Copier, tables ...string) (*Load, error) {
	l := &Load{tx: tx, in: in, tables: tables, emptied: map[string]bool{}}
	if err := tx.Exec(patience).Error; err != nil {
		return nil, err
	}
	for _, q := range []struct {
		into  *[]piece
		query string
	}{
		{&l.links, `SELECT c.conname AS name, 'ALTER TABLE ' || c.conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(c.conname) AS take,
			'ALTER TABLE ' || c.conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(c.conname) || ' ' || pg_get_constraintdef(c.oid) AS put
			FROM pg_constraint c WHERE c.contype = 'f' AND (c.conrelid = ANY(t) OR c.confrelid = ANY(t))`},
		{&l.triggers, `SELECT g.tgname AS name, 'DROP TRIGGER ' || quote_ident(g.tgname) || ' ON ' || g.tgrelid::regclass AS take, pg_get_triggerdef(g.oid) AS put
			FROM pg_trigger g WHERE NOT g.tgisinternal AND g.tgrelid = ANY(t)`},
		{&l.keys, `SELECT c.conname AS name, 'ALTER TABLE ' || c.conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(c.conname) AS take,
			'ALTER TABLE ' || c.conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(c.conname) || ' ' || pg_get_constraintdef(c.oid) AS put
			FROM pg_constraint c WHERE c.contype IN ('p', 'u', 'x') AND c.conrelid = ANY(t)`},
		{&l.indexes, `SELECT i.indexrelid::regclass::text AS name, 'DROP INDEX ' || i.indexrelid::regclass AS take, pg_get_indexdef(i.indexrelid) AS put
			FROM pg_index i WHERE i.indrelid = ANY(t) AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)`},
	} {
		query := strings.ReplaceAll(q.query, "ANY(t)", "ANY(CAST('{"+strings.Join(tables, ",")+"}' AS regclass[]))") + ` ORDER BY 1, 2`
		if err := tx.Raw(query).Scan(q.into).Error; err != nil {
			return nil, err
		}
	}
	if err := l.take(l.links, l.triggers); err != nil {
		return nil, err
	}
	for _, table := range tables {
		var held bool
		if err := tx.Raw(`SELECT EXISTS (SELECT 1 FROM ` + table + `)`).Scan(&held).Error; err != nil {
			return nil, err
		}
		if held {
			continue
		}
		if err := tx.Exec(`TRUNCATE ` + table).Error; err != nil {
			return nil, err
		}
		l.emptied[table] = true
	}
	return l, nil
}

// Bare takes keys and indexes off the tables.
func (l *Load) Bare() error { return l.take(l.keys, l.indexes) }

func (l *Load) take(lists ...[]piece) error {
	for _, p := range slices.Concat(lists...) {
		if err := l.tx.Exec(p.Take).Error; err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
	}
	return nil
}

// Copy adds rows to one of the tables.
func (l *Load) Copy(ctx context.Context, t Table, rows *Rows) error {
	if rows.Count() == 0 {
		return nil
	}
	taken, err := l.in.Copy(ctx, t.statement(l.emptied[t.Name]), rows.reader())
	if err == nil && taken != int64(rows.Count()) {
		err = fmt.Errorf("%d of %d rows", taken, rows.Count())
	}
	if err != nil {
		return fmt.Errorf("%s: %w", t.Name, err)
	}
	return nil
}

// Finish puts everything back as it was, and tells each step before it begins.
func (l *Load) Finish(tell func(step string) error) error {
	for _, p := range slices.Concat(l.keys, l.indexes, l.links, l.triggers) {
		if err := tell(p.Name); err != nil {
			return err
		}
		if err := l.tx.Exec(p.Put).Error; err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
	}
	return nil
}
