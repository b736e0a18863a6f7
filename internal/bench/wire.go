package bench

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// protocol is how the answers of a server are read. The load generator shares two processors with the servers that it
// measures, so it does no more than find out where an answer ends and whether it is the hoped-for one.
type protocol string

const (
	overHTTP  protocol = "http"
	overRedis protocol = "redis"
)

// read reads one answer. An answer that says no is an error.
func (p protocol) read(answers *bufio.Reader) error {
	if p == overRedis {
		return readRedis(answers)
	}
	return readHTTP(answers)
}

// httpRequest returns a request as it is sent.
func httpRequest(method, target, token string, body []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: bench\r\n", method, target)
	if token != "" {
		fmt.Fprintf(&b, "Authorization: Bearer %s\r\n", token)
	}
	if body != nil {
		fmt.Fprintf(&b, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes()
}

var contentLength = []byte("Content-Length: ")

// readHTTP reads an answer whose length is announced or that is sent in chunks.
func readHTTP(answers *bufio.Reader) error {
	status, err := readLine(answers)
	if err != nil {
		return err
	}
	if len(status) < 12 {
		return fmt.Errorf("no status line: %q", status)
	}
	var code [3]byte
	copy(code[:], status[9:])
	length := -1
	for {
		line, err := readLine(answers)
		if err != nil {
			return err
		}
		if len(line) == 0 {
			break
		}
		if n, ok := bytes.CutPrefix(line, contentLength); ok {
			if length, err = strconv.Atoi(string(n)); err != nil {
				return err
			}
		}
	}
	if code[0] != '2' {
		text, err := io.ReadAll(io.LimitReader(answers, int64(max(length, 0))))
		return errors.Join(fmt.Errorf("status %s: %s", code, text), err)
	}
	if length >= 0 {
		_, err := answers.Discard(length)
		return err
	}
	return discardChunks(answers)
}

func discardChunks(answers *bufio.Reader) error {
	for {
		line, err := readLine(answers)
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(line), 16, 64)
		if err != nil {
			return err
		}
		if _, err := answers.Discard(int(n) + 2); err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
	}
}

// redisCommand returns a command as it is sent.
func redisCommand(words ...string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "*%d\r\n", len(words))
	for _, word := range words {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(word), word)
	}
	return b.Bytes()
}

// readRedis reads an answer of one line.
func readRedis(answers *bufio.Reader) error {
	line, err := readLine(answers)
	if err == nil && (len(line) == 0 || line[0] == '-') {
		err = fmt.Errorf("redis answers %q", line)
	}
	return err
}

// readLine returns a line without its end, valid until the next read.
func readLine(answers *bufio.Reader) ([]byte, error) {
	line, err := answers.ReadSlice('\n')
	return bytes.TrimRight(line, "\r\n"), err
}
