package main

import (
	"context"
	"fmt"
	"log/slog"

	"dure/migrations"
	"dure/repository"
)

// own opens the database for this process alone (on SQLite; PostgreSQL is made to be shared) and brings it to the
// newest schema. The caller lets go of it in the end.
func own(ctx context.Context, cfg config, log *slog.Logger) (db *repository.DB, letGo func(), err error) {
	unlock, err := repository.Lock(cfg.DatabaseURL)
	if err != nil {
		return nil, nil, err
	}
	free := func() {
		if err := unlock(); err != nil {
			log.Warn("lock not released", "error", err.Error())
		}
	}
	if db, err = repository.Open(cfg.DatabaseURL, repository.Options{MaxConns: cfg.DBMaxConns}); err != nil {
		free()
		return nil, nil, err
	}
	letGo = func() {
		if err := db.Close(); err != nil {
			log.Warn("database not closed well", "error", err.Error())
		}
		free()
	}
	applied, err := migrations.Up(ctx, string(db.Dialect()), db.Pool())
	if err != nil {
		letGo()
		return nil, nil, fmt.Errorf("%s: %w", cfg.database(), err)
	}
	log.Info("database is ready", "database", cfg.database(), "dialect", string(db.Dialect()), "migrations_applied", applied)
	return db, letGo, nil
}

// visit opens a database beside whoever else uses it. It must be there, with the newest schema.
func visit(ctx context.Context, cfg config) (*repository.DB, error) {
	if !repository.Exists(cfg.DatabaseURL) {
		return nil, fmt.Errorf("there is no database %s: dure migrate makes one", cfg.database())
	}
	db, err := repository.Open(cfg.DatabaseURL, repository.Options{MaxConns: cfg.DBMaxConns})
	if err != nil {
		return nil, err
	}
	pending, err := migrations.Pending(ctx, string(db.Dialect()), db.Pool())
	if err == nil && pending {
		err = fmt.Errorf("the schema is older than this program: run dure migrate")
	}
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("%s: %w", cfg.database(), err)
	}
	return db, nil
}

func migrate(ctx context.Context, sh shell, args []string) error {
	cfg, _, err := sh.called("migrate").load(args)
	if err != nil {
		return err
	}
	_, letGo, err := own(ctx, cfg, newLogger(cfg, sh.err))
	if err != nil {
		return err
	}
	letGo()
	_, err = fmt.Fprintln(sh.out, cfg.database(), "has the newest schema")
	return err
}
