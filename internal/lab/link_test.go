package lab

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

func TestLinkCarriesBothWaysAndEnds(t *testing.T) {
	l := newLine(t)
	site, main := l.connect()
	l.send(site, "select 1")
	l.expect(main, "select 1")
	l.send(main, "1")
	l.must(main.CloseWrite())
	l.expect(site, "1")
	l.expectEnd(site, io.EOF)
	l.must(site.Close())
	l.expectEnd(main, io.EOF)
	l.eventually("the connection is forgotten", connections(0))
}

func TestLinkPassesResetsOn(t *testing.T) {
	l := newLine(t)
	site, main := l.connect()
	l.must(site.SetLinger(0))
	l.must(site.Close())
	l.expectEnd(main, syscall.ECONNRESET)
}

func TestMainDatabaseThatDoesNotListen(t *testing.T) {
	l := newLine(t)
	l.must(l.server.Close())
	c, err := l.tryDial(l.api)
	if err == nil {
		l.expectEnd(l.mine(c), syscall.ECONNRESET)
	} else if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the connect was not reset: %v", err)
	}
}

func TestSwallowedStreamStaysSilentAfterHealing(t *testing.T) {
	l := newLine(t)
	site, main := l.connect()
	quietSite, quietMain := l.connect()
	l.send(site, "insert")
	l.expect(main, "insert")

	l.must(l.Cut(Swallow, Both))
	l.send(site, "lost")
	l.eventually("bytes were lost", silent)
	l.must(l.Heal())
	l.send(site, "too late")
	l.send(main, "the other way still works")
	l.expect(site, "the other way still works")
	l.must(site.Close())

	l.send(quietSite, "nothing of this was lost")
	l.expect(quietMain, "nothing of this was lost")
	l.eventually("only one connection is silent", func(s LinkState) bool { return s.Silent == 1 && s.Connections == 2 })
	l.must(l.Close())
	l.expectEnd(main, syscall.ECONNRESET)
}

func TestLostEndIsNeverTold(t *testing.T) {
	for name, end := range map[string]func(*net.TCPConn) error{
		"FIN": (*net.TCPConn).Close,
		"RST": func(c *net.TCPConn) error { return errors.Join(c.SetLinger(0), c.Close()) },
	} {
		t.Run(name, func(t *testing.T) {
			l := newLine(t)
			site, main := l.connect()
			l.send(site, "begin")
			l.expect(main, "begin")
			l.must(l.Cut(Swallow, Both))
			l.must(end(site))
			l.eventually("the end was lost", silent)
			l.must(l.Heal())
			// Were the end only late, it would come before what is sent on a later connection.
			later, laterMain := l.connect()
			l.send(later, "later")
			l.expect(laterMain, "later")
			l.eventually("still silent", silent)
			l.must(main.Close())
			l.eventually("the main side ended it", func(s LinkState) bool { return s.Silent == 0 && s.Connections == 1 })
		})
	}
}

func TestStandbyThatLostSomethingIsReset(t *testing.T) {
	for _, direction := range []Direction{Up, Down} {
		t.Run(string(direction), func(t *testing.T) {
			l := newLine(t)
			standby := l.dialPath(l.wal)
			l.send(standby, "hello")
			main := l.accept()
			l.expect(main, "hello")
			l.must(l.Cut(Swallow, direction))
			l.send(standby, "identify")
			l.send(main, "identity")
			l.eventually("bytes were lost", silent)
			l.must(l.Heal())
			for _, end := range []*net.TCPConn{standby, main} {
				l.eventually("nothing is silent", func(s LinkState) bool { return s.Connections == 0 })
				if _, err := io.ReadAll(end); !errors.Is(err, syscall.ECONNRESET) {
					t.Errorf("an end was not reset: %v", err)
				}
			}
		})
	}
}

