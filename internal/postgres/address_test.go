package postgres_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/internal/postgres"
)

func TestAddressPrintsWithoutPassword(t *testing.T) {
	a := postgres.Address{Host: "cologne", Port: 5432, User: "ccat_ops_user", Password: "sesame", Name: "ccat_ops_db"}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("connecting", "to", a)
	for _, text := range []string{fmt.Sprint(a), fmt.Sprintf("%+v %#v %s", a, a, &a), log.String()} {
		if strings.Contains(text, a.Password) {
			t.Errorf("the password is in %q", text)
		}
		if !strings.Contains(text, "ccat_ops_user@cologne:5432/ccat_ops_db") {
			t.Errorf("the address is not in %q", text)
		}
	}
}

func TestConnStringKeepsEveryCharacter(t *testing.T) {
	a := postgres.Address{Host: "/var/run/postgresql", Port: 5433, User: "it's me", Password: `\' "=;%&?`, Name: "a b"}
	config, err := pgx.ParseConfig(a.ConnString("opsdb of observatory"))
	if err != nil {
		t.Fatal(err)
	}
	got := postgres.Address{Host: config.Host, Port: int(config.Port), User: config.User, Password: config.Password, Name: config.Database}
	if got != a || got.Password != a.Password {
		t.Errorf("got %v with password %q", got, got.Password)
	}
	if name := config.RuntimeParams["application_name"]; name != "opsdb of observatory" {
		t.Errorf("application name %q", name)
	}
}
