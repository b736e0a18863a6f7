package httpapi

import (
	"net/http"
	"strings"

	"github.com/ccatobs/opsdb/internal/errs"
)

// condition is what If-Match demands, nil for nothing: a star stands for any version.
func condition(ifMatch *string) *string {
	if ifMatch != nil && strings.TrimSpace(*ifMatch) == "*" {
		return nil
	}
	return ifMatch
}

// matches tells whether a record whose version has this tag may be written by who demands some: tags of writes, which are
// those of versions, or of reads, which begin with them. Without demand, all may.
func matches(demanded *string, tag string) bool {
	if demanded == nil {
		return true
	}
	for named := range strings.SplitSeq(*demanded, ",") {
		version, _, read := strings.Cut(strings.TrimSpace(named), tagSeparator)
		if read {
			version += `"`
		}
		if version == tag {
			return true
		}
	}
	return false
}

// outdated is the refusal of a write by who has not seen the present version.
func outdated() *errs.Error {
	e := errs.New(errs.Conflict, "The record has changed since it was read.").Named("precondition-failed").
		At("header:If-Match", "is not the version that the record has now")
	e.Status = http.StatusPreconditionFailed
	return e
}
