package contract_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/lab/labtest"
	"github.com/ccatobs/opsdb/internal/lab/transfers"
)

// cutOff is the site that is cut off from the main one.
const cutOff = "observatory"

// TestSchemathesis lets both sites be asked for what the document allows, and for what it does not: the examples, every
// boundary, made-up requests, and chains of operations along the document's links. The site at the observatory is cut
// off from the main database all the while.
//
// It is the same each time, unless OPSDB_CONTRACT_EXAMPLES says how many requests are made up for each operation: then
// they are others each time, but for the seed OPSDB_CONTRACT_SEED.
func TestSchemathesis(t *testing.T) {
	sites := labtest.Start(t, lab.Options{
		APIs:      1,
		Env:       []string{"RATE_LIMIT=0", "DEMO_TOKENS=true", "BREAK_GLASS=true"},
		Transfers: &transfers.Options{Seed: 1, Speed: 500},
	})
	transaction := seed(t, sites)
	// Refused at once: a cut that swallows makes each write of the main database wait for its deadline.
	if err := sites.Link(cutOff).Cut(lab.Refuse, lab.Both); err != nil {
		t.Fatal(err)
	}
	t.Run("sites", func(t *testing.T) {
		for _, name := range []string{lab.MainSite, cutOff} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				site := sites.Site(name)
				run{t: t, site: site, own: own(t, site, transaction, name == cutOff)}.all(name == cutOff)
			})
		}
	})
}

// The ids in the document's examples, and two of files.
const (
	exampleID      = "0198f2c4-6a00-7cc3-98c4-dc0c0c07398f"
	examplePackage = "0198f2c4-6a01-7cc3-98c4-dc0c0c07398f"
	oneFile        = "0198f2c4-6a02-7cc3-98c4-dc0c0c07398f"
	otherFile      = "0198f2c4-6a03-7cc3-98c4-dc0c0c07398f"
)

// seed records what the document's examples speak of, and waits until the programs that move data have made something of
// everything, and the observatory has it. It returns the transaction of one of the writes.
func seed(t *testing.T, sites *lab.Lab) (transaction string) {
	t.Helper()
	here, there := client{t, sites.Site(cutOff)}, client{t, sites.Site(lab.MainSite)}
	start := here.send(http.MethodPost, "/executed_obs_units/start", map[string]any{"id": exampleID, "obs_unit_id": 1})
	for id, file := range map[string]string{exampleID: oneFile, examplePackage: otherFile} {
		here.send(http.MethodPost, "/raw_data_package/", map[string]any{
			"id": id, "executed_obs_unit_id": exampleID, "instrument_module_id": 1, "name": id + ".tar", "relative_path": id + ".tar",
		})
		here.send(http.MethodPost, "/raw_data_files/", map[string]any{
			"id": file, "executed_obs_unit_id": exampleID, "raw_data_package_id": id, "instrument_module_id": 1, "name": file, "relative_path": file,
			"file_type": "g3", "size_bytes": 1000, "checksum": "9a0364b9e99bb480dd25e1f0284c8555", "checksum_algorithm": "md5",
		})
		here.send(http.MethodPut, "/raw_data_package/"+id+"/finalize", map[string]any{})
	}
	labtest.Eventually(t, "both packages are archived", func(ctx context.Context) error {
		return here.has(ctx, 2, "/api/transfer/raw-packages?state=archived&executed_obs_unit_id="+exampleID)
	})
	there.send(http.MethodPut, "/api/transfer/raw-packages/"+exampleID+"/metadata", map[string]any{"document": map[string]any{}})
	there.send(http.MethodPost, "/staging/", map[string]any{
		"id": exampleID, "raw_data_package_ids": []string{examplePackage}, "destination_location_id": 9,
	})
	if err := sites.Replicated(labtest.Context(t), cutOff); err != nil {
		t.Fatal(err)
	}
	var receipt struct {
		TransactionID string `json:"transaction_id"`
	}
	if err := json.Unmarshal(start, &receipt); err != nil {
		t.Fatal(err)
	}
	return receipt.TransactionID
}

// run is one of Schemathesis against one site.
type run struct {
	t    *testing.T
	site lab.Site
	own  string
}

