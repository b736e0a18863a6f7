package live

import (
	"bytes"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
)

// pair returns the two ends of a connection of this machine.
func pair(t *testing.T) (near *conn, far net.Conn) {
	t.Helper()
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() //nolint:errcheck // of a test
	far, err = (&net.Dialer{}).DialContext(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := listener.AcceptTCP()
	if err != nil {
		t.Fatal(err)
	}
	if err := accepted.SetWriteBuffer(1 << 16); err != nil { // a part is more probable than with the largest one
		t.Fatal(err)
	}
	near = &conn{Conn: accepted}
	if near.raw, err = accepted.SyscallConn(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, end := range []io.Closer{near, far} {
			if err := end.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	return near, far
}

// What a connection takes in part is finished before anything else is written.
func TestConnFinishesWhatItTookInPart(t *testing.T) {
	t.Parallel()
	near, far := pair(t)
	message := framed([]byte(strings.Repeat("x", 50_000)))
	var want bytes.Buffer
	for {
		taken, whole := near.offer(message)
		if taken {
			want.Write(message)
		}
		if !whole {
			break
		}
	}
	if taken, _ := near.offer(message); taken {
		t.Error("something was taken behind a part")
	}
	rest := framed([]byte("the end"))
	want.Write(rest)
	go func() {
		if _, err := near.Write(rest); err != nil {
			t.Error(err)
		}
	}()
	got := make([]byte, want.Len())
	if _, err := io.ReadFull(far, got); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Error("the messages were mixed")
	}
}

// What is sent is kept no longer: a reader for whom nothing comes for a day keeps no message that all others have forgotten.
func TestConnKeepsNothingThatIsSent(t *testing.T) {
	t.Parallel()
	near, far := pair(t)
	message := framed([]byte(strings.Repeat("x", 50_000)))
	if _, whole := near.offer(message); whole && near.rest != nil {
		t.Error("a whole message is kept")
	}
	for whole := true; whole; {
		_, whole = near.offer(message)
	}
	go io.Copy(io.Discard, far) //nolint:errcheck // ends with the connection
	if _, err := near.Write(nil); err != nil {
		t.Fatal(err)
	}
	if near.rest != nil {
		t.Error("the rest of a message is kept")
	}
}

// Behind a close frame comes nothing, and parts of messages are no close frames.
func TestConnSendsNothingBehindItsEnd(t *testing.T) {
	t.Parallel()
	near, _ := pair(t)
	for _, harmless := range [][]byte{[]byte("hello"), {finalClose}, append([]byte{finalClose, 3}, "long text"...), framed([]byte("x"))} {
		if _, err := near.Write(harmless); err != nil {
			t.Fatal(err)
		}
		if taken, whole := near.offer(framed([]byte("x"))); !taken || !whole {
			t.Fatalf("behind %q nothing is sent", harmless)
		}
	}
	if _, err := near.Write([]byte{finalClose, 2, 0x03, 0xe8}); err != nil {
		t.Fatal(err)
	}
	if taken, _ := near.offer(framed([]byte("x"))); taken {
		t.Error("a message was sent behind the close frame")
	}
}

// A connection that gives no descriptor, and one that is closed, take nothing.
func TestConnTakesNothing(t *testing.T) {
	t.Parallel()
	near, _ := pair(t)
	without := &conn{Conn: near.Conn}
	if taken, _ := without.offer([]byte("x")); taken {
		t.Error("taken without a descriptor")
	}
	closed, far := pair(t)
	if err := closed.raw.Control(func(fd uintptr) {
		if err := syscall.Shutdown(int(fd), syscall.SHUT_RDWR); err != nil {
			t.Error(err)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(far); err != nil {
		t.Fatal(err)
	}
	if taken, _ := closed.offer([]byte("x")); taken {
		t.Error("a closed connection takes something")
	}
}
