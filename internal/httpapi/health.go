package httpapi

import (
	"context"
	"fmt"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/site"
	"github.com/ccatobs/opsdb/schema"
)

// GetLiveness says that this process runs.
func (s *Server) GetLiveness(context.Context, api.GetLivenessRequestObject) (api.GetLivenessResponseObject, error) {
	return api.GetLiveness200JSONResponse{Status: api.VerdictStatusOk}, nil
}

// GetReadiness says whether a critical write would be accepted now.
func (s *Server) GetReadiness(ctx context.Context, _ api.GetReadinessRequestObject) (api.GetReadinessResponseObject, error) {
	if s.draining.Load() {
		return nil, errs.New(errs.Unavailable, "This server is shutting down.")
	}
	if reason := s.cannotAccept(s.buffer.Stats(ctx)); reason != "" {
		return nil, errs.New(errs.Unavailable, "%s", reason)
	}
	return api.GetReadiness200JSONResponse{Body: api.Verdict{Status: api.VerdictStatusOk}}, nil
}

// cannotAccept returns why no critical write can be accepted; empty when one can.
func (s *Server) cannotAccept(b buffer.Stats) string {
	switch {
	case s.site.Buffers(true) && !b.RedisReachable:
		return "Redis does not answer, so nothing can be kept durably: start it, or look at its log and its disk."
	case !s.site.Buffers(true) && !b.MainReachable:
		return "The main database does not answer, and critical writes of this site go to it directly."
	default:
		return ""
	}
}

// GetHealth says how every part of the site is.
func (s *Server) GetHealth(ctx context.Context, _ api.GetHealthRequestObject) (api.GetHealthResponseObject, error) {
	b := s.buffer.Stats(ctx)
	h := api.Health{
		Status: api.HealthStatusHealthy, Site: s.site.Name, SiteType: api.SiteType(s.site.Type),
		Database: component(b.ReplicaReachable), Redis: component(b.RedisReachable),
		BackgroundProcessor: processor(b), Buffering: s.site.Buffers(true), Schema: s.schema(ctx), Identity: s.identity(ctx),
		TransactionBuffer: api.HealthBuffer{
			Size: b.Buffered + b.Retrying, Failed: b.Parked, Blocked: b.Blocked, Unreplicated: b.Unreplicated,
			Capacity: s.buffer.Settings().BufferSize, DaysLeft: b.DaysLeft,
			OldestUnappliedSeconds:    secondsSince(b.OldestUnapplied),
			OldestUnreplicatedSeconds: secondsSince(b.OldestUnreplicated),
		},
		Replica: api.HealthReplica{
			Reachable: b.ReplicaReachable, Error: optional(b.ReplicaError), Fresh: b.Fresh, Lagging: b.Lagging, LagBytes: b.LagBytes,
		},
		Main: api.HealthMain{Reachable: b.MainReachable, Since: optional(b.MainSince), Error: optional(b.MainError)},
		Executor: api.HealthExecutor{
			State: b.Executor, Detail: optional(b.ExecutorDetail), Holder: optional(b.Holder), Alarm: b.Alarm, LastRun: b.LastRun,
			TransactionsProcessed: b.Processed,
		},
	}
	if !b.AsOf.IsZero() {
		h.Replica.AsOf, h.Replica.AgeSeconds = &b.AsOf, seconds(&b.Age)
	}
	s.judge(&h, b)
	return api.GetHealth200JSONResponse{Body: h}, nil
}

// judge sets the status and says why it is not healthy.
func (s *Server) judge(h *api.Health, b buffer.Stats) {
	h.Remarks = s.remarks(h, b)
	if len(h.Remarks) > 0 {
		h.Status = api.HealthStatusDegraded
	}
	if reason := s.cannotAccept(b); reason != "" {
		h.Status = api.HealthStatusUnhealthy
		h.Remarks = append([]string{reason}, h.Remarks...)
	}
	h.Remarks = append(h.Remarks, unusual(h.Identity)...)
}

