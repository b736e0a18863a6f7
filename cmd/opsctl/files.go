package main

import (
	"context"
	"errors"
	"fmt"
	"path"

	"github.com/spf13/cobra"

	"github.com/ccatobs/opsdb/gen/client"
)

var algorithms = []client.ChecksumAlgorithm{client.ChecksumAlgorithmSha256, client.ChecksumAlgorithmMd5, client.ChecksumAlgorithmXxh3}

func (a *app) files() *cobra.Command {
	return a.group("files", "Register files", "Registers the files of an observation.", a.filesAdd())
}

func (a *app) filesAdd() *cobra.Command {
	r := registration{app: a, algorithm: client.ChecksumAlgorithmSha256}
	var (
		obs, pack idFlag
		algorithm *oneOf[client.ChecksumAlgorithm]
	)
	c := a.command("add DIR --obs ID --module N [flags]", "Register the files of a directory",
		`Registers all files below DIR, with their sizes and checksums, as files of the execution --obs recorded by the instrument
module --module. Links are not followed. Each file is known by its path below DIR, behind --prefix.

It can be interrupted and started again, and new files may come meanwhile: what is registered already stays as it is, and
what was read before is not read again while its size and time are the same (a file in ~/.cache/opsdb keeps the checksums).
A file that is registered with other content is an error. So is a name that no registration can have (a control character,
or not UTF-8); all others are registered nevertheless, and the exit code is 1.`,
		`  opsctl files add /data/17841 --obs "$id" --module 1
  opsctl files add . --obs "$id" --module 3 --prefix 17841/chai --exclude '*.tmp' --algorithm xxh3`,
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			if _, err := path.Match(r.exclude, ""); err != nil {
				return misused("--exclude %s: %v", r.exclude, err)
			}
			if r.jobs < 1 {
				return misused("--jobs %d: at least one", r.jobs)
			}
			if algorithm.value != nil {
				r.algorithm = *algorithm.value
			}
			r.dir, r.obs, r.pack = args[0], deref(obs.id), pack.id
			return r.run(ctx)
		})
	c.Flags().Var(&obs, "obs", "the execution")
	c.Flags().Int32Var(&r.module, "module", 0, "the instrument module")
	c.Flags().Var(&pack, "package", "the package that they go into")
	c.Flags().StringVar(&r.prefix, "prefix", "", "what comes before the paths, such as 17841/chai")
	c.Flags().StringVar(&r.exclude, "exclude", "", "a `PATTERN` of names that are left out, such as '*.tmp'")
	c.Flags().StringVar(&r.fileType, "type", "", "the type of all files; without it, what comes after the last dot of each name")
	c.Flags().IntVar(&r.jobs, "jobs", 4, "how many files are read at the same time")
	c.Flags().BoolVar(&r.dryRun, "dry-run", false, "show what would be registered, and do nothing")
	algorithm = enumFlag(c, "algorithm", "of the checksums; without it, sha256", algorithms...)
	r.wait = waitFlag(c, "wait", "also wait until all of them are")
	need(c, "obs", "module")
	return c
}

// summary is what became of the files of a directory.
type summary struct {
	Registered int       `json:"registered"`
	Known      int       `json:"known"` // were registered before
	Bytes      int64     `json:"bytes"` // of those registered now
	Read       int64     `json:"read_bytes"`
	Refused    []trouble `json:"refused"`
	// Transactions are those that registered files, in order.
	Transactions []string `json:"transactions"`
}

// trouble is a file that was not registered, and why.
type trouble struct {
	Path string `json:"path"` // as Go writes a string when it is no UTF-8
	Why  string `json:"why"`
}

func (a *app) showSummary(s summary, failed error) error {
	if a.json {
		failed = errors.Join(a.encode(s), failed)
	} else {
		fmt.Fprintf(a.out, "%d registered (%s), %d known\n", s.Registered, size(s.Bytes), s.Known)
	}
	for _, t := range s.Refused {
		if !a.json {
			a.say("%s: %s", plain(t.Path), plain(t.Why))
		}
	}
	if failed == nil && len(s.Refused) > 0 {
		return errSaid
	}
	return failed
}
