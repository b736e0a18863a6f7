package lab_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/lab/labtest"
)

// asCommand makes the test program "opsdb lab" with its arguments.
const asCommand = "OPSDB_LAB_TEST_COMMAND"

func TestMain(m *testing.M) {
	switch {
	case len(os.Args) == 2 && os.Args[1] == "serve": // as that command starts it
		os.Exit(serve())
	case os.Getenv(asCommand) != "":
		if err := lab.Command(context.Background(), os.Args[1:], os.Stdout, os.Stderr); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := labtest.Main(m, serve)
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// mustFail is a setting of an API that does not start.
const mustFail = "OPSDB_LAB_TEST_FAIL"

// serve is all that the lab needs of an API.
func serve() int {
	if os.Getenv(mustFail) != "" {
		fmt.Println("no SECRET_KEY would be such a reason")
		return 3
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	http.HandleFunc("GET /health/ready", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, os.Getenv("SITE_NAME"), " ", os.Getenv("SITE_TYPE"))
	})
	http.HandleFunc("GET /github", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, url.Values{
			"url": {os.Getenv("GITHUB_URL")}, "api": {os.Getenv("GITHUB_API_URL")}, "org": {os.Getenv("GITHUB_ORG_NAME")},
			"teams": {os.Getenv("GITHUB_TEAM_ROLE_MAPPING")},
		}.Encode())
	})
	server := &http.Server{Addr: os.Getenv("LISTEN_ADDRESS")}
	ended := make(chan error, 1)
	go func() { ended <- server.ListenAndServe() }()
	select {
	case <-ctx.Done():
	case err := <-ended:
		fmt.Println(err)
		return 1
	}
	if err := errors.Join(server.Close(), errClosed(<-ended)); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

func errClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
