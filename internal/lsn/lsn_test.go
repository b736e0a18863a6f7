package lsn_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/ccatobs/opsdb/internal/lsn"
)

func TestComparesAsANumber(t *testing.T) {
	small, err := lsn.Parse("0/9000000")
	if err != nil {
		t.Fatal(err)
	}
	large, err := lsn.Parse("0/10000000")
	if err != nil {
		t.Fatal(err)
	}
	if small >= large {
		t.Errorf("%s is not before %s", small, large)
	}
	if got := small.Behind(large); got != 0x7000000 {
		t.Errorf("behind by %d bytes", got)
	}
	if got := large.Behind(small); got != 0 {
		t.Errorf("ahead, but behind by %d bytes", got)
	}
}

func TestTextRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Above 2^53 a detour over a double would lose bits.
		l := lsn.LSN(rapid.Uint64().Draw(t, "lsn"))
		var back lsn.LSN
		if err := back.Scan(l.String()); err != nil || back != l {
			t.Fatalf("%d became %d, %v", l, back, err)
		}
	})
}

func TestWhatIsNoLSN(t *testing.T) {
	for _, text := range []string{"", "/", "0", "0/", "/0", "x/1", "0/100000000", "-1/0", "0/1 "} {
		if l, err := lsn.Parse(text); err == nil {
			t.Errorf("%q is read as %s", text, l)
		}
	}
	var l lsn.LSN
	if err := l.Scan(int64(1)); err == nil {
		t.Error("a number was scanned")
	}
	if err := l.Scan(nil); err != nil || l != 0 {
		t.Errorf("NULL is %s, %v", l, err)
	}
}
