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

// conditional gives an answer an ETag, made of its content where the handler has set none, and answers 304 without a
// body to a client that has this very answer.
func conditional(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		held := &heldAnswer{ResponseWriter: c.Response().Writer}
		c.Response().Writer = held
		err := next(c)
		c.Response().Writer = held.ResponseWriter
		if err != nil {
			return err
		}
		return held.send(c)
	}
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
	if h.status == http.StatusOK && header.Get(headerETag) == "" {
		header.Set(headerETag, contentTag(h.body.Bytes()))
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

// contentTag is the ETag of a content.
func contentTag(content []byte) string {
	sum := sha256.Sum256(content)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
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
