package httpapi

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/site"
)

// GetSiteInfo says what this site is.
func (s *Server) GetSiteInfo(context.Context, api.GetSiteInfoRequestObject) (api.GetSiteInfoResponseObject, error) {
	return api.GetSiteInfo200JSONResponse{Body: s.info}, nil
}

// GetBufferStats says how many writes are on their way.
func (s *Server) GetBufferStats(ctx context.Context, _ api.GetBufferStatsRequestObject) (api.GetBufferStatsResponseObject, error) {
	b := s.buffer.Stats(ctx)
	if !b.RedisReachable && s.site.Type == site.Secondary {
		return nil, errs.New(errs.Unavailable, "The site's buffer does not answer.").Named("buffer-unavailable").After(time.Second)
	}
	return api.GetBufferStats200JSONResponse{Body: api.BufferStats{
		PendingTransactions: b.Buffered, FailedTransactions: b.Parked, ProcessingRate: b.Rate,
		AverageExecutionTimeMS: b.AverageExecutionMS, Retrying: b.Retrying, Unreplicated: b.Unreplicated,
		Blocked: b.Blocked, Processed: b.Processed, LastRun: b.LastRun,
		OldestUnapplied: b.OldestUnapplied, OldestUnappliedSeconds: secondsSince(b.OldestUnapplied),
		OldestUnreplicated: b.OldestUnreplicated, OldestUnreplicatedSeconds: secondsSince(b.OldestUnreplicated),
		ETASeconds: seconds(b.ETA), Executor: b.Executor, ExecutorDetail: optional(b.ExecutorDetail),
		ExecutorHolder: optional(b.Holder), Alarm: b.Alarm,
		Lagging: b.Lagging, LagBytes: b.LagBytes, RedisUsedBytes: b.RedisUsed, RedisMaxBytes: b.RedisMax,
		DaysLeft: b.DaysLeft,
	}}, nil
}

// documentFile is the document as it is.
type documentFile []byte

// VisitGetDocumentResponse implements api.GetDocumentResponseObject.
func (f documentFile) VisitGetDocumentResponse(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "application/json")
	_, err := w.Write(f)
	return err
}

// GetDocument answers with the document itself.
func (s *Server) GetDocument(context.Context, api.GetDocumentRequestObject) (api.GetDocumentResponseObject, error) {
	return s.document, nil
}

// GetDocs answers with the document as a page for people.
func (s *Server) GetDocs(context.Context, api.GetDocsRequestObject) (api.GetDocsResponseObject, error) {
	return api.GetDocs200TextHTMLResponse{Body: bytes.NewReader(s.docs), ContentLength: int64(len(s.docs))}, nil
}

// GetRedoc leads to the page from an address that scripts and people remember.
func (s *Server) GetRedoc(context.Context, api.GetRedocRequestObject) (api.GetRedocResponseObject, error) {
	return api.GetRedoc302Response{Headers: api.GetRedoc302ResponseHeaders{Location: new("docs")}}, nil
}

func seconds(d *time.Duration) *float64 {
	if d == nil {
		return nil
	}
	f := d.Seconds()
	return &f
}

func secondsSince(t *time.Time) *float64 {
	if t == nil {
		return nil
	}
	f := time.Since(*t).Seconds()
	return &f
}

// optional returns nil for the zero value.
func optional[T comparable](v T) *T {
	var none T
	if v == none {
		return nil
	}
	return &v
}
