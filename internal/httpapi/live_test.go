package httpapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/httpapi"
	"github.com/ccatobs/opsdb/internal/live"
	"github.com/ccatobs/opsdb/internal/site"
)

// streamOf says how somebody opens a stream.
type streamOf struct {
	op     string
	query  string
	token  string // in the header; empty: none
	offers []string
	origin string
}

// open tries to open a WebSocket. Without one it returns the answer.
func (s *station) stream(o streamOf) (conn *websocket.Conn, status int) {
	s.t.Helper()
	header := http.Header{}
	if o.token != "" {
		header.Set("Authorization", "Bearer "+o.token)
	}
	if o.origin != "" {
		header.Set("Origin", o.origin)
	}
	route := s.route(o.op)
	conn, response, err := websocket.Dial(s.t.Context(), s.url+route.Path+"?"+o.query, //nolint:bodyclose // the library closes it
		&websocket.DialOptions{HTTPHeader: header, Subprotocols: o.offers})
	if err != nil && response == nil {
		s.t.Fatal(err)
	}
	if conn != nil {
		answer{t: s.t, status: response.StatusCode, header: response.Header}.match(route, response.Request)
		conn.SetReadLimit(-1)
		s.t.Cleanup(func() { conn.CloseNow() }) //nolint:errcheck // it may be closed already
	}
	return conn, response.StatusCode
}

// events opens a stream as server-sent events and reads the snapshot.
func (s *station) events(op string) {
	s.t.Helper()
	route, r := s.request(call{op: op, header: map[string]string{"Accept": "text/event-stream"}})
	response, err := client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // of a test
	snapshot, err := bufio.NewReader(response.Body).ReadString('\n')
	if err != nil || !strings.HasPrefix(snapshot, "id: ") {
		s.t.Errorf("%s begins with %q, %v, not with its place", op, snapshot, err)
	}
	answer{t: s.t, status: response.StatusCode, header: response.Header, text: []byte(snapshot)}.match(route, r)
}

// hear returns the next message, which is as the document says.
func (s *station) hear(conn *websocket.Conn) (message map[string]any) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer cancel()
	_, text, err := conn.Read(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := json.Unmarshal(text, &message); err != nil {
		s.t.Fatal(err)
	}
	if err := s.doc.Components.Schemas["LiveMessage"].Value.VisitJSON(message); err != nil {
		s.t.Errorf("against the document: %v\n%s", err, text)
	}
	return message
}

// ended reads until a stream is closed and returns the code.
func (s *station) ended(conn *websocket.Conn) websocket.StatusCode {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Second)
	defer cancel()
	for {
		if _, _, err := conn.Read(ctx); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

var streams = []string{"followTransfer", "followObservations", "followBuffer", "followHealth"}

// Whoever may, may in each of the ways; nobody else.
func TestWhoMayFollow(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main, live: true})
	ticket := func() string {
		return "ticket=" + decode[api.LiveTicket](s.do(call{op: "createTicket"}).want(http.StatusCreated)).Ticket
	}
	used := ticket()
	if conn, _ := s.stream(streamOf{op: "followHealth", query: used}); conn == nil {
		t.Fatal("a ticket is not good")
	}
	other := s.issue("viewer", "fly:kites")
	for _, op := range streams {
		for name, test := range map[string]struct {
			streamOf
			want int
		}{
			"header":               {streamOf{token: s.token}, 0},
			"subprotocol":          {streamOf{offers: []string{"opsdb", "bearer." + s.token}}, 0},
			"ticket":               {streamOf{query: ticket()}, 0},
			"own page":             {streamOf{query: ticket(), origin: "http://ops.example"}, 0},
			"nobody":               {streamOf{}, http.StatusUnauthorized},
			"address":              {streamOf{query: "token=" + s.token}, http.StatusUnauthorized},
			"ticket twice":         {streamOf{query: used}, http.StatusUnauthorized},
			"ticket made up":       {streamOf{query: "ticket=" + strings.Repeat("A", 43)}, http.StatusUnauthorized},
			"foreign page":         {streamOf{token: s.token, origin: "https://evil.example"}, http.StatusForbidden},
			"for something else":   {streamOf{token: other}, http.StatusForbidden},
			"foreign subprotocol":  {streamOf{token: s.token, offers: []string{"graphql-ws"}}, http.StatusUnprocessableEntity},
			"token as subprotocol": {streamOf{offers: []string{"bearer." + s.token}}, http.StatusUnprocessableEntity},
			"half a place":         {streamOf{token: s.token, query: "epoch=x"}, http.StatusUnprocessableEntity},
		} {
			test.op = op
			conn, status := s.stream(test.streamOf)
			switch {
			case test.want == 0 && conn == nil:
				t.Errorf("%s, %s: %d", op, name, status)
			case test.want == 0:
				if m := s.hear(conn); m["type"] != "snapshot" || m["recovered"] != false || m["data"] == nil {
					t.Errorf("%s, %s: %v", op, name, m)
				}
			case status != test.want:
				t.Errorf("%s, %s: %d, want %d", op, name, status, test.want)
			}
		}
		s.do(call{op: op}).problem(http.StatusUpgradeRequired, "upgrade-required")
		s.events(op)
	}
	s.do(call{op: "getMe", query: ""}).want(http.StatusOK)
	s.do(call{op: "getMe", token: "-", header: map[string]string{"Sec-WebSocket-Protocol": "bearer." + s.token}}).want(http.StatusUnauthorized)
}

