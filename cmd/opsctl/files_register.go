package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	opsdb "github.com/ccatobs/opsdb/clients/go"
	"github.com/ccatobs/opsdb/gen/client"
)

const (
	// What the document allows of one bulk registration, with room for the brackets.
	maxRows = 1000
	maxBody = 1<<20 - 1<<10
	// registerEvery bounds how long what was read waits for more: who interrupts loses no more than that.
	registerEvery = 5 * time.Second
)

// registration registers the files of a directory.
type registration struct {
	*app
	dir       string
	obs       uuid.UUID
	module    int32
	pack      *uuid.UUID
	prefix    string
	exclude   string
	fileType  string
	jobs      int
	dryRun    bool
	algorithm client.ChecksumAlgorithm
	wait      *oneOf[client.WaitState]

	api    *opsdb.Client
	memory *memory
	known  map[string]client.RawDataFile // of the execution and the module, by path
	bar    *progress
	sum    summary
}

// result is what became of one file.
type result struct {
	file   found
	read   int64
	known  bool
	create client.RawDataFileCreate // unless it is known or there is trouble
	why    string                   // the trouble
}

func (r *registration) run(ctx context.Context) (err error) {
	if r.prefix = strings.TrimSuffix(r.prefix, "/"); r.prefix != "" && (path.Clean(r.prefix) != r.prefix || strings.HasPrefix(r.prefix, "..") || path.IsAbs(r.prefix)) {
		return misused("--prefix %s: a relative path without . and ..", r.prefix)
	}
	root, err := os.OpenRoot(r.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	if r.api, err = r.app.api(); err != nil {
		return err
	}
	if r.memory, err = openMemory(r.getenv("HOME"), r.dir); err != nil {
		return fmt.Errorf("the file with the checksums: %w", err)
	}
	defer func() { err = errors.Join(err, r.memory.close()) }()
	files, refused, err := r.walk(ctx, root)
	if err != nil {
		return err
	}
	r.sum = summary{Refused: append([]trouble{}, refused...), Transactions: []string{}}
	if err := r.look(ctx); err != nil {
		return err
	}
	r.bar = startProgress(r.app, files)
	err = r.register(ctx, root, files)
	r.bar.end()
	if err == nil {
		err = r.awaitAll(ctx)
	}
	return r.showSummary(r.sum, err)
}

// look finds out what is registered already. An execution that this site does not know yet has no files.
func (r *registration) look(ctx context.Context) error {
	r.known = map[string]client.RawDataFile{}
	u, err := opsdb.Value[client.ExecutedObsUnitDetail](r.api.GetExecutedObsUnitWithResponse(ctx, r.obs, nil))
	if p, ok := errors.AsType[*opsdb.Problem](err); ok && p.Status == http.StatusNotFound {
		return nil
	}
	for _, f := range u.RawDataFiles {
		if f.InstrumentModuleID == r.module {
			r.known[f.RelativePath] = f
		}
	}
	return err
}

// register reads files, many at the same time, and registers them in chunks as they come.
func (r *registration) register(ctx context.Context, root *os.Root, files []found) error {
	group, ctx := errgroup.WithContext(ctx)
	queue := make(chan found)
	results := make(chan result)
	group.Go(func() error {
		defer close(queue)
		for _, f := range files {
			select {
			case queue <- f:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		return nil
	})
	readers, reading := errgroup.WithContext(ctx)
	for range r.jobs {
		readers.Go(func() error { return r.readAll(reading, root, queue, results) })
	}
	group.Go(func() error {
		defer close(results)
		return readers.Wait()
	})
	group.Go(func() error { return r.collect(ctx, results) })
	return group.Wait()
}

func (r *registration) readAll(ctx context.Context, root *os.Root, queue <-chan found, results chan<- result) error {
	for f := range queue {
		done, err := r.read(ctx, root, f)
		if err != nil {
			return err
		}
		select {
		case results <- done:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// read finds out what there is to register of a file. What is wrong with the file is part of the result; an error ends all.
func (r *registration) read(ctx context.Context, root *os.Root, f found) (done result, err error) {
	done.file = f
	defer func() { r.bar.done(f.size, done.read) }()
	file, now, err := open(root, f.path)
	if err != nil {
		done.why = err.Error()
		return done, nil
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	there, known := r.known[f.relative]
	by := method{algorithm: r.algorithm}
	if known {
		by = methodOf(there)
		if done.why = r.differs(there, now.Size); done.why != "" {
			return done, nil
		}
	}
	sum, remembered := r.memory.recall(f.path, by.algorithm, now)
	if !remembered || !by.made(sum) {
		sum, err = checksum(ctx, file, now, by, func(n int) { done.read += int64(n); r.bar.read(n) })
		switch {
		case ctx.Err() != nil:
			return done, context.Cause(ctx)
		case err != nil:
			done.why = err.Error()
			return done, nil
		}
		if err := r.memory.keep(f.path, by.algorithm, now, sum); err != nil {
			return done, fmt.Errorf("the file with the checksums: %w", err)
		}
	}
	switch {
	case known && there.Checksum == sum:
		done.known = true
	case known:
		done.why = fmt.Sprintf("it is registered with another checksum, %s, as %s", there.Checksum, there.ID)
	default:
		done.create = r.creation(f, now.Size, sum, by.algorithm)
	}
	return done, nil
}

// differs says in what a registration differs from the file, as far as that shows without reading it.
func (r *registration) differs(there client.RawDataFile, bytes int64) string {
	if there.SizeBytes != bytes {
		return fmt.Sprintf("it is registered with %d bytes and has %d, as %s", there.SizeBytes, bytes, there.ID)
	}
	if r.pack != nil && orZero(there.RawDataPackageID) != *r.pack {
		return fmt.Sprintf("it is registered, but not in this package, as %s", there.ID)
	}
	return ""
}

func (r *registration) creation(f found, bytes int64, sum string, algorithm client.ChecksumAlgorithm) client.RawDataFileCreate {
	kind := r.fileType
	if kind == "" {
		kind = typeOf(f.path)
	}
	return client.RawDataFileCreate{
		ExecutedObsUnitID: r.obs, InstrumentModuleID: r.module, RawDataPackageID: r.pack, Name: path.Base(f.path), RelativePath: f.relative,
		FileType: nonZero(kind), SizeBytes: bytes, Checksum: sum, ChecksumAlgorithm: algorithm,
	}
}

// collect registers results in chunks: full ones, and those that have waited long enough.
func (r *registration) collect(ctx context.Context, results <-chan result) error {
	var chunk []client.RawDataFileCreate
	var bytes int
	timer := time.NewTimer(registerEvery)
	defer timer.Stop()
	flush := func() error {
		rest := chunk
		chunk, bytes = nil, 0
		return r.send(ctx, rest)
	}
	for {
		select {
		case done, open := <-results:
			if !open {
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				return flush()
			}
			r.sum.Read += done.read
			switch {
			case done.why != "":
				r.refuse(done.file.relative, done.why)
				continue
			case done.known:
				r.sum.Known++
				continue
			}
			line, err := json.Marshal(done.create)
			if err != nil {
				return err
			}
			if len(chunk) == maxRows || bytes+len(line)+1 > maxBody {
				if err := flush(); err != nil {
					return err
				}
			}
			if len(chunk) == 0 {
				timer.Reset(registerEvery)
			}
			chunk, bytes = append(chunk, done.create), bytes+len(line)+1
		case <-timer.C:
			if err := flush(); err != nil {
				return err
			}
		}
	}
}

func (r *registration) refuse(relative, why string) {
	r.sum.Refused = append(r.sum.Refused, trouble{relative, why})
}

// send registers a chunk. Files that the site refuses are taken out, and the others sent again.
func (r *registration) send(ctx context.Context, chunk []client.RawDataFileCreate) error {
	for len(chunk) > 0 {
		if r.dryRun {
			r.count(chunk)
			return nil
		}
		receipt, err := opsdb.Value[client.BulkReceipt](r.api.CreateRawDataFilesWithResponse(ctx, nil, chunk))
		if err == nil {
			r.count(chunk)
			r.sum.Transactions = append(r.sum.Transactions, receipt.TransactionID.String())
			return nil
		}
		p, ok := errors.AsType[*opsdb.Problem](err)
		if !ok {
			return err
		}
		rest := r.without(chunk, p)
		if len(rest) == len(chunk) {
			return err
		}
		chunk = rest
	}
	return nil
}

func (r *registration) count(chunk []client.RawDataFileCreate) {
	r.sum.Registered += len(chunk)
	for _, f := range chunk {
		r.sum.Bytes += f.SizeBytes
	}
	r.bar.registered(len(chunk))
}

// without returns a chunk without the files that a problem is about.
func (r *registration) without(chunk []client.RawDataFileCreate, p *opsdb.Problem) []client.RawDataFileCreate {
	reasons := map[int]string{}
	for _, field := range p.Fields {
		index, _, _ := strings.Cut(strings.TrimPrefix(field.Pointer, "/"), "/")
		if i, err := strconv.Atoi(index); err == nil {
			reasons[i] = field.Detail
		}
	}
	var there client.RawDataFile
	if err := json.Unmarshal(p.Recorded, &there); err == nil && there.RelativePath != "" {
		for i, f := range chunk {
			if f.RelativePath == there.RelativePath && f.InstrumentModuleID == there.InstrumentModuleID {
				reasons[i] = fmt.Sprintf("it is registered with other content, as %s of the execution %s", there.ID, there.ExecutedObsUnitID)
			}
		}
	}
	var rest []client.RawDataFileCreate
	for i, f := range chunk {
		if why, refused := reasons[i]; refused {
			r.refuse(f.RelativePath, why)
		} else {
			rest = append(rest, f)
		}
	}
	return rest
}

// awaitAll waits for all that was registered, if it is to be waited for.
func (r *registration) awaitAll(ctx context.Context) error {
	for _, text := range r.sum.Transactions {
		id, err := uuid.Parse(text)
		if err != nil {
			return err
		}
		if _, err := r.awaited(ctx, r.api, id, r.wait.value); err != nil {
			return err
		}
	}
	return nil
}
