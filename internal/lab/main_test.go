package lab_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/ccatobs/opsdb/internal/lab/labtest"
)

func TestMain(m *testing.M) {
	code := labtest.Main(m, serve)
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// serve is all that the lab needs of an API.
func serve() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	http.HandleFunc("GET /health/ready", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, os.Getenv("SITE_NAME"), " ", os.Getenv("SITE_TYPE"))
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
