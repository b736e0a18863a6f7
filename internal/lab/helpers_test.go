package lab_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/lab/labtest"
)

const observatory = "observatory"

// connect connects to a database by URL.
func connect(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(labtest.Context(t), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := conn.Close(ctx); err != nil && !errors.Is(err, net.ErrClosed) {
			t.Logf("close: %v", err)
		}
	})
	return conn
}

// execute runs SQL on a database.
func execute(t *testing.T, address, sql string) {
	t.Helper()
	if _, err := connect(t, address).Exec(labtest.Context(t), sql); err != nil {
		t.Fatal(err)
	}
}

// query returns the one value that a query yields.
func query[T any](t *testing.T, address, sql string, args ...any) T {
	t.Helper()
	var value T
	if err := connect(t, address).QueryRow(labtest.Context(t), sql, args...).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// redis sends an inline command and returns the lines of its answer, separated by spaces.
func redis(t *testing.T, address, command string) string {
	t.Helper()
	u, err := url.Parse(address)
	must(t, err)
	conn, err := new(net.Dialer).DialContext(labtest.Context(t), "tcp", u.Host)
	must(t, err)
	defer func() { must(t, conn.Close()) }()
	must(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	_, err = io.WriteString(conn, command+"\r\nQUIT\r\n")
	must(t, err)
	answer, err := io.ReadAll(conn)
	must(t, err)
	return strings.Join(strings.Fields(strings.TrimSuffix(string(answer), "+OK\r\n")), " ")
}

func replicated(t *testing.T, l *lab.Lab, sites ...string) {
	t.Helper()
	for _, site := range sites {
		if err := l.Replicated(labtest.Context(t), site); err != nil {
			t.Fatal(err)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// alive says whether a process runs; one that waits for its parent to take notice of its end does not.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

func get(t *testing.T, address string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(labtest.Context(t), http.MethodGet, address, nil)
	must(t, err)
	return do(t, request, http.StatusOK)
}

func do(t *testing.T, request *http.Request, status int) string {
	t.Helper()
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	body, err := io.ReadAll(response.Body)
	must(t, errors.Join(err, response.Body.Close()))
	if response.StatusCode != status {
		t.Fatalf("%s %s: %s: %s", request.Method, request.URL, response.Status, body)
	}
	return string(body)
}
