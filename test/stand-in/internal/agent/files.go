package agent

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// size adds up the regular files of a directory, in bytes.
func size(c *call) (string, error) {
	var total int64
	depth := 1
	if _, err := os.Stat(c.Path); err != nil {
		return "", fmt.Errorf("Open dir error. \ncurrent path:%s(%d)\nopen path depth:(%d)", c.Path, total, depth)
	}
	err := filepath.WalkDir(c.Path, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a running node's files come and go
		}
		if err != nil {
			return fmt.Errorf("Open file error. current file:%s", path)
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			total += info.Size()
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return strconv.FormatInt(total, 10), nil
}

// clean empties a node's directory: rm -rf path; mkdir -p path; chmod 0700 path.
func clean(c *call) (string, error) {
	if err := os.RemoveAll(c.Path); err != nil {
		return "", err
	}
	if err := os.MkdirAll(c.Path, 0o700); err != nil {
		return "", err
	}
	return "success", os.Chmod(c.Path, 0o700)
}

// empty reports whether a directory is absent or empty.
func empty(c *call) (string, error) {
	entries, err := os.ReadDir(c.Path)
	if errors.Is(err, os.ErrNotExist) || err == nil && len(entries) == 0 {
		return "empty", nil
	}
	if err != nil {
		return "", err
	}
	return "used", nil
}
