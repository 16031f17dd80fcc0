package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"dure/repository"
)

// backup copies a SQLite database into one file, consistent even while a server writes. The copy holds people's data
// and the signing key, so only its owner may read it.
func backup(ctx context.Context, sh shell, args []string) error {
	cfg, args, err := sh.called("backup", "FILE").load(args)
	if err != nil {
		return err
	}
	file := args[0]
	if !strings.HasPrefix(cfg.DatabaseURL, "sqlite:") {
		return fmt.Errorf("%s is backed up by PostgreSQL's own tools: pg_dump, or base backups with WAL archiving", cfg.database())
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there already", file)
	}
	if !repository.Exists(cfg.DatabaseURL) {
		return fmt.Errorf("there is no database %s", cfg.database())
	}
	db, err := repository.Open(cfg.DatabaseURL, repository.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := copyInto(ctx, db, file+".partial"); err != nil {
		return errors.Join(fmt.Errorf("backup failed: %w", err), os.Remove(file+".partial"))
	}
	if err := os.Rename(file+".partial", file); err != nil {
		return err
	}
	_, err = fmt.Fprintln(sh.out, cfg.database(), "is copied to", file)
	return err
}

func copyInto(ctx context.Context, db *repository.DB, file string) error {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := db.Pool().ExecContext(ctx, "VACUUM INTO ?", file); err != nil {
		return err
	}
	return f.Sync()
}
