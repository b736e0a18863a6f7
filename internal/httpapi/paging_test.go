package httpapi_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ccatobs/opsdb/internal/lab/transfers"
	"github.com/ccatobs/opsdb/internal/site"
)

const (
	someName = "chr(97 + floor(random() * 26)::integer) || substr(md5(random()::text), 1, 12)"
	someTime = "now() - random() * interval '20 days'"
)

// another inserts one more record for a list, somewhere in its order. A list of the document without an entry fails.
var another = map[string]string{
	"listExecutedObsUnits":               `insert into executed_obs_unit (id, obs_unit_id, site, start_time, recorded_at) values (gen_random_uuid(), 1 + floor(random() * 3)::integer, 'x', ` + someTime + `, now())`,
	"listExecutionsOfObsUnit":            `insert into executed_obs_unit (id, obs_unit_id, site, start_time, recorded_at) values (gen_random_uuid(), (select id from obs_unit limit 1), 'x', ` + someTime + `, now())`,
	"listAccessEvents":                   `insert into access_event (id, at, site, actor, address, action, token_id) values (gen_random_uuid(), ` + someTime + `, 'x', 'x', '', 'token.created', gen_random_uuid())`,
	"listTokenHistory":                   `insert into access_event (id, at, site, actor, address, action, token_id, user_id) select gen_random_uuid(), ` + someTime + `, 'x', 'x', '', 'token.created', t.id, t.user_id from api_token t limit 1`,
	"listUsers":                          `insert into "user" (id, name) values (gen_random_uuid(), ` + someName + `)`,
	"listTokens":                         `insert into api_token (id, user_id, name, token_hash, key_id, token_prefix, created_at, created_by) select id, (select user_id from api_token order by created_at limit 1), ` + someName + `, substr(md5(id::text) || md5(id::text), 1, 64), 'k', 'x', ` + someTime + `, 'x' from gen_random_uuid() id`,
	"listArchiveTransfers":               `with e as (select id from executed_obs_unit limit 1), p as (insert into raw_data_package (id, executed_obs_unit_id, instrument_module_id, name, relative_path, created_at) select gen_random_uuid(), e.id, 1, m, m, now() from e, (select ` + someName + ` as m) n returning id) insert into long_term_archive_transfer (id, raw_data_package_id, destination_location_id, created_at) select gen_random_uuid(), id, 6, ` + someTime + ` from p`,
	"listTransferPackages":               `insert into data_transfer_package (id, name, origin_site_id, created_at) values (gen_random_uuid(), ` + someName + `, 1, ` + someTime + `)`,
	"listPhysicalCopies":                 `with f as (insert into raw_data_file (id, executed_obs_unit_id, instrument_module_id, name, relative_path, size_bytes, checksum, checksum_algorithm, recorded_at) select gen_random_uuid(), e.id, 1, m, m, 1, 'x', 'md5', now() from (select id from executed_obs_unit limit 1) e, (select ` + someName + ` as m) n returning id) insert into physical_copy (id, kind, raw_data_file_id, data_location_id, path, created_at) select gen_random_uuid(), 'raw_data_file', id, 3, 'x', ` + someTime + ` from f`,
	"listTransferRawPackages":            `insert into raw_data_package (id, executed_obs_unit_id, instrument_module_id, name, relative_path, created_at) select gen_random_uuid(), e.id, 1, m, m, ` + someTime + ` from (select id from executed_obs_unit limit 1) e, (select ` + someName + ` as m) n`,
	"listTransfers":                      `insert into data_transfer (id, data_transfer_package_id, data_transfer_route_id, origin_location_id, destination_location_id, size_bytes, created_at) select gen_random_uuid(), d.id, 1, 4, 5, 10, ` + someTime + ` from data_transfer_package d limit 1`,
	"listTransferLogs":                   `insert into data_transfer_log (id, data_transfer_id, at, path) select gen_random_uuid(), t.id, ` + someTime + `, 'x' from data_transfer t limit 1`,
	"listStagingJobs":                    `insert into staging_job (id, destination_location_id, requested_by, created_at) values (gen_random_uuid(), 9, 'admin-on-duty', ` + someTime + `)`,
	"listInstruments":                    `insert into instrument (telescope_id, name) select id, ` + someName + ` from telescope limit 1`,
	"listInstrumentModules":              `insert into instrument_module (instrument_id, name) select id, ` + someName + ` from instrument limit 1`,
	"listInstrumentModuleConfigurations": `insert into instrument_module_configuration (instrument_module_id, name) select id, ` + someName + ` from instrument_module limit 1`,
	"listObsModes":                       `insert into obs_mode (name) values (` + someName + `)`,
	"listObservationConfigurations":      `insert into observation_configuration (name) values (` + someName + `)`,
	"listObservingPrograms":              `insert into observing_program (short_name, name, scientific) select m, m, random() < 0.5 from (select ` + someName + ` as m) n`,
	"listSubObservingPrograms":           `insert into sub_observing_program (observing_program_id, short_name, name) select id, m, m from (select id from observing_program limit 1) p, (select ` + someName + ` as m) n`,
	"listObsUnits":                       anotherUnit,
	"getObservingProgramProgress":        anotherUnit,
	"listSources":                        anotherSource,
	"getVisibilityHeatmap":               anotherSource,
	"listTransactions":                   "", // by the API
}

