package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	opsdb "github.com/ccatobs/opsdb/clients/go"
	"github.com/ccatobs/opsdb/gen/client"
	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/lab/labtest"
)

// data makes a directory with files, by their names.
func data(t *testing.T, contents map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range contents {
		path := filepath.Join(dir, name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, []byte(content), 0o600))
	}
	return dir
}

// add registers a directory and returns what came of it.
func (s *shell) add(code int, dir, obs string, more ...string) summary {
	s.t.Helper()
	o := s.run(append([]string{"files", "add", dir, "--obs", obs, "--json"}, more...)...).exits(code)
	return decode[summary](s.t, o.out)
}

// registered returns the files of an observation by their paths.
func (s *shell) registered(obs string) map[string]client.RawDataFile {
	s.t.Helper()
	files := map[string]client.RawDataFile{}
	for _, f := range decode[client.ExecutedObsUnitDetail](s.t, s.ok("obs", "show", obs, "--json")).RawDataFiles {
		if _, twice := files[f.RelativePath]; twice {
			s.t.Errorf("%s is registered twice", f.RelativePath)
		}
		files[f.RelativePath] = f
	}
	return files
}

func TestFiles(t *testing.T) {
	s := at(t, observatory)
	obs := s.start()
	dir := data(t, map[string]string{"a.g3": "a", "deep/b.tar.gz": "bb", "skip.tmp": "x", "empty": ""})
	args := []string{"--module", "1", "--prefix", obs, "--exclude", "*.tmp"}
	if sum := s.add(exitDone, dir, obs, append(args, "--dry-run")...); sum.Registered != 3 || len(s.registered(obs)) != 0 {
		t.Errorf("a dry run: %+v", sum)
	}
	if sum := s.add(exitDone, dir, obs, append(args, "--wait", "replicated")...); sum.Registered != 3 || sum.Bytes != 3 || sum.Read != 0 || len(sum.Refused) > 0 {
		t.Errorf("what the dry run has read is read again: %+v", sum)
	}
	files := s.registered(obs)
	if a := files[obs+"/a.g3"]; a.Name != "a.g3" || a.FileType != "g3" || a.SizeBytes != 1 ||
		a.Checksum != "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb" || a.Sync != client.SyncStateReplicated {
		t.Errorf("%+v", a)
	}
	if sum := s.add(exitDone, dir, obs, args...); sum.Known != 3 || sum.Registered != 0 || sum.Read != 0 {
		t.Errorf("again: %+v", sum)
	}
	// Without what was remembered it reads the files, by the checksums that are registered, and finds the same.
	s.environ["HOME"] = t.TempDir()
	if sum := s.add(exitDone, dir, obs, append(args, "--algorithm", "md5")...); sum.Known != 3 || sum.Read != 3 {
		t.Errorf("at another machine: %+v", sum)
	}
	must(t, os.WriteFile(filepath.Join(dir, "a.g3"), []byte("b"), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "empty"), []byte("not any more"), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "new"), []byte("new"), 0o600))
	if sum := s.add(exitFailed, dir, obs, args...); sum.Registered != 1 || sum.Known != 1 || len(sum.Refused) != 2 {
		t.Errorf("changed: %+v", sum)
	}
	if sum := s.add(exitDone, t.TempDir(), obs, args...); sum.Registered+sum.Known != 0 {
		t.Errorf("an empty directory: %+v", sum)
	}
	s.run("files", "add", filepath.Join(dir, "none"), "--obs", obs, "--module", "1").exits(exitFailed)
	s.run("files", "add", dir, "--obs", obs, "--module", "1", "--prefix", "../x").exits(exitUsage)
}

func TestChecksums(t *testing.T) {
	t.Parallel()
	dir := data(t, map[string]string{"x": "abc"})
	root, err := os.OpenRoot(dir)
	must(t, err)
	defer func() { must(t, root.Close()) }()
	for by, want := range map[method]string{
		{algorithm: client.ChecksumAlgorithmMd5}:               "900150983cd24fb0d6963f7d28e17f72",
		{algorithm: client.ChecksumAlgorithmSha256}:            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		{algorithm: client.ChecksumAlgorithmXxh3, short: true}: "78af5f94892f3950",
		{algorithm: client.ChecksumAlgorithmXxh3}:              "06b05ab6733a618578af5f94892f3950",
	} {
		file, was, err := open(root, "x")
		must(t, err)
		if sum, err := checksum(t.Context(), file, was, by, func(int) {}); err != nil || sum != want {
			t.Errorf("%v: %s %v", by, sum, err)
		}
		must(t, file.Close())
	}
	file, was, err := open(root, "x")
	must(t, err)
	_, err = checksum(t.Context(), file, was, method{algorithm: client.ChecksumAlgorithmMd5}, func(int) {
		must(t, os.WriteFile(filepath.Join(dir, "x"), []byte("abcd"), 0o600))
	})
	if err == nil || !strings.Contains(err.Error(), "changed while it was read") {
		t.Errorf("a file that is being written: %v", err)
	}
	must(t, file.Close())
}

