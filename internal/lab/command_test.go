package lab_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/lab/labtest"
	"github.com/ccatobs/opsdb/internal/servers"
)

// command starts "opsdb lab" as a process of its own, with dir for its files, and returns it with what it prints.
func command(t *testing.T, args ...string) (process *servers.Process, dir string, d lab.Description) {
	t.Helper()
	dir, err := os.MkdirTemp("", "lab") // not t.TempDir, whose path is too long for a socket
	must(t, err)
	t.Cleanup(func() { must(t, os.RemoveAll(dir)) })
	must(t, os.Chmod(dir, 0o755)) // PostgreSQL runs as another user
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), os.Args[0], args...)
	cmd.Env = append(os.Environ(), asCommand+"=1", "TMPDIR="+dir)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	must(t, err)
	process, err = servers.Start(cmd, syscall.SIGKILL)
	must(t, err)
	t.Cleanup(func() { must(t, process.Kill()) })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		must(t, process.Kill())
		t.Fatalf("%v: %s", err, &stderr)
	}
	must(t, json.Unmarshal([]byte(line), &d))
	return process, dir, d
}

func TestCommandRunsUntilInterrupted(t *testing.T) {
	process, dir, d := command(t, "--json", "--secondaries", "2", "--apis", "2", "--restart-after", "10ms", "--fsync=false")
	names := []string{"cologne/main", "observatory/secondary", "institute/secondary"}
	var sites []string
	for _, s := range d.Sites {
		sites = append(sites, s.Name+"/"+s.Type)
		for _, address := range s.URLs {
			if got := get(t, address+"/health/ready"); got != s.Name+" "+s.Type {
				t.Errorf("an API of %s answers %q", s.Name, got)
			}
		}
		if len(s.URLs) != 2 || s.URL != s.URLs[0] {
			t.Errorf("%s has %q and %q", s.Name, s.URL, s.URLs)
		}
		if got := query[int](t, s.Database, "select 1"); got != 1 {
			t.Errorf("the database of %s answers %d", s.Name, got)
		}
		if got := redis(t, s.Redis, "PING"); got != "+PONG" {
			t.Errorf("redis of %s answers %q", s.Name, got)
		}
	}
	if diff := cmp.Diff(names, sites); diff != "" {
		t.Errorf("other sites (-want +got):\n%s", diff)
	}

	const victim = "observatory/api-2"
	must(t, syscall.Kill(d.PIDs[victim], syscall.SIGKILL))
	labtest.Eventually(t, victim+" has another process", func(context.Context) error {
		if now := state(t, get(t, d.Link+"/")).PIDs[victim]; now == 0 || now == d.PIDs[victim] {
			return fmt.Errorf("it is process %d", now)
		}
		return nil
	})
	must(t, process.End(labtest.Context(t), syscall.SIGINT))
	must(t, process.Err())
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left in its directory: %v %v", left, err)
	}
	for name, pid := range d.PIDs {
		if alive(pid) {
			t.Errorf("%s is still there", name)
		}
	}
}

func TestNothingSurvivesAKilledLab(t *testing.T) {
	process, _, d := command(t, "--json", "--fsync=false")
	must(t, process.Kill())
	for name, pid := range d.PIDs {
		labtest.Eventually(t, name+" has ended", func(context.Context) error {
			if alive(pid) {
				return fmt.Errorf("process %d is there", pid)
			}
			return nil
		})
	}
}

func TestCommandRefusesWhatMakesNoSense(t *testing.T) {
	for _, args := range [][]string{{"--secondaries", "0"}, {"--apis", "-1"}, {"surplus"}, {"--unknown"}, {"--port-base", "70000"}} {
		var out bytes.Buffer
		if err := lab.Command(t.Context(), args, &out, &out); err == nil {
			t.Errorf("%v: accepted", args)
		}
	}
	var out bytes.Buffer
	if err := lab.Command(t.Context(), []string{"--help"}, &out, &out); !errors.Is(err, flag.ErrHelp) || !strings.Contains(out.String(), "-restart-after") {
		t.Errorf("help is %v and %q", err, &out)
	}
}

func TestCommandForPeople(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	read, write := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := lab.Command(ctx, []string{"--apis", "0", "--fsync=false"}, write, io.Discard)
		ended <- errors.Join(err, write.Close())
	}()
	line, err := bufio.NewReader(read).ReadString('\n')
	must(t, err)
	if line != "cologne (main)\n" {
		t.Errorf("it begins with %q", line)
	}
	go io.Copy(io.Discard, read) //nolint:errcheck // the test has seen what it wanted to
	stop()
	must(t, <-ended)
}

