package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/ccatobs/opsdb/internal/buildinfo"
	"github.com/ccatobs/opsdb/schema"
)

const versionHelp = `
Usage: opsdb version [--json]

Shows what this program was built from, and the newest version of the schema it knows.`

func versionCommand(_ context.Context, p program) error {
	flags := p.flags("version", versionHelp)
	asJSON := flags.Bool("json", false, "print one line of JSON")
	if err := p.parse(flags); err != nil {
		return err
	}
	info := buildinfo.Read()
	if *asJSON {
		return json.NewEncoder(p.out).Encode(struct {
			buildinfo.Info
			Schema int64 `json:"schema"`
		}{info, schema.Version()})
	}
	_, err := fmt.Fprintf(p.out, "%s, schema %d\n", info, schema.Version())
	return err
}