// Whatever names there are: what a registration can have is registered, of the rest is told, and the terminal stays whole.
func TestHostileNames(t *testing.T) {
	s := at(t, observatory)
	obs := s.start()
	good := []string{"a b", " leading", "-rf", "$(reboot)", "'\"`", "ü/öä.dat", "日本", "%2e%2e", "...", "*?[x]", strings.Repeat("n", 255)}
	contents := map[string]string{}
	for _, name := range good {
		contents[name] = name
	}
	dir := data(t, contents)
	bad := []string{"new\nline", "bell\a", "esc\x1b[2J", "bad\xff", "c1\u0085"}
	for _, name := range bad {
		must(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	must(t, os.MkdirAll(filepath.Join(dir, "dir\xfe", "x"), 0o700))
	// None of these is a file.
	must(t, os.Symlink("/etc/passwd", filepath.Join(dir, "link")))
	must(t, os.Symlink("..", filepath.Join(dir, "up")))
	must(t, syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600))
	sum := s.add(exitFailed, dir, obs, "--module", "2", "--prefix", obs)
	if sum.Registered != len(good) || len(sum.Refused) != len(bad)+1 {
		t.Errorf("%+v", sum)
	}
	files := s.registered(obs)
	for _, name := range good {
		if f, ok := files[obs+"/"+name]; !ok || f.Name != filepath.Base(name) {
			t.Errorf("%q is not registered: %+v", name, f)
		}
	}
	if shown := s.run("files", "add", dir, "--obs", obs, "--module", "2", "--prefix", obs).exits(exitFailed); strings.ContainsAny(shown.err, "\x1b\a") || !utf8.ValidString(shown.err) {
		t.Errorf("%q", shown.err)
	}
}

// A file that the site refuses does not keep the others back.
func TestTakenPlace(t *testing.T) {
	s := at(t, observatory)
	first, second := s.start(), s.start()
	dir := data(t, map[string]string{"x": "1"})
	s.add(exitDone, dir, first, "--module", "1", "--prefix", first, "--wait", "replicated")
	must(t, os.WriteFile(filepath.Join(dir, "y"), nil, 0o600))
	labtest.Eventually(t, "the observatory can know that the place is taken", func(context.Context) error {
		if r := decode[lagReport](t, s.ok("lag", "--json")); !r.Fresh {
			return errors.New("it is not fresh")
		}
		return nil
	})
	sum := s.add(exitFailed, dir, second, "--module", "1", "--prefix", first)
	if sum.Registered != 1 || len(sum.Refused) != 1 || !strings.Contains(sum.Refused[0].Why, first) {
		t.Errorf("%+v", sum)
	}
}

// A checksum of xxh3 in the short form is not another content. New files get the long one, as from the other clients.
func TestBothLengthsOfXXH3AreKnown(t *testing.T) {
	s := at(t, observatory)
	obs := s.start()
	dir := data(t, map[string]string{"long": "abc", "short": "abc"})
	place := world.Site(observatory)
	api, err := opsdb.New(place.URL, place.Token)
	must(t, err)
	defer api.Close()
	execution := uuid.MustParse(obs)
	_, err = opsdb.Value[client.BulkReceipt](api.CreateRawDataFilesWithResponse(t.Context(), nil, []client.RawDataFileCreate{{
		ExecutedObsUnitID: execution, InstrumentModuleID: 1, Name: "short", RelativePath: obs + "/short", SizeBytes: 3,
		Checksum: "78af5f94892f3950", ChecksumAlgorithm: client.ChecksumAlgorithmXxh3,
	}}))
	must(t, err)
	args := []string{"--module", "1", "--prefix", obs, "--algorithm", "xxh3"}
	for range 2 {
		if sum := s.add(exitDone, dir, obs, args...); sum.Registered+sum.Known != 2 {
			t.Errorf("%+v", sum)
		}
	}
	if long := s.registered(obs)[obs+"/long"]; long.Checksum != "06b05ab6733a618578af5f94892f3950" {
		t.Errorf("%+v", long)
	}
	// What was remembered of the short one is not registered for it, where it is not known yet.
	second := s.start()
	if sum := s.add(exitDone, dir, second, "--module", "1", "--prefix", second, "--algorithm", "xxh3"); sum.Registered != 2 {
		t.Errorf("%+v", sum)
	}
	if again := s.registered(second)[second+"/short"]; again.Checksum != "06b05ab6733a618578af5f94892f3950" {
		t.Errorf("%+v", again)
	}
}

// front stands before the observatory's API and calls hook for each bulk registration, which tells whether the answer may
// go through.
func front(t *testing.T, hook func(n int32) bool) string {
	t.Helper()
	address, err := url.Parse(world.Site(observatory).URL)
	must(t, err)
	proxy := httputil.NewSingleHostReverseProxy(address)
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:errcheck // its type is documented
	proxy.Transport = transport
	var bulks atomic.Int32
	proxy.ModifyResponse = func(r *http.Response) error {
		if r.Request.Method == http.MethodPost && strings.HasSuffix(r.Request.URL.Path, "/bulk") && !hook(bulks.Add(1)) {
			return errors.New("the answer is lost")
		}
		return nil
	}
	proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
	server := httptest.NewServer(proxy)
	t.Cleanup(func() {
		server.Close()
		transport.CloseIdleConnections()
	})
	return server.URL
}

func many(t *testing.T, n int) string {
	t.Helper()
	contents := map[string]string{}
	for i := range n {
		contents[fmt.Sprintf("%02d/%04d.g3", i%7, i)] = fmt.Sprint(i)
	}
	return data(t, contents)
}

// inMain counts, in the main database, how many rows an observation has, and how many paths.
func inMain(t *testing.T, obs string) (rows, paths int) {
	t.Helper()
	ctx := labtest.Context(t)
	conn, err := pgx.Connect(ctx, world.Site(lab.MainSite).Database)
	must(t, err)
	must(t, conn.QueryRow(ctx, `select count(*), count(distinct relative_path) from raw_data_file where executed_obs_unit_id = $1`, obs).Scan(&rows, &paths))
	must(t, conn.Close(ctx))
	return rows, paths
}

// The API is killed when it has accepted files, and before it says so.
func TestKilledInTheMiddle(t *testing.T) {
	s := at(t, observatory)
	obs := s.start()
	const n = 2500
	dir := many(t, n)
	s.environ["OPS_API_URL"] = front(t, func(nth int32) bool {
		if nth == 2 {
			must(t, world.Kill(observatory+"/api-1"))
		}
		return nth != 2
	})
	sum := s.add(exitDone, dir, obs, "--module", "1", "--prefix", obs, "--wait", "replicated")
	if sum.Registered != n || len(sum.Transactions) != 3 {
		t.Errorf("%+v", sum)
	}
	if rows, paths := inMain(t, obs); rows != n || paths != n {
		t.Errorf("%d rows of %d paths", rows, paths)
	}
}

// opsctl is interrupted, and started again.
func TestInterruptedInTheMiddle(t *testing.T) {
	s := at(t, observatory)
	obs := s.start()
	const n = 2500
	dir := many(t, n)
	whole := s.ctx
	ctx, cancel := context.WithCancel(whole)
	direct := s.environ["OPS_API_URL"]
	s.environ["OPS_API_URL"] = front(t, func(nth int32) bool {
		if nth == 2 {
			cancel() // accepted, and nobody hears it
		}
		return nth != 2
	})
	s.ctx = ctx
	before := s.add(exitInterrupted, dir, obs, "--module", "1", "--prefix", obs)
	s.ctx, s.environ["OPS_API_URL"] = whole, direct
	sum := s.add(exitDone, dir, obs, "--module", "1", "--prefix", obs, "--wait", "replicated")
	if sum.Known < 2000 || sum.Known+sum.Registered != n {
		t.Errorf("%+v", sum)
	}
	if rows, paths := inMain(t, obs); rows != n || paths != n {
		t.Errorf("%d rows of %d paths", rows, paths)
	}
	var all int64
	for _, f := range s.registered(obs) {
		all += f.SizeBytes
	}
	if before.Read+sum.Read > all {
		t.Errorf("%d + %d bytes are read of %d", before.Read, sum.Read, all)
	}
}

// Two work on the same directory at the same time.
func TestTwoAtOnce(t *testing.T) {
	s := at(t, observatory)
	obs := s.start()
	const n = 300
	dir := many(t, n)
	var outcomes [2]*outcome
	var both sync.WaitGroup
	for i := range outcomes {
		both.Go(func() {
			outcomes[i] = s.run("files", "add", dir, "--obs", obs, "--json", "--module", "1", "--prefix", obs, "--wait", "replicated")
		})
	}
	both.Wait()
	for _, o := range outcomes {
		if sum := decode[summary](t, o.exits(exitDone).out); sum.Registered+sum.Known != n || len(sum.Refused) > 0 {
			t.Errorf("%+v", sum)
		}
	}
	if rows, paths := inMain(t, obs); rows != n || paths != n {
		t.Errorf("%d rows of %d paths", rows, paths)
	}
}

func TestMemory(t *testing.T) {
	t.Parallel()
	home, dir := t.TempDir(), t.TempDir()
	m, err := openMemory(home, dir)
	must(t, err)
	was := mark{Size: 1, ModTime: 2, Inode: 3}
	must(t, m.keep("a\nb", client.ChecksumAlgorithmMd5, was, "old"))
	must(t, m.keep("a\nb", client.ChecksumAlgorithmMd5, was, "new"))
	must(t, m.close())
	files, err := filepath.Glob(filepath.Join(home, ".cache/opsdb/checksums/*"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	// Whoever wrote last was killed in the middle of a line.
	content, err := os.ReadFile(files[0])
	must(t, err)
	must(t, os.WriteFile(files[0], append(content, `{"path": "c", "che`...), 0o600))
	for range 2 {
		m, err = openMemory(home, dir)
		must(t, err)
		if sum, ok := m.recall("a\nb", client.ChecksumAlgorithmMd5, was); !ok || sum != "new" {
			t.Errorf("%q %v", sum, ok)
		}
		if _, ok := m.recall("a\nb", client.ChecksumAlgorithmMd5, mark{Size: 1, ModTime: 9, Inode: 3}); ok {
			t.Error("a file that has changed is taken for the old one")
		}
		if _, ok := m.recall("a\nb", client.ChecksumAlgorithmXxh3, was); ok {
			t.Error("another checksum is taken for this one")
		}
		must(t, m.keep("d", client.ChecksumAlgorithmMd5, was, "d"))
		must(t, m.close())
	}
	// Old lines do not pile up.
	line, err := json.Marshal(entry{remembered{"a\nb", client.ChecksumAlgorithmMd5}, was, "again"})
	must(t, err)
	must(t, os.WriteFile(files[0], bytes.Repeat(append(line, '\n'), 2000), 0o600))
	m, err = openMemory(home, dir)
	must(t, err)
	must(t, m.close())
	if content, err = os.ReadFile(files[0]); err != nil || bytes.Count(content, []byte("\n")) != 1 {
		t.Errorf("%v %d bytes", err, len(content))
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", err, info.Mode())
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	now := time.Now()
	p := &progress{files: 10, bytes: 1 << 30, began: now.Add(-10 * time.Second), doneN: 5, doneB: 1 << 29, sent: 3, hashed: 1 << 29}
	if line := p.line(100, now); !strings.Contains(line, "50%") || !strings.Contains(line, "5 of 10 files, 3 registered, 51.2 MiB/s, 10s left") || !strings.HasPrefix(line, "[####") {
		t.Error(line)
	}
	for columns := range 120 {
		if line := p.line(columns, now); len([]rune(line)) > max(columns-1, 0) {
			t.Errorf("%d columns: %q", columns, line)
		}
	}
	for _, p := range []*progress{{began: now}, {files: 3, began: now}} {
		if line := p.line(80, now); line == "" {
			t.Error("nothing to do shows nothing")
		}
	}
}

// On a terminal there is a bar, and it is gone in the end.
func TestProgressOnATerminal(t *testing.T) {
	s := at(t, observatory)
	s.columns, s.rows = 40, 10
	obs := s.start()
	o := s.run("files", "add", data(t, map[string]string{"x": "x"}), "--obs", obs, "--module", "1", "--prefix", obs).exits(exitDone)
	if !strings.Contains(o.err, "%") || !strings.HasSuffix(o.err, "\r\x1b[K") || !strings.Contains(o.out, "1 registered (1 B), 0 known") {
		t.Errorf("%q %q", o.out, o.err)
	}
}
