package vault

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// folder is a shelf of files, spread over subfolders by the end of their names, which is random. Only its owner may read them.
type folder string

const partial = ".partial"

func (f folder) file(name string) string {
	return filepath.Join(string(f), name[len(name)-2:], name)
}

// put writes beside and renames, so that a file is there whole or not at all, also after a power cut.
func (f folder) put(_ context.Context, name string, locked []byte) (err error) {
	file := f.file(name)
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	beside, err := os.CreateTemp(dir, "*"+partial) // 0600
	if err != nil {
		return err
	}
	_, err = beside.Write(locked)
	err = errors.Join(err, beside.Sync(), beside.Close())
	if err == nil {
		err = os.Rename(beside.Name(), file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(beside.Name()))
	}
	return errors.Join(syncFolder(dir), syncFolder(string(f)))
}

// syncFolder makes a new name last; Windows has no such call, and needs none.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (f folder) get(_ context.Context, name string) ([]byte, error) {
	locked, err := os.ReadFile(f.file(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNothing
	}
	return locked, err
}

func (f folder) each(ctx context.Context, found func(names []string) error) error {
	parts, err := os.ReadDir(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // nothing was ever put here
	}
	if err != nil {
		return err
	}
	for _, part := range parts {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !part.IsDir() {
			continue
		}
		files, err := os.ReadDir(filepath.Join(string(f), part.Name()))
		if err != nil {
			return err
		}
		var names []string
		for _, file := range files {
			if !strings.HasSuffix(file.Name(), partial) {
				names = append(names, file.Name())
			}
		}
		if err := found(names); err != nil {
			return err
		}
	}
	return nil
}

func (f folder) remove(_ context.Context, name string) error {
	err := os.Remove(f.file(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
