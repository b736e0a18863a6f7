package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

const (
	headerETag        = "ETag"
	headerIfNoneMatch = "If-None-Match"
)

// conditional gives an answer an ETag that is made of its content, behind the version of the record where the handler has
// set one: an answer also shows what has no part in the version, such as how far a write has travelled. A client that has
// this very answer gets 304 without a body.
func conditional(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		held, err := hold(c, next)
		if err != nil {
			return err
		}
		c.Response().Committed = true
		return held.send(c)
	}
}

// hold lets a handler answer and keeps what it answers. Nothing of that is sent: who fails behind a part of it, or panics,
// can still be answered for.
func hold(c echo.Context, handler echo.HandlerFunc) (*heldAnswer, error) {
	response := c.Response()
	held := &heldAnswer{ResponseWriter: response.Writer}
	response.Writer = held
	defer func() { response.Writer, response.Committed = held.ResponseWriter, false }()
	return held, handler(c)
}

// heldAnswer keeps an answer until it is known whether the client has it.
type heldAnswer struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

// WriteHeader implements http.ResponseWriter.
func (h *heldAnswer) WriteHeader(status int) { h.status = status }

// Write implements http.ResponseWriter.
func (h *heldAnswer) Write(part []byte) (int, error) { return h.body.Write(part) }

func (h *heldAnswer) send(c echo.Context) error {
	header := h.Header()
	if h.status == http.StatusOK {
		header.Set(headerETag, readTag(header.Get(headerETag), h.body.Bytes()))
	}
	if h.status == http.StatusOK && hasTag(c.Request().Header.Get(headerIfNoneMatch), header.Get(headerETag)) {
		header.Del(echo.HeaderContentType)
		header.Del(echo.HeaderContentLength)
		c.Response().Status, c.Response().Size = http.StatusNotModified, 0
		h.ResponseWriter.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.ResponseWriter.WriteHeader(h.status)
	_, err := h.ResponseWriter.Write(h.body.Bytes())
	return err
}

// tagSeparator stands between the version of a record and what its answer's content adds to the ETag.
const tagSeparator = "."

// readTag is the ETag of an answer: of its content, behind the tag of a version if there is one.
func readTag(version string, content []byte) string {
	sum := sha256.Sum256(content)
	tag := base64.RawURLEncoding.EncodeToString(sum[:12])
	if version != "" {
		tag = strings.Trim(version, `"`) + tagSeparator + tag
	}
	return `"` + tag + `"`
}

// hasTag tells whether one of the tags that a client has is this one.
func hasTag(tags, tag string) bool {
	for one := range strings.SplitSeq(tags, ",") {
		one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
		if one == tag || one == "*" {
			return true
		}
	}
	return false
}
