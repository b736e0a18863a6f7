package chaos_test

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// again is how long a client waits before it repeats a request.
const again = 50 * time.Millisecond

// write sends a request that can be repeated until it is answered, notes the promise, and often looks whether the site
// keeps it.
func (c *client) write(ctx context.Context, q request, changes func(fields) []change) (fields, error) {
	for {
		a, err := c.site.send(ctx, c.random.IntN(len(c.site.urls)), q)
		c.tried.Add(1)
		switch {
		case err == nil && a.ok():
			return c.promised(ctx, q, a, changes)
		case err == nil && !a.unavailable():
			c.find("refused", "%s %s: %d %s", q.method, q.path, a.status, a.text)
			return nil, fmt.Errorf("%s %s: refused: %d %s", q.method, q.path, a.status, a.text)
		}
		if err := pause(ctx, again); err != nil {
			return nil, err
		}
	}
}

// once sends a creation that cannot be repeated. Without an answer it returns no id: the record may be there or not.
func (c *client) once(ctx context.Context, q request, mark string, changes func(fields) []change) (string, error) {
	c.r.answers.leaveOpen(mark)
	a, err := c.site.send(ctx, c.random.IntN(len(c.site.urls)), q)
	c.tried.Add(1)
	if err != nil || a.unavailable() {
		return "", ctx.Err()
	}
	if !a.ok() {
		c.find("refused", "%s %s: %d %s", q.method, q.path, a.status, a.text)
		return "", nil
	}
	f, err := c.promised(ctx, q, a, changes)
	return text(f, "id"), err
}

// promised takes an answer in.
func (c *client) promised(ctx context.Context, q request, a answer, changes func(fields) []change) (fields, error) {
	f, err := a.object()
	if err != nil {
		return nil, err
	}
	w := answered{Transaction: text(f, "transaction_id"), Changes: changes(f)}
	if err := c.r.answers.note(w); err != nil {
		return nil, err
	}
	c.acked.Add(1)
	for _, change := range w.Changes {
		if change.Delete {
			delete(c.known, change.ID)
			continue
		}
		c.known[change.ID] = with(c.known[change.ID], change.Set)
	}
	if c.random.IntN(3) == 0 {
		c.look(ctx, pick(c.random, w.Changes))
	}
	if q.key != "" && c.random.IntN(4) == 0 {
		c.repeat(ctx, q, f)
	}
	return f, nil
}

// look reads a record that was just changed: it must be shown as changed, unless the answer says that a part is missing.
func (c *client) look(ctx context.Context, changed change) {
	a, err := c.site.send(ctx, c.random.IntN(len(c.site.urls)), get(pathOf(changed.Table, changed.ID)))
	if err != nil || a.unavailable() || a.header.Get("Ops-Degraded") != "" {
		return
	}
	want, exists := c.known[changed.ID]
	switch {
	case a.status == http.StatusNotFound && exists:
		c.find("read", "%s %s was acknowledged and is not shown", changed.Table, changed.ID)
	case a.status == http.StatusOK && !exists:
		c.find("read", "%s %s was withdrawn and is shown: %s", changed.Table, changed.ID, a.text)
	case a.status == http.StatusOK:
		shown, err := a.object()
		if err != nil {
			c.find("read", "%s %s: %v", changed.Table, changed.ID, err)
			return
		}
		if diff := differences(want, shown); diff != "" {
			c.find("read", "%s %s is shown otherwise than acknowledged: %s", changed.Table, changed.ID, diff)
		}
	case a.status != http.StatusNotFound:
		c.find("read", "%s %s: %d %s", changed.Table, changed.ID, a.status, a.text)
	}
}

// repeat sends a request again whose answer is known. The answer must be the same: no new transaction, no new record.
func (c *client) repeat(ctx context.Context, q request, first fields) {
	a, err := c.site.send(ctx, c.random.IntN(len(c.site.urls)), q)
	c.tried.Add(1)
	if err != nil || a.unavailable() {
		return
	}
	second, err := a.object()
	if err != nil || !a.ok() {
		c.find("refused", "repeated %s %s: %d %s", q.method, q.path, a.status, a.text)
		return
	}
	for _, name := range []string{"id", "transaction_id"} {
		if text(first, name) != text(second, name) {
			c.find("content", "repeated %s %s: %s was %v, is %v", q.method, q.path, name, first[name], second[name])
		}
	}
}

func pathOf(table, id string) string {
	switch table {
	case executions:
		return "/executed_obs_units/executions/" + id
	case packages:
		return "/raw_data_package/" + id
	default:
		return "/raw_data_files/" + id
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
