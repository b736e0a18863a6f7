//go:build faults

package chaos_test

import (
	"testing"
	"time"

	"github.com/ccatobs/opsdb/internal/lab"
)

// TestSite plays the faults that leave a lab as good as new, one after the other.
func TestSite(t *testing.T) {
	r := newRig(t, lab.Options{APIs: 2, RestartAfter: 200 * time.Millisecond})
	t.Run("guards", func(t *testing.T) { testGuards(t, r) })
}