func TestTokenInTheAddress(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main, live: true, change: func(d *httpapi.Deps) { d.Access.StreamTokenInURL = true }})
	if conn, status := s.stream(streamOf{op: "followTransfer", query: "token=" + s.token}); conn == nil {
		t.Fatal(status)
	}
	s.do(call{op: "getMe", token: "-", header: map[string]string{}}).want(http.StatusUnauthorized)
}

// A handshake that cannot succeed is answered like any other request.
func TestHandshakes(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main, live: true})
	good := map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
	for name, value := range map[string]string{"Sec-WebSocket-Version": "8", "Sec-WebSocket-Key": "short"} {
		sent := maps.Clone(good)
		sent[name] = value
		s.do(call{op: "followHealth", header: sent}).problem(http.StatusUnprocessableEntity, "invalid")
	}
	s.do(call{op: "followHealth", header: map[string]string{"Accept": "text/event-stream", "Last-Event-ID": "x"}}).problem(http.StatusUnprocessableEntity, "invalid")
}

// What a site accepts while it is cut off is told at once, and again on its way.
func TestFollowingASiteThatIsCutOff(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Secondary, live: true, mainAway: true})
	observations, _ := s.stream(streamOf{op: "followObservations", token: s.token})
	writes, _ := s.stream(streamOf{op: "followBuffer", token: s.token})
	s.hear(observations)
	s.hear(writes)
	receipt := s.start(nil)
	for name, conn := range map[string]*websocket.Conn{receipt.ID.String(): observations, receipt.TransactionID.String(): writes} {
		text, err := json.Marshal(s.hear(conn))
		if err != nil || !strings.Contains(string(text), name) || !strings.Contains(string(text), "buffered") {
			t.Errorf("%s is not in %s: %v", name, text, err)
		}
	}
}

// What others write to the database directly is told, and the stream goes on where it was left.
func TestFollowingOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main, live: true})
	conn, _ := s.stream(streamOf{op: "followObservations", token: s.token})
	s.hear(conn)
	receipt := s.start(nil)
	m := s.hear(conn)
	first := told(t, m)
	if first.Record != "executed_obs_unit" || first.Action != "insert" || first.Sync != "replicated" || len(first.IDs) != 1 || first.IDs[0] != receipt.ID.String() {
		t.Fatalf("%v", m)
	}
	if err := conn.CloseNow(); err != nil {
		t.Fatal(err)
	}
	w.execute("delete from executed_obs_unit")
	query := fmt.Sprintf("epoch=%v&offset=%d", m["epoch"], first.Offset)
	conn, _ = s.stream(streamOf{op: "followObservations", token: s.token, query: query})
	if again := s.hear(conn); again["recovered"] != true || again["data"] != nil {
		t.Fatalf("%v", again)
	}
	if next := told(t, s.hear(conn)); next.Action != "delete" || next.Offset != first.Offset+1 {
		t.Errorf("%v", next)
	}
}

