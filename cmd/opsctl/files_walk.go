package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// found is a file that can be registered.
type found struct {
	path     string // below the directory
	relative string // as it is registered
	size     int64  // when it was found
}

// walk finds the files below a directory that a registration can name, and says why it cannot with others.
func (r *registration) walk(ctx context.Context, root *os.Root) ([]found, []trouble, error) {
	var files []found
	var refused []trouble
	err := fs.WalkDir(root.FS(), ".", func(at string, entry fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		switch {
		case err != nil && at == ".":
			return err
		case err != nil:
			why := unnamable(at)
			if why == "" {
				why = err.Error()
			}
			refused = append(refused, trouble{readable(at), why})
			return nil
		case at == "." || entry.IsDir() && !r.excluded(at):
			return nil
		case r.excluded(at) && entry.IsDir():
			return fs.SkipDir
		case r.excluded(at) || !entry.Type().IsRegular():
			return nil // a link, a socket, a device: nothing that an instrument records
		}
		relative := path.Join(r.prefix, at)
		if why := unnamable(relative); why != "" {
			refused = append(refused, trouble{readable(at), why})
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			refused = append(refused, trouble{readable(at), err.Error()})
			return nil //nolint:nilerr // it is gone, or not for us; the others are
		}
		files = append(files, found{path: at, relative: relative, size: info.Size()})
		return nil
	})
	return files, refused, err
}

func (r *registration) excluded(at string) bool {
	matches, err := path.Match(r.exclude, path.Base(at))
	return err == nil && matches
}

// What the document and the database allow of a path.
const (
	maxPath      = 1024 // characters
	maxPathBytes = 2048
	maxName      = 255
)

// unnamable says why a path cannot be registered; empty when it can.
func unnamable(relative string) string {
	switch {
	case !utf8.ValidString(relative):
		return "the name is not UTF-8, and no registration can have it: rename the file"
	case strings.ContainsFunc(relative, unicode.IsControl):
		return "the name has a control character, and no registration can have it: rename the file"
	case utf8.RuneCountInString(relative) > maxPath || len(relative) > maxPathBytes:
		return fmt.Sprintf("the path is longer than %d characters or %d bytes", maxPath, maxPathBytes)
	case utf8.RuneCountInString(path.Base(relative)) > maxName:
		return fmt.Sprintf("the name is longer than %d characters", maxName)
	default:
		return ""
	}
}

// readable returns a path as JSON can have it.
func readable(at string) string {
	if utf8.ValidString(at) {
		return at
	}
	return strconv.Quote(at)
}

// typeOf returns the type of a file by its name.
func typeOf(name string) string {
	const longest = 50
	kind := strings.TrimPrefix(path.Ext(name), ".")
	if utf8.RuneCountInString(kind) > longest {
		return ""
	}
	return kind
}
