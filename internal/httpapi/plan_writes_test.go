package httpapi_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ccatobs/opsdb/internal/httpapi"
)

// Each name that can be taken and each reference that can lead nowhere is named when the main database refuses it.
func TestRefusalsOfThePlanNameTheirFields(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rows, err := w.db.Query(t.Context(), `
		select conname::text from pg_constraint
		where contype in ('u', 'f') and conrelid::regclass::text = any (array['observing_program', 'sub_observing_program', 'obs_unit',
		  'obs_unit_module_configuration', 'observation_configuration', 'instrument_module_configuration'])
		  and conname not in ('sub_observing_program_observing_program_id_id_key', 'sub_observing_program_observing_program_id_fkey',
		    'obs_unit_module_configuration_obs_unit_id_fkey')
		order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(collect[string](t, rows), slices.Sorted(maps.Keys(httpapi.PlanPointers))); diff != "" {
		t.Errorf("-in the database +known:\n%s", diff)
	}
}
