package lab_test

import (
	"strings"
	"testing"

	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/lab/labtest"
)

func TestEverySiteAsksTheNamesOfTheLab(t *testing.T) {
	l := labtest.Start(t, lab.Options{APIs: 1})
	d := l.Describe()
	for _, s := range d.Sites {
		settings := strings.Join(l.Settings(s.Name), "\n")
		if !strings.Contains(settings, "SESAME_URL="+d.Names+"/sesame\n") && !strings.HasSuffix(settings, "SESAME_URL="+d.Names+"/sesame") ||
			!strings.Contains(settings, "NED_URL="+d.Names+"/ned") {
			t.Errorf("%s asks others", s.Name)
		}
	}
	if answer := get(t, d.Names+"/sesame/-oxp/S?M%2042"); !strings.Contains(answer, "<jradeg>83.8220833</jradeg>") {
		t.Error(answer)
	}
}