// identity says how people are let in.
func (s *Server) identity(ctx context.Context) api.HealthIdentity {
	identity := api.HealthIdentity{Github: s.access.SignIn != nil, BreakGlass: s.access.Operators != nil, DemoTokens: s.access.DemoTokens}
	if identity.BreakGlass {
		// Without Redis nobody can sign in or renew, and redis says so.
		if sessions, err := s.access.Sessions.BreakGlassSessions(ctx); err == nil {
			identity.BreakGlassSessions = len(sessions)
		}
	}
	return identity
}

// unusual names what is no failure but should not stay as it is.
func unusual(identity api.HealthIdentity) []string {
	var remarks []string
	if identity.BreakGlass {
		remarks = append(remarks, "BREAK_GLASS is on: operators for emergencies can sign in. Set it to false when the emergency is over.")
	}
	if identity.DemoTokens {
		remarks = append(remarks, "DEMO_TOKENS is on: everybody gets a token who asks for one. Set it to false where the data matters.")
	}
	return remarks
}

func (s *Server) remarks(h *api.Health, b buffer.Stats) []string {
	remarks := []string{}
	note := func(wrong bool, format string, args ...any) {
		if wrong {
			remarks = append(remarks, fmt.Sprintf(format, args...))
		}
	}
	remote := s.site.Type == site.Secondary
	note(remote && !h.Buffering, "CRITICAL_OPERATIONS_BUFFER is off: observations fail while the main database cannot be reached. Set it to true.")
	note(remote && !b.MainReachable, "The main database cannot be reached since %s; writes are buffered and reads show the last copy.", b.MainSince.Format("2006-01-02 15:04:05Z"))
	note(!b.RedisReachable && !h.Buffering, "Redis does not answer; writes of this site show only after their replication.")
	note(remote && !b.ReplicaReachable, "The database of this site does not answer: reads fail, writes go on. Start it.")
	note(!remote && !b.ReplicaReachable, "The database of this site does not answer: reads fail. Start it.")
	note(b.ReplicaReachable && b.MainReachable && !b.Fresh, "The database of this site is not fresh: look at its replication.")
	note(b.Lagging, "Replication takes longer than LSN_TIMEOUT: look at the standby's connection to the main database.")
	note(b.Alarm != "", "The executor needs a person: %s", b.Alarm)
	note(b.Parked > 0, "%d writes are parked: see /transactions?state=parked.", b.Parked)
	note(h.TransactionBuffer.Size > h.TransactionBuffer.Capacity, "More writes wait than TRANSACTION_BUFFER_SIZE; all are kept.")
	note(b.MemoryShort, "Redis is short of memory: bulk registrations are refused. Give it more, or restore the link.")
	note(h.Identity.BreakGlassSessions > 0, "%d sessions of operators for emergencies are in force: see /admin/audit.", h.Identity.BreakGlassSessions)
	if database := h.Schema.Database; database != nil {
		note(*database < h.Schema.Binary, "The database has schema %d, this program knows %d: run opsdb migrate at the main site.", *database, h.Schema.Binary)
		note(*database > h.Schema.Binary, "The database has schema %d, this program knows only %d: install the newer program.", *database, h.Schema.Binary)
	}
	return remarks
}

// schema returns both versions of the schema; the database's is missing when it cannot be read.
func (s *Server) schema(ctx context.Context) api.HealthSchema {
	versions := api.HealthSchema{Binary: schema.Version()}
	if version, err := s.replica.SchemaVersion(ctx); err == nil {
		versions.Database = &version
	}
	return versions
}

func component(reachable bool) api.Component {
	if reachable {
		return api.ComponentConnected
	}
	return api.ComponentDisconnected
}

// processor puts what the executor does into the words of the documented field.
func processor(b buffer.Stats) api.HealthBackgroundProcessor {
	switch b.Executor {
	case "halted":
		return api.HealthBackgroundProcessorStopped
	case "backing off", "starting":
		return api.HealthBackgroundProcessorWaiting
	default:
		return api.HealthBackgroundProcessorRunning
	}
}
