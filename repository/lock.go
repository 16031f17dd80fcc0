package repository

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

// ErrInUse is the refusal to open a SQLite file that another process of this program writes to.
var ErrInUse = errors.New("in use by another dure")

// Lock reserves a SQLite file for this process, until release or the end of the process; it is taken before the
// file is opened first. On PostgreSQL it does nothing: there the database keeps order itself.
func Lock(url string) (release func() error, err error) {
	path, ok := strings.CutPrefix(url, "sqlite:")
	if !ok {
		return func() error { return nil }, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, fmt.Errorf("cannot make the database's folder: %w", err)
	}
	real, err := filepath.EvalSymlinks(path)
	switch {
	case err == nil:
		path = real // two names of one file share one lock
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("cannot find the database file: %w", err)
	}
	lock := flock.New(path+".lock", flock.SetPermissions(0o600))
	taken, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("cannot lock the database file: %w", err)
	}
	if !taken {
		return nil, fmt.Errorf("%s is %w", path, ErrInUse)
	}
	return lock.Close, nil
}

// Exists tells whether there is a database to look at: a SQLite file that is missing would be made by opening it.
func Exists(url string) bool {
	path, ok := strings.CutPrefix(url, "sqlite:")
	if !ok {
		return true
	}
	_, err := os.Stat(path)
	return err == nil
}
