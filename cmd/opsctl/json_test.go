package main

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ccatobs/opsdb/gen/client"
	"github.com/ccatobs/opsdb/internal/lab"
)

// What --json prints of the site's records is as the document says: all fields, and no others.
func TestJSON(t *testing.T) {
	s := at(t, lab.MainSite)
	doc := document(t)
	obs := s.start()
	s.ok("files", "add", data(t, map[string]string{"x": "x"}), "--obs", obs, "--module", "1", "--prefix", obs)
	file := ""
	for _, f := range s.registered(obs) {
		file = f.ID.String()
	}
	receipt := decode[client.WriteReceipt](t, s.ok("package", "create", "--obs", obs, "--module", "1", "--name", "p", "--path", obs+"/p.tar", "--file", file, "--json"))
	pack := receipt.ID.String()
	token := decode[client.IssuedToken](t, s.ok("token", "create", "x", "--json")).ID.String()
	for _, test := range []struct{ schema, command string }{
		{"WriteReceipt", "obs start 1"},
		{"WriteReceipt", "obs finish " + obs + " --wait committed"},
		{"ExecutedObsUnit", "obs list"},
		{"ExecutedObsUnitDetail", "obs show " + obs},
		{"WriteReceipt", "package finalize " + pack + " --size 1 --checksum 0cc175b9c0f1b6a831c399e269772661 --algorithm md5"},
		{"RawDataPackageDetail", "package show " + pack},
		{"PipelinePackage", "package list"},
		{"Transaction", "tx show " + receipt.TransactionID.String()},
		{"Transaction", "tx wait " + receipt.TransactionID.String()},
		{"BufferStats", "buffer"},
		{"TransferOverview", "transfer overview"},
		{"Transfer", "transfer list"},
		{"SafeToDelete", "transfer safe-to-delete " + file},
		{"Visibility", "visibility 1"},
		{"Token", "token list"},
		{"Token", "token show " + token},
		{"IssuedToken", "token rotate " + token},
		{"Token", "token revoke " + token},
	} {
		o := s.run(append(strings.Fields(test.command), "--json")...)
		if strings.Contains(test.command, "safe-to-delete") {
			o.exits(exitFailed) // it is in no archive
		} else {
			o.exits(exitDone)
		}
		for line := range strings.Lines(o.out) {
			if err := doc.Components.Schemas[test.schema].Value.VisitJSON(decode[any](t, line)); err != nil {
				t.Errorf("opsctl %s --json is no %s: %v", test.command, test.schema, err)
			}
		}
	}
}

// fields returns the names of the JSON fields of a type, nested ones with those they are in.
func fields(of reflect.Type, in string) (names []string) {
	for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct || !strings.HasPrefix(of.PkgPath(), "github.com/ccatobs/opsdb/c") && of.PkgPath() != "main" {
		return nil
	}
	for field := range of.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		names = append(append(names, in+name), fields(field.Type, in+name+".")...)
	}
	slices.Sort(names)
	return names
}

// What opsctl prints of its own has these fields for ever; new ones may come. UPDATE_GOLDEN=1 writes them anew.
func TestOwnJSON(t *testing.T) {
	t.Parallel()
	got := map[string][]string{}
	for command, value := range map[string]any{
		"files add": summary{}, "lag": lagReport{}, "doctor": examination{}, "watch": liveLine{}, "login": entered{}, "version": build{}, "(errors)": failure{},
	} {
		got[command] = fields(reflect.TypeOf(value), "")
	}
	const golden = "testdata/fields.json"
	if os.Getenv("UPDATE_GOLDEN") != "" {
		text, err := json.MarshalIndent(got, "", "  ")
		must(t, err)
		must(t, os.WriteFile(golden, append(text, '\n'), 0o644))
	}
	text, err := os.ReadFile(golden)
	must(t, err)
	for command, names := range decode[map[string][]string](t, string(text)) {
		for _, name := range names {
			if !slices.Contains(got[command], name) {
				t.Errorf("%s has no %s any more", command, name)
			}
		}
		if len(got[command]) != len(names) {
			t.Errorf("%s has new fields: UPDATE_GOLDEN=1 writes them down", command)
		}
	}
}

// TestWhatCannotBeWrittenIsNotDone calls commands whose output goes to a disk that is full.
func TestWhatCannotBeWrittenIsNotDone(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := full.Close(); err != nil {
			t.Error(err)
		}
	}()
	s := at(t, observatory)
	for _, args := range [][]string{{"obs", "start", "1"}, {"obs", "list"}, {"buffer"}, {"buffer", "--json"}, {"--help"}} {
		var said bytes.Buffer
		if code := s.app(full, &said).run(s.ctx, args); code != exitFailed || !strings.Contains(said.String(), "no space left") {
			t.Errorf("opsctl %v exits with %d: %s", args, code, &said)
		}
	}
}