// all sends everything and reports what it finds. Chains are a run of their own: of them it takes more.
func (r run) all(cut bool) {
	began := time.Now()
	found := newReport()
	single, chains := "5", "40"
	var chosen []string
	if examples := os.Getenv("OPSDB_CONTRACT_EXAMPLES"); examples != "" {
		single, chains = examples, examples
		seed := cmp.Or(os.Getenv("OPSDB_CONTRACT_SEED"), strconv.Itoa(rand.IntN(1<<31)))
		r.t.Logf("seed %s", seed)
		chosen = []string{"--seed", seed}
	} else {
		chosen = []string{"--generation-deterministic"}
	}
	r.start(found, append(chosen, "--phases", "examples,coverage,fuzzing", "--max-examples", single)...)
	r.start(found, append(chosen, "--phases", "stateful", "--max-examples", chains)...)
	r.t.Logf("%d requests in %s: %v", found.requests, time.Since(began).Round(time.Second), found.phases)
	for _, f := range found.findings() {
		r.t.Error(f)
	}
	for _, phase := range []string{"Examples", "Coverage", "Fuzzing", "Stateful"} {
		if found.phases[phase] == 0 {
			r.t.Errorf("nothing was sent in the phase %s", phase)
		}
	}
	found.everything(r.t, cut)
}

// start runs it once.
func (r run) start(into *report, arguments ...string) {
	r.t.Helper()
	path := filepath.Join(r.t.TempDir(), "report.ndjson")
	arguments = append([]string{
		"--config-file", "schemathesis.toml", "run", r.site.URL + "/openapi.json", "--max-failures", "50", "--request-timeout", "60",
		"--report", "ndjson", "--report-ndjson-path", path,
	}, arguments...)
	command := exec.CommandContext(r.t.Context(), tool(r.t, "python/bin/st"), arguments...)
	command.Dir = "schemathesis"
	command.Env = append(os.Environ(), "OPSDB_TOKEN="+r.site.Token, "OPSDB_CONTRACT="+r.own, "PYTHONDONTWRITEBYTECODE=1",
		"HYPOTHESIS_STORAGE_DIRECTORY="+r.t.TempDir())
	if output, err := command.CombinedOutput(); err != nil {
		r.t.Errorf("%v\n%s", err, tail(output))
	}
	into.read(r.t, path)
}

// own tells the hooks what the run must not take away from itself, and what there is.
func own(t *testing.T, site lab.Site, transaction string, cut bool) string {
	t.Helper()
	var me struct {
		UserID  string `json:"user_id"`
		TokenID string `json:"token_id"`
	}
	if err := (client{t, site}).get(t.Context(), "/auth/me", &me); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]any{
		"user_id": me.UserID, "token_id": me.TokenID, "cut": cut,
		"records": map[string]string{"executed_obs_unit_id": exampleID, "raw_data_package_id": exampleID},
		"paths":   map[string]string{"getTransaction": transaction},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func tail(output []byte) []byte {
	const enough = 6000
	return output[max(0, len(output)-enough):]
}

// client reads from a site as its administrator.
type client struct {
	t    *testing.T
	site lab.Site
}

func (c client) get(ctx context.Context, path string, into any) (err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.site.URL+path, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+c.site.Token)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer func() { err = cmp.Or(err, response.Body.Close()) }()
	return json.NewDecoder(response.Body).Decode(into)
}

// send writes, and fails the test when that is refused.
func (c client) send(method, path string, body map[string]any) []byte {
	c.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.site.URL+path, bytes.NewReader(text))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.site.Token)
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	answer, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil || response.StatusCode >= http.StatusMultipleChoices {
		c.t.Fatalf("%s: %s: %s, %v", path, response.Status, answer, err)
	}
	return answer
}

// has fails as long as a list has not so many items.
func (c client) has(ctx context.Context, count int, list string) error {
	var page struct {
		Items []json.RawMessage `json:"items"`
	}
	if err := c.get(ctx, list, &page); err != nil {
		return err
	}
	if len(page.Items) != count {
		return fmt.Errorf("%s has %d items", list, len(page.Items))
	}
	return nil
}