func TestCutOfOneDirection(t *testing.T) {
	l := newLine(t)
	site, main := l.connect()
	l.must(l.Cut(Swallow, Down))
	l.send(site, "commit")
	l.expect(main, "commit")
	l.send(main, "done")
	l.eventually("the answer was lost", silent)
	l.send(site, "anybody there?")
	l.expect(main, "anybody there?")
	l.must(l.Heal())
	l.send(main, "yes")
	l.must(site.Close())
	l.expectEnd(main, io.EOF)
	l.must(main.Close())
	l.eventually("both have ended", connections(0))

	site, main = l.connect()
	l.must(l.Cut(Swallow, Up))
	l.send(main, "notice")
	l.expect(site, "notice")
	l.send(site, "lost")
	l.eventually("the request was lost", silent)
}

func TestConnectsHangUntilHealed(t *testing.T) {
	for _, direction := range []Direction{Both, Up, Down} {
		t.Run(string(direction), func(t *testing.T) {
			l := newLine(t)
			l.must(l.Cut(Swallow, direction))
			patient, impatient := l.dial(), l.dial()
			l.send(patient, "startup")
			l.send(impatient, "startup")
			l.eventually("both hang", connections(2))
			l.must(impatient.Close())
			l.eventually("one has given up", connections(1))
			if len(l.accepted) != 0 {
				t.Error("the main database heard of a connect over a cut link")
			}
			l.must(l.Heal())
			l.expect(l.accept(), "startup")
			if len(l.accepted) != 0 {
				t.Error("the main database heard of the site that had given up")
			}
		})
	}
}

func TestRefuse(t *testing.T) {
	l := newLine(t)
	site, main := l.connect()
	l.must(l.Cut(Refuse, Both))
	l.expectEnd(site, syscall.ECONNRESET)
	l.expectEnd(main, syscall.ECONNRESET)
	for _, p := range []*path{l.api, l.wal} {
		if _, err := l.tryDial(p); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("connecting over a link that refuses: %v", err)
		}
	}
	l.must(l.Cut(Swallow, Both))
	hanging := l.dial()
	l.eventually("it hangs", connections(1))
	l.must(l.Cut(Refuse, Both))
	l.expectEnd(hanging, syscall.ECONNRESET)
	l.must(l.Heal())
	site, main = l.connect()
	l.send(site, "again")
	l.expect(main, "again")
}

func TestRefuseLeavesTheSilentSilent(t *testing.T) {
	l := newLine(t)
	site, _ := l.connect()
	l.must(l.Cut(Swallow, Up))
	l.send(site, "lost")
	l.eventually("bytes were lost", silent)
	l.must(l.Cut(Refuse, Both))
	l.expectEnd(site, syscall.ECONNRESET)
	l.must(l.Heal())
	_, main := l.connect()
	l.eventually("the main side still waits", func(s LinkState) bool { return s.Silent == 1 && s.Connections == 2 })
	l.must(main.Close())
}

func TestRefuseHasNoDirection(t *testing.T) {
	l := newLine(t)
	for _, err := range []error{l.Cut(Refuse, Up), l.Cut("melt", Both), l.Cut(Swallow, "sideways")} {
		if err == nil {
			t.Error("accepted")
		}
	}
	if l.State().Cut != nil {
		t.Errorf("cut by a refused request: %+v", l.State().Cut)
	}
}

func TestCutAfterIsExact(t *testing.T) {
	l := newLine(t)
	site, main := l.connect()
	other := l.dialPath(l.wal)
	otherMain := l.accept()
	fired := l.CutAfter(10, Up, Both)
	l.send(other, "the standby's bytes do not count")
	l.expect(otherMain, "the standby's bytes do not count")
	l.send(site, "0123456")
	l.expect(main, "0123456")
	select {
	case <-fired:
		t.Fatal("cut too early")
	default:
	}
	l.send(site, "789abcdef")
	<-fired
	l.expect(main, "789")
	l.eventually("the rest was lost", silent)
	l.must(l.Heal())
	l.must(l.Close())
	l.expectEnd(main, syscall.ECONNRESET)
}

