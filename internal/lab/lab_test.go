package lab_test

import (
	"testing"

	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/lab/labtest"
)

func TestSmoke(t *testing.T) {
	l := labtest.Start(t, lab.Options{APIs: 1})
	t.Logf("%+v", l.Describe())
}
