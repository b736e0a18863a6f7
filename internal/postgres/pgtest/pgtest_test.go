package pgtest_test

import (
	"os"
	"testing"

	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func TestEachTestHasItsOwnSeededDatabase(t *testing.T) {
	one, other := pgtest.New(t), pgtest.New(t)
	if one.Name == other.Name {
		t.Fatalf("both are %s", one.Name)
	}
	conn := pgtest.Connect(t, one)
	if _, err := conn.Exec(t.Context(), "delete from obs_unit_module_configuration"); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := pgtest.Connect(t, other).QueryRow(t.Context(), "select count(*) from obs_unit_module_configuration").Scan(&left); err != nil {
		t.Fatal(err)
	}
	if left == 0 {
		t.Error("the other database has lost its rows, too")
	}
}
