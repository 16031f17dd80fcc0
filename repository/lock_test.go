package repository_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"dure/repository"
)

func TestASQLiteFileHasOneProcess(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "new", "dure.db")
	release, err := repository.Lock("sqlite:" + file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := repository.Lock("sqlite:" + file); !errors.Is(err, repository.ErrInUse) {
		t.Fatal("a second lock was given: ", err)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, filepath.Join(dir, "alias.db")); err != nil {
		t.Fatal(err)
	}
	if _, err := repository.Lock("sqlite:" + filepath.Join(dir, "alias.db")); !errors.Is(err, repository.ErrInUse) {
		t.Fatal("another name of the file was locked: ", err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	release, err = repository.Lock("sqlite:" + filepath.Join(dir, "alias.db"))
	if err != nil {
		t.Fatal("not released: ", err)
	}
	release()
	for range 2 {
		if _, err := repository.Lock("postgres://anywhere/x"); err != nil {
			t.Fatal(err)
		}
	}
}
