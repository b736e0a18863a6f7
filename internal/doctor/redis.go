package doctor

import (
	"context"
	"strconv"
	"strings"
)

// redisFacts is what a Redis says about itself: its settings, and its report (INFO) by name.
type redisFacts struct {
	settings map[string]string
	report   map[string]string
}

func examineRedis(ctx context.Context, p Patient) []Finding {
	e := examination{subject: "redis"}
	client, err := p.Redis.Get()
	if err != nil {
		e.fail("redis-unreachable", "start Redis, or correct REDIS_HOST, REDIS_PORT and REDIS_PASSWORD", "%v", err)
		return e.findings
	}
	report, err := client.Do(ctx, client.B().Info().Build()).ToString()
	if err != nil {
		e.fail("redis-unreachable", "see the log of Redis", "%v", err)
		return e.findings
	}
	settings, err := client.Do(ctx, client.B().ConfigGet().Parameter("*").Build()).AsStrMap()
	if err != nil {
		e.fail("redis-closed", "allow this user CONFIG GET", "its settings cannot be read: %v", err)
		return e.findings
	}
	return judgeRedis(redisFacts{settings: settings, report: parseReport(report)})
}

func parseReport(text string) map[string]string {
	report := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			report[name] = value
		}
	}
	return report
}

func judgeRedis(f redisFacts) []Finding {
	e := examination{subject: "redis"}
	version := f.report["redis_version"]
	if major, err := strconv.Atoi(strings.SplitN(version, ".", 2)[0]); err != nil || major < 7 {
		e.fail("redis-old", "install Redis 7 or newer", "it is version %q", version)
	}
	if policy := f.settings["maxmemory-policy"]; policy != "noeviction" {
		e.fail("redis-evicts", "maxmemory-policy noeviction", "maxmemory-policy is %s: it deletes what it has acknowledged when memory runs short", policy)
	}
	if f.settings["appendonly"] != "yes" {
		e.fail("redis-forgets", "appendonly yes", "appendonly is %s: acknowledged writes are gone after a crash", f.settings["appendonly"])
	}
	if sync := f.settings["appendfsync"]; sync != "always" {
		e.fail("redis-no-fsync", "appendfsync always", "appendfsync is %s: a power cut loses the last acknowledged writes", sync)
	}
	if f.settings["no-appendfsync-on-rewrite"] != "no" {
		e.fail("redis-no-fsync-on-rewrite", "no-appendfsync-on-rewrite no", "it does not fsync while it rewrites its file")
	}
	if status, ok := f.report["aof_last_write_status"]; ok && status != "ok" {
		e.fail("redis-disk", "make room on its disk", "its last write to the append-only file failed (%s)", status)
	}
	if role := f.report["role"]; role != "master" {
		e.fail("redis-replica", "REDIS_HOST must be the master", "its role is %q", role)
	}
	used, limit := number(f.report["used_memory"]), number(f.settings["maxmemory"])
	switch {
	case limit == 0:
		e.warn("redis-unbounded", "maxmemory, about half of the machine's memory", "maxmemory is 0: nothing warns before the machine runs out of memory")
	case used > limit*7/10:
		e.warn("redis-full", "see why the buffer does not drain, or raise maxmemory", "%s of %s are used", mebibytes(used), mebibytes(limit))
	}
	return e.result("version %s, appendfsync always, noeviction, %s of %s used", version, mebibytes(used), mebibytes(limit))
}

// number reads a count of bytes; what is none counts as zero.
func number(text string) int64 {
	value, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return value
}