func TestCutAfterLosesTheAnswerOnly(t *testing.T) {
	l := newLine(t)
	site, main := l.connect()
	fired := l.CutAfter(6, Up, Down)
	l.send(site, "commit and more")
	<-fired
	l.expect(main, "commit and more")
	l.send(main, "done")
	l.eventually("the answer was lost", silent)

	<-l.CutAfter(0, Up, Both)
	if cut := l.State().Cut; cut == nil || cut.Direction != Both {
		t.Errorf("after no byte more the link is %+v", cut)
	}
	disarmed := l.CutAfter(3, Up, Both)
	l.must(l.Heal())
	site, main = l.connect()
	l.send(site, "more than three")
	l.expect(main, "more than three")
	select {
	case <-disarmed:
		t.Error("a healed link was cut")
	default:
	}
}

func TestSlowCostsRoundTrips(t *testing.T) {
	const rtt = 60 * time.Millisecond
	l := newLine(t)
	l.Slow(rtt, 0)
	started := time.Now()
	site, main := l.connect()
	l.send(site, "question")
	l.expect(main, "question")
	l.send(main, "answer")
	l.expect(site, "answer")
	if took := time.Since(started); took < 2*rtt {
		t.Errorf("connect, question and answer took %s, less than two round trips of %s", took, rtt)
	}
	l.Slow(time.Hour, 0)
	l.send(site, "under way for long")
	l.must(l.Reset())
	l.expect(main, "under way for long")
	if s := l.State(); s.RTT != "0s" || s.Rate != 0 {
		t.Errorf("after a reset the link is %+v", s)
	}
}

func TestRateIsShared(t *testing.T) {
	const rate, size = 200_000, 30_000
	l := newLine(t)
	site, main := l.connect()
	other := l.dialPath(l.wal)
	otherMain := l.accept()
	l.Slow(0, rate)
	text := strings.Repeat("x", size)
	started := time.Now()
	var senders errgroup.Group
	for _, c := range []net.Conn{site, other} {
		senders.Go(func() error {
			_, err := io.WriteString(c, text)
			return err
		})
	}
	l.expect(main, text)
	l.expect(otherMain, text)
	l.must(senders.Wait())
	if took, least := time.Since(started), 2*size*time.Second/rate; took < least {
		t.Errorf("twice %d bytes took %s over a link that needs %s for them", size, took, least)
	}
	if up := l.State().Up; up != 2*size {
		t.Errorf("the link counted %d bytes", up)
	}
}

// A sender must feel the rate: what it can hand over while nothing arrives is bounded.
func TestSlowLinkTakesLittleAtOnce(t *testing.T) {
	l := newLine(t)
	site, _ := l.connect()
	l.must(site.SetWriteBuffer(64 << 10))
	l.Slow(0, 1)
	l.must(site.SetWriteDeadline(time.Now().Add(200 * time.Millisecond)))
	taken, err := site.Write(make([]byte, 32<<20))
	if !errors.Is(err, os.ErrDeadlineExceeded) || taken > 2<<20 {
		t.Errorf("a link of 1 byte a second took %d bytes at once: %v", taken, err)
	}
}

func TestStallHoldsUpOrResets(t *testing.T) {
	l := newLine(t)
	l.Stall(1)
	site, main := l.connect()
	started := time.Now()
	l.send(site, "late")
	got := make([]byte, 4)
	switch _, err := io.ReadFull(main, got); {
	case errors.Is(err, syscall.ECONNRESET):
	case err != nil:
		t.Errorf("neither late nor reset: %v", err)
	case time.Since(started) < 200*time.Millisecond:
		t.Errorf("held up for %s only", time.Since(started))
	}
	l.must(l.Reset())
	site, main = l.connect()
	l.send(site, "perfect")
	l.expect(main, "perfect")
}

func TestAccidents(t *testing.T) {
	const tries = 1000
	resets := 0
	for range tries {
		switch pause, reset := (condition{stall: 1}).accident(); {
		case reset:
			resets++
		case pause < 200*time.Millisecond || pause > 3*time.Second:
			t.Errorf("a pause of %s", pause)
		}
		if pause, reset := (condition{}).accident(); pause != 0 || reset {
			t.Error("an accident on a perfect link")
		}
	}
	if resets == 0 || resets > tries/2 {
		t.Errorf("%d resets in %d accidents", resets, tries)
	}
}
