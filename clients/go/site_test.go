package opsdb_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"

	opsdb "github.com/ccatobs/opsdb/clients/go"
	"github.com/ccatobs/opsdb/gen/client"
	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/lab/labtest"
)

// site returns a client of the observatory.
func site(t *testing.T, options ...opsdb.Option) *opsdb.Client {
	t.Helper()
	s := world.Site(observatory)
	api, err := opsdb.New(s.URL, s.Token, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	return api
}

func start(t *testing.T, api *opsdb.Client, unit int32) client.WriteReceipt {
	t.Helper()
	r, err := opsdb.Value[client.WriteReceipt](api.StartExecutedObsUnitWithResponse(labtest.Context(t), nil, client.ExecutedObsUnitStart{ObsUnitID: unit}))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// cutLink cuts the link of the observatory and waits until it knows that; heal ends it.
func cutLink(t *testing.T, api *opsdb.Client) (heal func()) {
	t.Helper()
	if err := world.Link(observatory).Cut(lab.Swallow, lab.Both); err != nil {
		t.Fatal(err)
	}
	heal = func() {
		if err := world.Link(observatory).Heal(); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(heal)
	labtest.Eventually(t, "the observatory knows no more than it has", func(ctx context.Context) error {
		h, err := opsdb.Value[client.Health](api.GetHealthWithResponse(ctx))
		if err == nil && h.Replica.Fresh {
			err = errors.New("it is fresh")
		}
		return err
	})
	return heal
}

func TestWait(t *testing.T) {
	api := site(t)
	heal := cutLink(t, api)
	good, bad := start(t, api, 1), start(t, api, 999999)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if w, err := api.Wait(ctx, good.TransactionID, client.WaitStateCommitted); !errors.Is(err, context.DeadlineExceeded) || w.ID != good.TransactionID {
		t.Errorf("%v %+v", err, w)
	}
	behind, err := opsdb.Value[client.WriteReceipt](api.FinishExecutedObsUnitWithResponse(t.Context(), bad.ID, nil, client.ExecutedObsUnitFinish{}))
	if err != nil {
		t.Fatal(err)
	}
	heal()
	for _, level := range []client.WaitState{client.WaitStateCommitted, client.WaitStateReplicated} {
		if _, err := api.Wait(labtest.Context(t), good.TransactionID, level); err != nil {
			t.Error(err)
		}
	}
	for id, state := range map[uuid.UUID]client.TransactionState{bad.TransactionID: client.TransactionStateParked, behind.TransactionID: client.TransactionStateBlocked} {
		_, err := api.Wait(labtest.Context(t), id, client.WaitStateCommitted)
		if s, ok := errors.AsType[*opsdb.StoppedError](err); !ok || s.Transaction.State != state {
			t.Errorf("%s: %v", state, err)
		}
	}
	if _, err := api.Wait(labtest.Context(t), uuid.New(), client.WaitStateCommitted); !isProblem(err, "transaction-unknown") {
		t.Error(err)
	}
	if _, err := opsdb.Value[client.Transaction](api.DiscardTransactionWithResponse(t.Context(), bad.TransactionID, client.TransactionDiscard{Reason: "a test", Cascade: new(true)})); err != nil {
		t.Error(err)
	}
}

func isProblem(err error, kind string) bool {
	p, ok := errors.AsType[*opsdb.Problem](err)
	return ok && p.Type == kind
}

// Who waits sits out a restart of the site; who has no time to wait learns that it does not answer.
func TestWaitOverARestart(t *testing.T) {
	api := site(t, opsdb.WithPatience(300*time.Millisecond))
	write := start(t, api, 1)
	if err := world.PowerOff(observatory + "/api-1"); err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err := api.Wait(short, write.TransactionID, client.WaitStateReplicated)
	if _, ok := errors.AsType[*opsdb.UnreachableError](err); !ok {
		t.Error(err)
	}
	waited := make(chan error)
	go func() {
		_, err := api.Wait(labtest.Context(t), write.TransactionID, client.WaitStateReplicated)
		waited <- err
	}()
	if err := world.BringUp(labtest.Context(t), observatory+"/api-1"); err != nil {
		t.Fatal(err)
	}
	if err := <-waited; err != nil {
		t.Error(err)
	}
}

func TestAll(t *testing.T) {
	api := site(t)
	want := map[uuid.UUID]bool{}
	for range 5 {
		want[start(t, api, 3).ID] = true
	}
	pages := 0
	observations := opsdb.All(func(cursor *string) ([]client.ExecutedObsUnit, nullable.Nullable[string], error) {
		pages++
		page, err := opsdb.Value[client.ExecutedObsUnitPage](api.ListExecutedObsUnitsWithResponse(t.Context(),
			&client.ListExecutedObsUnitsParams{ObsUnitID: new(int32(3)), Limit: new(int32(2)), Cursor: cursor}))
		return page.Items, page.NextCursor, err
	})
	for o, err := range observations {
		if err != nil || !want[o.ID] {
			t.Fatal(err, o)
		}
		delete(want, o.ID)
	}
	if len(want) > 0 || pages != 3 {
		t.Errorf("%d are missing after %d pages", len(want), pages)
	}
	for _, err := range observations {
		if err != nil {
			t.Error(err)
		}
		break
	}
	failing := opsdb.All(func(*string) ([]int, nullable.Nullable[string], error) {
		return nil, nil, errors.New("no")
	})
	for _, err := range failing {
		if err == nil {
			t.Error("no error")
		}
	}
}

// A stream goes on over restarts of the site, and tells every event once.
func TestFollow(t *testing.T) {
	api := site(t)
	ctx, cancel := context.WithCancel(labtest.Context(t))
	defer cancel()
	var expected uuid.UUID
	seen := map[string]bool{}
	broken := 0
	for m, err := range api.Follow(ctx, opsdb.Observations) {
		if err != nil {
			broken++
			continue
		}
		if m.Type == "snapshot" && expected == uuid.Nil {
			expected = start(t, api, 1).ID
		}
		for _, e := range m.Events {
			at := fmt.Sprint(m.Epoch, e.Offset)
			if seen[at] {
				t.Errorf("the event %s came twice", at)
			}
			seen[at] = true
			if len(e.Ids) != 1 || e.Ids[0] != expected {
				continue
			}
			if broken > 0 {
				return // leaving the loop ends the stream
			}
			if err := world.Kill(observatory + "/api-1"); err != nil {
				t.Fatal(err)
			}
			expected = start(t, api, 1).ID
		}
	}
	t.Error("the stream has ended")
}

func TestFollowRefused(t *testing.T) {
	api, err := opsdb.New(world.Site(observatory).URL, "")
	if err != nil {
		t.Fatal(err)
	}
	defer api.Close()
	var last error
	for _, err := range api.Follow(labtest.Context(t), opsdb.Buffer) {
		last = err
	}
	if p, ok := errors.AsType[*opsdb.Problem](last); !ok || p.Status != http.StatusUnauthorized {
		t.Error(last)
	}
	for _, err := range api.Follow(labtest.Context(t), "nothing") {
		last = err
	}
	if last == nil {
		t.Error("a topic that is none is followed")
	}
}