const (
	anotherUnit   = `insert into obs_unit (observing_program_id, source_id, obs_mode_id, name, duration_s, priority) select (select id from observing_program limit 1), (select id from source limit 1), (select id from obs_mode limit 1), ` + someName + `, 600, floor(random() * 5)::integer`
	anotherSource = `with s as (insert into source (kind, name) values ('fixed', ` + someName + `) returning id) insert into fixed_source (id, ra_deg, dec_deg) select id, random() * 360, random() * 100 - 80 from s`
)

// insert adds records to a list.
func (s *station) insert(op string, count int) {
	s.t.Helper()
	for range count {
		if op == "listTransactions" {
			s.start(nil)
			continue
		}
		s.execute(another[op])
	}
}

// anyQuery chooses orders and filters of a list at random.
func anyQuery(o *openapi3.Operation, random *rand.Rand) string {
	var query []string
	for _, p := range o.Parameters {
		schema := p.Value.Schema.Value
		order := p.Value.Name == "sort" || p.Value.Name == "order"
		switch {
		case p.Value.In != openapi3.ParameterInQuery || p.Value.Required || schema.Type.Is(openapi3.TypeArray):
		case len(schema.Enum) > 0 && (order || random.IntN(3) == 0):
			chosen := fmt.Sprint(schema.Enum[random.IntN(len(schema.Enum))])
			if query = append(query, p.Value.Name+"="+chosen); chosen == "distance" {
				query = append(query, "ra=120", "dec=-40", "radius=180") // which it is that from the middle of
			}
		case schema.Max != nil && *schema.Max < 10 && random.IntN(3) == 0:
			query = append(query, fmt.Sprintf("%s=%d", p.Value.Name, int(*schema.Min)+random.IntN(int(*schema.Max-*schema.Min)+1)))
		case schema.Type.Is(openapi3.TypeBoolean) && random.IntN(3) == 0:
			query = append(query, fmt.Sprintf("%s=%t", p.Value.Name, random.IntN(2) == 0))
		}
	}
	return strings.Join(query, "&")
}

// page reads one page and returns what its items are known by, and the cursor of the next.
func (s *station) page(c call) (ids []string, next string) {
	s.t.Helper()
	a := s.do(c).want(http.StatusOK)
	var page struct {
		Items      []map[string]any `json:"items"`
		NextCursor *string          `json:"next_cursor"`
	}
	if err := json.Unmarshal(a.text, &page); err != nil {
		page.Items = decode[[]map[string]any](a)
		next = a.header.Get("Ops-Next-Cursor")
	}
	if page.NextCursor != nil {
		next = *page.NextCursor
	}
	for _, item := range page.Items {
		for _, key := range []string{"id", "source_id", "obs_unit_id"} {
			if id, ok := item[key]; ok {
				ids = append(ids, fmt.Sprint(id))
				break
			}
		}
	}
	if len(ids) != len(page.Items) {
		s.t.Fatalf("what are the items of %s known by? %s", c.op, a.text)
	}
	return ids, next
}

// read walks a list with pages of random lengths; between is done between them.
func (s *station) read(c call, random *rand.Rand, between func()) (all []string) {
	s.t.Helper()
	query := c.query
	for cursor := ""; ; {
		c.query = strings.Trim(fmt.Sprintf("%s&limit=%d", query, 1+random.IntN(25)), "&")
		if cursor != "" {
			c.query += "&cursor=" + cursor
		}
		ids, next := s.page(c)
		if all = append(all, ids...); next == "" {
			return all
		}
		cursor = next
		between()
	}
}

// Whatever is inserted while somebody walks through a list, with whatever orders and filters, he sees each record that was
// there before exactly once, and all in the order of the list.
func TestEveryListShowsEachRecordOnceWhileOthersAreInserted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	main := w.open(setup{kind: site.Main, change: behindProxy})
	p := w.pipeline(transfers.Options{})
	p.file(2)
	p.steps(20)
	idle := newWorld(t).open(setup{kind: site.Secondary, idle: true, mainAway: true, change: behindProxy})
	random := dice(t)
	lists := main.operations(func(_ string, o *openapi3.Operation) bool {
		return o.Parameters.GetByInAndName(openapi3.ParameterInQuery, "cursor") != nil
	})
	for _, op := range lists {
		if _, ok := another[op]; !ok {
			t.Fatalf("how is a record inserted into %s?", op)
		}
		s := main
		if op == "listTransactions" {
			s = idle
		}
		s.insert(op, 20)
		c := s.there(op)
		required := c.query
		for round := range 3 {
			if c.query = required; round > 0 {
				c.query = strings.Trim(required+"&"+anyQuery(s.route(op).Operation, random), "&")
			}
			before := s.read(c, random, func() {})
			if round == 0 && len(before) < 20 {
				t.Fatalf("%s lists %d of at least 20", op, len(before))
			}
			during := s.read(c, random, func() { s.insert(op, random.IntN(3)) })
			kept := slices.DeleteFunc(slices.Clone(during), func(id string) bool { return !slices.Contains(before, id) })
			if !slices.Equal(kept, before) {
				t.Errorf("%s?%s: of\n%q\nonly or repeatedly\n%q", op, c.query, before, kept)
			}
			slices.Sort(during)
			if twice := len(during) - len(slices.Compact(during)); twice > 0 {
				t.Errorf("%s?%s: %d records are shown twice", op, c.query, twice)
			}
		}
	}
	if len(lists) < 24 {
		t.Errorf("only %d lists", len(lists))
	}
}
