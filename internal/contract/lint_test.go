package contract_test

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/getkin/kin-openapi/openapi3"
)

// The public rules, by redocly; api/redocly.yaml says which.
func TestRedocly(t *testing.T) {
	command := exec.CommandContext(t.Context(), tool(t, "node/node_modules/.bin/redocly"), "lint", "--config", root+"/api/redocly.yaml", document)
	command.Env = append(os.Environ(), "REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true")
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
}

// rule is one of our own about an operation: what is wrong, or nothing.
type rule func(*openapi3.T, operation) string

var (
	camelCase  = regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`)
	permission = regexp.MustCompile(`^[a-z]+:[a-z_]+$`)
)

var rules = map[string]rule{
	"operationId": func(_ *openapi3.T, o operation) string {
		return unless(camelCase.MatchString(o.id), "the operationId must be in camelCase")
	},
	"tag": func(doc *openapi3.T, o operation) string {
		return unless(len(o.Tags) == 1 && doc.Tags.Get(o.Tags[0]) != nil, "it must have one tag, which is described")
	},
	"permissions": func(_ *openapi3.T, o operation) string {
		var names []string
		text, err := json.Marshal(o.Extensions["x-permissions"])
		if err != nil || o.Security == nil || json.Unmarshal(text, &names) != nil || names == nil {
			return "security and x-permissions must say who may do it"
		}
		wrong := func(name string) bool { return !permission.MatchString(name) }
		return unless(!slices.ContainsFunc(names, wrong), "a permission is action:resource")
	},
	"problems": func(_ *openapi3.T, o operation) string {
		for status, r := range o.Responses.Map() {
			if status != "default" && status < "400" {
				continue
			}
			media := r.Value.Content["application/problem+json"]
			if media == nil || len(r.Value.Content) != 1 || media.Schema.Ref != "#/components/schemas/Problem" {
				return "the answer " + status + " must be a problem"
			}
		}
		return unless(o.Responses.Default() != nil, "it must have an answer for whatever else goes wrong")
	},
	"retry": func(_ *openapi3.T, o operation) string {
		for _, status := range []string{"429", "503"} {
			if r := o.Responses.Value(status); r != nil && r.Value.Headers["Retry-After"] == nil {
				return "the answer " + status + " must say when to try again"
			}
		}
		return ""
	},
	"idempotency": func(_ *openapi3.T, o operation) string {
		_, secret := secrets[o.id]
		creates := o.Responses.Value("201") != nil && !secret
		keyed := o.Parameters.GetByInAndName(openapi3.ParameterInHeader, "Idempotency-Key") != nil
		return unless(keyed || !o.critical && !creates, "what creates, and what is critical, must take an Idempotency-Key")
	},
	"critical": func(_ *openapi3.T, o operation) string {
		return unless(!o.critical || o.Responses.Value("503") != nil, "it must say what happens without the site's own disk")
	},
	"example": func(_ *openapi3.T, o operation) string {
		if o.RequestBody == nil {
			return ""
		}
		body := o.RequestBody.Value.Content["application/json"]
		if body == nil || body.Example == nil {
			return "the body must be application/json and have an example"
		}
		if err := body.Schema.Value.VisitJSON(body.Example); err != nil {
			return "the example does not match: " + err.Error()
		}
		return ""
	},
	"links": func(doc *openapi3.T, o operation) string {
		for status, r := range o.Responses.Map() {
			for name, link := range r.Value.Links {
				if wrong := badLink(doc, r.Value, link.Value); wrong != "" {
					return "the link " + name + " of the answer " + status + ": " + wrong
				}
			}
		}
		return ""
	},
}

// secrets are shown once, in the answer to the request that makes them: a repeated request cannot be given it again.
var secrets = map[string]bool{"createToken": true, "rotateToken": true, "createTicket": true, "createDemoToken": true, "startGitHubDeviceSignIn": true}

func unless(holds bool, wrong string) string {
	if holds {
		return ""
	}
	return wrong
}

// badLink says what is wrong with a link.
func badLink(doc *openapi3.T, from *openapi3.Response, link *openapi3.Link) string {
	for _, o := range operationsOf(doc) {
		if o.id != link.OperationID {
			continue
		}
		for name, value := range link.Parameters {
			in, bare, located := strings.Cut(name, ".")
			if !located {
				in, bare = openapi3.ParameterInPath, name
			}
			if o.Parameters.GetByInAndName(in, bare) == nil {
				return link.OperationID + " has no parameter " + name
			}
			expression, _ := value.(string) //nolint:errcheck // anything else is no expression, and refused below
			header, ofHeader := strings.CutPrefix(expression, "$response.header.")
			if ofHeader && from.Headers[header] == nil || !strings.HasPrefix(expression, "$re") {
				return "nothing is known of " + expression
			}
		}
		return ""
	}
	return "there is no operation " + link.OperationID
}

func TestRules(t *testing.T) {
	doc := load(t)
	for _, o := range operationsOf(doc) {
		for name, rule := range rules {
			if wrong := rule(doc, o); wrong != "" {
				t.Errorf("%s (%s): %s", o.id, name, wrong)
			}
		}
	}
	used := map[string]bool{}
	for _, o := range operationsOf(doc) {
		used[o.Tags[0]] = true
	}
	for _, tag := range doc.Tags {
		if !used[tag.Name] {
			t.Errorf("no operation has the tag %s", tag.Name)
		}
	}
}

// Each rule objects to an operation that breaks it.
func TestRulesObject(t *testing.T) {
	broken := map[string]func(*operation){
		"operationId": func(o *operation) { o.id = "start_execution" },
		"tag":         func(o *operation) { o.Tags = []string{"observations"} },
		"permissions": func(o *operation) { o.Extensions = map[string]any{"x-critical": true} },
		"problems": func(o *operation) {
			o.Responses.Set("409", &openapi3.ResponseRef{Value: openapi3.NewResponse().WithJSONSchema(openapi3.NewStringSchema())})
		},
		"retry": func(o *operation) {
			o.Responses.Set("503", &openapi3.ResponseRef{Value: openapi3.NewResponse()})
		},
		"idempotency": func(o *operation) { o.Parameters = nil },
		"critical":    func(o *operation) { o.Responses.Delete("503") },
		"example": func(o *operation) {
			o.RequestBody.Value.Content["application/json"].Example = map[string]any{"obs_unit_id": "one"}
		},
		"links": func(o *operation) {
			o.Responses.Value("201").Value.Links["finish"].Value.OperationID = "endExecution"
		},
	}
	if missing := slices.Collect(maps.Keys(rules)); len(missing) != len(broken) {
		t.Fatalf("%d rules are tried of %v", len(broken), missing)
	}
	for name, spoil := range broken {
		doc := load(t)
		all := operationsOf(doc)
		start := all[slices.IndexFunc(all, func(o operation) bool { return o.id == "startExecutedObsUnit" })]
		spoil(&start)
		if rules[name](doc, start) == "" {
			t.Errorf("the rule %s does not object", name)
		}
	}
}

// What a script does one after the other is linked: the chains of Schemathesis follow it.
func TestObservationIsLinked(t *testing.T) {
	for from, to := range map[string][]string{
		"startExecutedObsUnit": {"getExecutedObsUnit", "finishExecutedObsUnit", "getTransaction"}, "finishExecutedObsUnit": {"getExecutedObsUnit"},
		"createRawDataFile": {"getRawDataFile", "withdrawRawDataFile"}, "createRawDataPackage": {"getRawDataPackage", "finalizeRawDataPackage"},
	} {
		var linked []string
		for _, o := range operationsOf(load(t)) {
			if o.id != from {
				continue
			}
			for _, r := range o.Responses.Map() {
				for _, link := range r.Value.Links {
					linked = append(linked, link.Value.OperationID)
				}
			}
		}
		for _, target := range to {
			if !slices.Contains(linked, target) {
				t.Errorf("%s is not linked from %s", target, from)
			}
		}
	}
}

// What takes a cookie and nothing else cannot be made up wrongly, and schemathesis.toml has to say so: Hypothesis throws
// away every attempt, and soon gives up.
func TestNothingIsMadeUpWronglyForACookie(t *testing.T) {
	var config struct {
		Operations []struct {
			IDs    []string `toml:"include-operation-id"`
			Phases struct {
				Fuzzing struct{ Generation struct{ Mode string } }
			}
		}
	}
	if _, err := toml.DecodeFile("schemathesis/schemathesis.toml", &config); err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, o := range operationsOf(load(t)) {
		if o.Security == nil || len(o.Parameters) > 0 || o.RequestBody != nil {
			continue
		}
		if slices.ContainsFunc(*o.Security, func(way openapi3.SecurityRequirement) bool { return way["sessionCookie"] != nil }) {
			want = append(want, o.id)
		}
	}
	for _, chosen := range config.Operations {
		if chosen.Phases.Fuzzing.Generation.Mode == "positive" {
			got = append(got, chosen.IDs...)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("schemathesis.toml has %v, and a cookie is all that %v take", got, want)
	}
}