func TestPortBase(t *testing.T) {
	base, err := servers.FreePort()
	must(t, err)
	l := labtest.Start(t, lab.Options{APIs: 1, PortBase: base})
	var got []string
	for _, address := range []string{
		l.Control(), l.Site(lab.MainSite).Database, l.Site(lab.MainSite).Redis, l.Site(lab.MainSite).URL,
		l.Site(observatory).Database, l.Site(observatory).Redis, l.Site(observatory).Main, l.Site(observatory).URL,
	} {
		u, err := url.Parse(address)
		must(t, err)
		got = append(got, u.Port())
	}
	var want []string
	for _, offset := range []int{0, 1, 2, 3, 4, 5, 6, 8} {
		want = append(want, strconv.Itoa(base+offset))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("other ports (-want +got):\n%s", diff)
	}
	if second, err := lab.Start(labtest.Context(t), lab.Options{PortBase: base}); err == nil {
		t.Error("two labs on the same ports", second.Close())
	}
}

func TestControl(t *testing.T) {
	l := labtest.Start(t, lab.Options{Secondaries: lab.SecondaryNames(2)})
	cut := func(m lab.Mode, d lab.Direction) *lab.Cut { return &lab.Cut{Mode: m, Direction: d} }
	perfect := lab.LinkState{RTT: "0s"}
	for _, step := range []struct {
		request                string
		observatory, institute lab.LinkState
	}{
		{"/cut", lab.LinkState{Cut: cut("swallow", "both"), RTT: "0s"}, lab.LinkState{Cut: cut("swallow", "both"), RTT: "0s"}},
		{"/heal?site=institute", lab.LinkState{Cut: cut("swallow", "both"), RTT: "0s"}, perfect},
		{"/cut?mode=swallow&direction=down&site=observatory", lab.LinkState{Cut: cut("swallow", "down"), RTT: "0s"}, perfect},
		{"/cut?mode=refuse&site=observatory", lab.LinkState{Cut: cut("refuse", "both"), RTT: "0s"}, perfect},
		{"/heal", perfect, perfect},
		{"/slow?rtt=230ms&rate=64k&site=observatory", lab.LinkState{RTT: "230ms", Rate: 64_000}, perfect},
		{"/slow?rate=1.5m", lab.LinkState{RTT: "0s", Rate: 1_500_000}, lab.LinkState{RTT: "0s", Rate: 1_500_000}},
		{"/stall?p=0.05", lab.LinkState{RTT: "0s", Rate: 1_500_000, Stall: 0.05}, lab.LinkState{RTT: "0s", Rate: 1_500_000, Stall: 0.05}},
		{"/heal", lab.LinkState{RTT: "0s", Rate: 1_500_000, Stall: 0.05}, lab.LinkState{RTT: "0s", Rate: 1_500_000, Stall: 0.05}},
		{"/reset", perfect, perfect},
	} {
		answer := state(t, post(t, l.Control()+step.request, http.StatusOK))
		for _, got := range []lab.State{answer, state(t, get(t, l.Control()+"/"))} {
			want := map[string]lab.LinkState{"observatory": step.observatory, "institute": step.institute}
			traffic := cmpopts.IgnoreFields(lab.LinkState{}, "Connections", "Silent", "Up", "Down")
			if diff := cmp.Diff(want, got.Links, traffic); diff != "" {
				t.Errorf("%s (-want +got):\n%s", step.request, diff)
			}
			if diff := cmp.Diff(l.PIDs(), got.PIDs); diff != "" {
				t.Errorf("%s: process ids (-want +got):\n%s", step.request, diff)
			}
		}
	}
}

func testControlRefuses(t *testing.T, l *lab.Lab) {
	for request, status := range map[string]int{
		"/cut?mode=melt":                  http.StatusBadRequest,
		"/cut?direction=sideways":         http.StatusBadRequest,
		"/cut?mode=refuse&direction=down": http.StatusBadRequest,
		"/slow?rtt=230":                   http.StatusBadRequest,
		"/slow?rtt=-1s":                   http.StatusBadRequest,
		"/slow?rate=fast":                 http.StatusBadRequest,
		"/slow?rate=-1":                   http.StatusBadRequest,
		"/slow?rate=0.1":                  http.StatusBadRequest,
		"/stall":                          http.StatusBadRequest,
		"/stall?p=2":                      http.StatusBadRequest,
		"/stall?p=NaN":                    http.StatusBadRequest,
		"/cut?site=atlantis":              http.StatusNotFound,
		"/heal?site=cologne":              http.StatusNotFound,
		"/melt":                           http.StatusNotFound,
		"/":                               http.StatusMethodNotAllowed,
	} {
		post(t, l.Control()+request, status)
	}
	if got := l.Link(observatory).State(); got.Cut != nil || got.RTT != "0s" || got.Rate != 0 || got.Stall != 0 {
		t.Errorf("refused requests changed the link: %+v", got)
	}
}

func post(t *testing.T, address string, status int) string {
	t.Helper()
	request, err := http.NewRequestWithContext(labtest.Context(t), http.MethodPost, address, nil)
	must(t, err)
	return do(t, request, status)
}

func state(t *testing.T, text string) (s lab.State) {
	t.Helper()
	must(t, json.Unmarshal([]byte(text), &s))
	return s
}