// event is what one event of a message tells.
type event struct {
	Offset int64    `json:"offset"`
	Record string   `json:"record"`
	Action string   `json:"action"`
	Sync   string   `json:"sync"`
	IDs    []string `json:"ids"`
}

// told returns the first event of a message.
func told(t *testing.T, message map[string]any) event {
	t.Helper()
	text, err := json.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	m := decode[struct{ Events []event }](answer{t: t, text: text})
	if len(m.Events) == 0 {
		t.Fatalf("no event: %s", text)
	}
	return m.Events[0]
}

// Streams end within a second of the credential that opened them.
func TestStreamsEndWithTheirCredential(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main, live: true})
	created := decode[api.IssuedToken](s.do(call{op: "createToken", body: map[string]any{"name": "mine"}}).want(http.StatusCreated))
	ticket := decode[api.LiveTicket](s.do(call{op: "createTicket", token: created.Token}).want(http.StatusCreated)).Ticket
	session, bearer := s.openSession("admin-on-duty", auth.BySession)
	var open []*websocket.Conn
	for _, o := range []streamOf{{token: created.Token}, {query: "ticket=" + ticket}, {offers: []string{"opsdb", "bearer." + created.Token}}, {token: bearer}} {
		o.op = "followHealth"
		conn, status := s.stream(o)
		if conn == nil {
			t.Fatal(status)
		}
		s.hear(conn)
		open = append(open, conn)
	}
	stays, _ := s.stream(streamOf{op: "followHealth", token: s.token})
	began := time.Now()
	s.do(call{op: "revokeToken", id: created.ID.String()}).want(http.StatusOK)
	s.do(call{op: "endSession", id: session.ID.String()}).want(http.StatusNoContent)
	for i, conn := range open {
		if code := s.ended(conn); code != live.CodeEnded || time.Since(began) > time.Second {
			t.Errorf("stream %d: %d after %s", i, code, time.Since(began))
		}
	}
	s.hear(stays)
}

// Server-sent events outlive the limits of the server for other answers.
func TestServerSentEventsThroughTheServer(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main, live: true})
	server := httptest.NewUnstartedServer(s.server.Handler())
	server.Config = s.server.HTTPServer("")
	server.Config.ReadTimeout, server.Config.WriteTimeout = 200*time.Millisecond, 200*time.Millisecond
	server.Start()
	defer server.Close()
	_, r := s.request(call{op: "followObservations", header: map[string]string{"Accept": "text/event-stream"}})
	r.URL.Host = strings.TrimPrefix(server.URL, "http://")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // of a test
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatal(response.StatusCode, response.Header)
	}
	lines := bufio.NewReader(response.Body)
	data := func() string {
		t.Helper()
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(line, "data: ") {
				return line
			}
		}
	}
	data() // the snapshot
	for range 2 {
		waitUntilGivenUp(t, server.URL)
	}
	s.start(nil)
	if told := data(); !strings.Contains(told, "executed_obs_unit") {
		t.Errorf("told is %s", told)
	}
}

// waitUntilGivenUp begins a request and returns when the server has waited long enough for the rest of it.
func waitUntilGivenUp(t *testing.T, url string) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // of a test
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(conn); err != nil {
		t.Fatal(err)
	}
}

// The document lists every code that a WebSocket is closed with, that for who sends something too.
func TestCodesOfTheEndAreDocumented(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main, live: true})
	conn, status := s.stream(streamOf{op: "followHealth", token: s.token})
	if conn == nil {
		t.Fatal(status)
	}
	if err := conn.Write(t.Context(), websocket.MessageText, []byte("hello")); err != nil {
		t.Fatal(err)
	}
	if code := s.ended(conn); code != websocket.StatusPolicyViolation {
		t.Errorf("closed with %d", code)
	}
	said := document(t).Tags.Get("live").Description
	for _, code := range []int{int(websocket.StatusPolicyViolation), live.CodeGoingAway, live.CodeTryLater, live.CodeEnded, live.CodeTooSlow} {
		if !strings.Contains(said, strconv.Itoa(code)) {
			t.Errorf("the document does not say what %d is", code)
		}
	}
}
