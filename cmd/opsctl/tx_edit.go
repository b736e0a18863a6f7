package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	opsdb "github.com/ccatobs/opsdb/clients/go"
	"github.com/ccatobs/opsdb/gen/client"
)

func (a *app) txEdit() *cobra.Command {
	var (
		reason string
		file   string
		level  *oneOf[client.WaitState]
	)
	c := a.command("edit ID --reason TEXT [flags]", "Replace a parked write by a corrected one",
		`Shows the steps of a parked write in $VISUAL or $EDITOR, as JSON, and puts what comes out of it at its place; or takes the
steps from --file. Prints the id of the new transaction. When the site refuses the steps, they are kept in a file.`,
		`  opsctl tx edit "$transaction" --reason "the unit was entered with a wrong number"
  opsctl tx show "$transaction" --json | jq '.steps | .[0].params.obs_unit_id = 2' | opsctl tx edit "$transaction" --reason typo --file -`,
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			id, err := parseID(args[0])
			if err != nil {
				return err
			}
			api, err := a.api()
			if err != nil {
				return err
			}
			edit := correction{app: a, api: api, id: id, reason: reason, file: file}
			receipt, err := edit.run(ctx)
			if err != nil {
				return err
			}
			if !a.json {
				fmt.Fprintln(a.out, receipt.TransactionID)
			}
			status, failed := a.awaited(ctx, api, receipt.TransactionID, level.value)
			if status != "" {
				receipt.Status = status
			}
			if a.json {
				return errors.Join(a.encode(receipt), failed)
			}
			return failed
		})
	c.Flags().StringVar(&reason, "reason", "", "why; it stays in the audit trail")
	c.Flags().StringVar(&file, "file", "", "a `FILE` with the steps, a JSON array; - for the standard input")
	level = waitFlag(c, "wait", "also wait until the new write is")
	need(c, "reason")
	return c
}

// correction replaces a parked write.
type correction struct {
	*app
	api          *opsdb.Client
	id           uuid.UUID
	reason, file string
}

func (e correction) run(ctx context.Context) (client.EditReceipt, error) {
	if e.file != "" {
		text, err := e.given()
		if err != nil {
			return client.EditReceipt{}, err
		}
		return e.send(ctx, text)
	}
	t, err := opsdb.Value[client.Transaction](e.api.GetTransactionWithResponse(ctx, e.id, nil))
	if err != nil {
		return client.EditReceipt{}, err
	}
	if t.State != client.TransactionStateParked {
		return client.EditReceipt{}, fmt.Errorf("the write is %s: only a parked one can be edited", t.State)
	}
	before, err := json.MarshalIndent(t.Steps, "", "  ")
	if err != nil {
		return client.EditReceipt{}, err
	}
	path, after, err := e.edited(ctx, append(before, '\n'))
	if err != nil {
		return client.EditReceipt{}, err
	}
	if bytes.Equal(bytes.TrimSpace(before), bytes.TrimSpace(after)) {
		return client.EditReceipt{}, errors.Join(errors.New("nothing was changed; \"opsctl tx retry\" tries it again as it is"), os.RemoveAll(filepath.Dir(path)))
	}
	receipt, err := e.send(ctx, after)
	if err != nil {
		return receipt, fmt.Errorf("%w; the steps are kept for --file in %s", err, path)
	}
	return receipt, os.RemoveAll(filepath.Dir(path))
}

// given reads the steps from the file of the command line.
func (e correction) given() ([]byte, error) {
	if e.file == "-" {
		return io.ReadAll(e.in)
	}
	return os.ReadFile(e.file)
}

// edited lets a person edit a text and returns it, and where it is.
func (e correction) edited(ctx context.Context, text []byte) (path string, after []byte, err error) {
	editor := e.getenv("VISUAL")
	if editor == "" {
		editor = e.getenv("EDITOR")
	}
	if editor == "" {
		return "", nil, misused("neither VISUAL nor EDITOR is set: set one, or give --file")
	}
	dir, err := os.MkdirTemp("", "opsctl-edit-") // for nobody else: the steps may be confidential
	if err != nil {
		return "", nil, err
	}
	path = filepath.Join(dir, e.id.String()+".json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return "", nil, err
	}
	// As git does: what EDITOR says is for a shell.
	command := exec.CommandContext(ctx, "/bin/sh", "-c", editor+` "$1"`, "sh", path)
	command.Stdin, command.Stdout, command.Stderr = e.in, e.out, e.err
	if err := command.Run(); err != nil {
		return "", nil, errors.Join(fmt.Errorf("the editor failed, and nothing was changed: %w", err), os.RemoveAll(dir))
	}
	after, err = os.ReadFile(path)
	return path, after, err
}

func (e correction) send(ctx context.Context, text []byte) (client.EditReceipt, error) {
	var steps []client.Step
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&steps); err != nil {
		return client.EditReceipt{}, fmt.Errorf("the steps are no JSON array of {kind, params}: %w", err)
	}
	return opsdb.Value[client.EditReceipt](e.api.EditTransactionWithResponse(ctx, e.id, client.TransactionEdit{Reason: e.reason, Steps: steps}))
}
