package httpapi

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// someJSON draws texts in which names are often repeated, in whatever way they are written.
func someJSON(depth int) *rapid.Generator[string] {
	name := rapid.SampledFrom([]string{`""`, `"a"`, `"\u0061"`, `"\u0062"`, `"b"`, `"a\"b"`, `"a\\"`, `"/~"`, `"\/~"`, `"é"`, `"\u00e9"`, `"{"`, `","`})
	leaf := rapid.OneOf(name, rapid.SampledFrom([]string{"1", "-2.5e3", "true", "null", "[]", "{}", `[ ]`, "{ }"}))
	if depth == 0 {
		return leaf
	}
	inner := someJSON(depth - 1)
	list := rapid.Map(rapid.SliceOfN(inner, 1, 5), func(items []string) string { return "[" + strings.Join(items, " ,") + "]" })
	object := rapid.Custom(func(t *rapid.T) string {
		var fields []string
		for range rapid.IntRange(1, 4).Draw(t, "fields") {
			fields = append(fields, name.Draw(t, "name")+"\n:"+inner.Draw(t, "value"))
		}
		// Some objects have very many names.
		for i := range rapid.SampledFrom([]int{0, 0, 0, 2 * manyNames}).Draw(t, "many") {
			fields = append(fields, fmt.Sprintf(`"n%d": {"a": %d}`, i, i))
		}
		slices.Sort(fields)
		return "{ " + strings.Join(fields, ", ") + "}"
	})
	return rapid.OneOf(leaf, list, object)
}

// repeated reads a text as slowly as can be, and returns the pointers to names that its objects have already.
func repeated(t *rapid.T, d *json.Decoder, pointer string) (all []string) {
	token, err := d.Token()
	if err != nil {
		t.Fatal(err)
	}
	switch token {
	case json.Delim('['):
		for i := 0; d.More(); i++ {
			all = append(all, repeated(t, d, pointer+"/"+strconv.Itoa(i))...)
		}
	case json.Delim('{'):
		seen := map[string]bool{}
		for d.More() {
			token, err := d.Token()
			if err != nil {
				t.Fatal(err)
			}
			name := token.(string) //nolint:errcheck,forcetypeassert // names are strings
			where := pointer + pointerOf(name)
			if seen[name] {
				all = append(all, where)
			}
			seen[name] = true
			all = append(all, repeated(t, d, where)...)
		}
	default:
		return nil
	}
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEveryRepeatedNameIsFound(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		text := someJSON(4).Draw(t, "text")
		want := repeated(t, json.NewDecoder(strings.NewReader(text)), "")
		var got []string
		for _, f := range ambiguous([]byte(text)) {
			got = append(got, f.Pointer)
		}
		want = want[:min(len(want), maxFindings)]
		found += len(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", text, diff)
		}
	})
	if found == 0 {
		t.Error("no name was repeated")
	}
}

// A string has half a pair exactly when reading it replaces something.
func TestEveryHalfOfAPairIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOf(rapid.SampledFrom([]string{`\ud83d`, `\uD83D`, `\ude00`, `\uDFFF`, `\u0061`, `\\`, `\"`, `ud83d`, `a`, `\n`, `😀`})).Draw(t, "parts")
		text := `["` + strings.Join(parts, "") + `"]`
		var read [1]string
		if err := json.Unmarshal([]byte(text), &read); err != nil {
			t.Fatal(err)
		}
		found := ambiguous([]byte(text))
		if replaced := strings.ContainsRune(read[0], unicode.ReplacementChar); replaced != (len(found) == 1) || replaced && found[0].Pointer != "/0" {
			t.Fatalf("%s: %v", text, found)
		}
	})
}

// A deep text makes no long answer, and what is too deep is refused also where only a reader who takes the first of two
// names meets it.
func TestAmbiguousLooksNoDeeperThanABodyMayBe(t *testing.T) {
	const deep = 5000
	var names []string
	for i := range maxFindings {
		names = append(names, fmt.Sprintf(`"%d":1,"%d":1`, i, i))
	}
	for name, text := range map[string]string{
		"lists":   strings.Repeat("[", deep) + "{" + strings.Join(names, ",") + "}" + strings.Repeat("]", deep),
		"objects": strings.Repeat(`{"a":`, deep) + "{" + strings.Join(names, ",") + "}" + strings.Repeat("}", deep),
		"hidden":  `{"a":` + strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth) + `,"a":1}`,
	} {
		found := ambiguous([]byte(text))
		if len(found) != 1 || strings.Count(found[0].Pointer, "/") != maxDepth || !strings.Contains(found[0].Detail, "deep") {
			t.Errorf("%s: %d findings, the first with a pointer of %d characters", name, len(found), len(found[0].Pointer))
		}
	}
	if found := ambiguous([]byte(strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth))); found != nil {
		t.Errorf("what is as deep as it may be: %v", found)
	}
}

const aStart = `{"id":"0198f2c4-6a00-7cc3-98c4-dc0c0c07398f","obs_unit_id":17,"start_time":"2026-11-20T03:00:00Z","pre_scheduled_slot_id":4,` +
	`"observer":"night-shift","comment":"wind from the \"west\", 8 m/s","conditions":{"pwv_mm":0.42,"tau_225":0.031,"wind_m_s":[8.1,7.9,8.4],` +
	`"temperature_c":-11.5,"humidity":0.12},"instrument_module_configuration_ids":[1,2,3]}`

// What the search adds to a request that starts an observation.
func BenchmarkAmbiguous(b *testing.B) {
	text := []byte(aStart)
	b.ReportAllocs()
	for b.Loop() {
		if ambiguous(text) != nil {
			b.Fatal("something is found")
		}
	}
}

// The whole comparison of such a request with the document.
func BenchmarkCheckOfAStart(b *testing.B) {
	_, ops := document(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ask(b, ops["startExecutedObsUnit"], "", "application/json", `{"obs_unit_id":17,"start_time":"2026-11-20T03:00:00Z","observer":"night-shift"}`, nil); err != nil {
			b.Fatal(err)
		}
	}
}
