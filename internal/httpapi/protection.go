package httpapi

import "strings"

// cautions go with every answer of a server with that public address: nothing is kept by caches, taken for another type,
// shown inside another page, or made to load or to tell anything.
func cautions(publicURL string) map[string]string {
	c := map[string]string{
		"Cache-Control":                "no-store",
		"X-Content-Type-Options":       "nosniff",
		"Content-Security-Policy":      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		"X-Frame-Options":              "DENY",
		"Referrer-Policy":              "no-referrer",
		"Cross-Origin-Resource-Policy": "same-origin",
	}
	if strings.HasPrefix(publicURL, "https://") {
		c["Strict-Transport-Security"] = "max-age=31536000"
	}
	return c
}
