package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/ccatobs/opsdb/gen/client"
)

// timeFlag is a time on the command line: RFC 3339 with a zone.
type timeFlag struct{ at *time.Time }

// String implements pflag.Value.
func (f *timeFlag) String() string {
	if f.at == nil {
		return ""
	}
	return f.at.Format(time.RFC3339Nano)
}

// Set implements pflag.Value.
func (f *timeFlag) Set(text string) error {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return fmt.Errorf("%q is no time with a zone such as 2026-07-15T11:20:00Z", text)
	}
	f.at = &at
	return nil
}

// Type implements pflag.Value.
func (*timeFlag) Type() string { return "time" }

// idFlag is the id of a record.
type idFlag struct{ id *uuid.UUID }

// String implements pflag.Value.
func (f *idFlag) String() string {
	if f.id == nil {
		return ""
	}
	return f.id.String()
}

// Set implements pflag.Value.
func (f *idFlag) Set(text string) error {
	id, err := parseID(text)
	if err != nil {
		return err
	}
	f.id = &id
	return nil
}

// Type implements pflag.Value.
func (*idFlag) Type() string { return "id" }

// parseID reads the id of a record as the document writes it.
func parseID(text string) (uuid.UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil || len(text) != len(uuid.Nil.String()) {
		return uuid.Nil, misused("%q is no id such as 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f", text)
	}
	return id, nil
}

// parseNumber reads the number of a record.
func parseNumber(what, text string) (int32, error) {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 1 {
		return 0, misused("%q is no number of %s", text, what)
	}
	return int32(n), nil
}

// enumFlag is one of some words. It completes itself.
func enumFlag[T ~string](c *cobra.Command, name, usage string, values ...T) *oneOf[T] {
	f := &oneOf[T]{values: values}
	c.Flags().Var(f, name, usage+": "+f.choice())
	complete(c, name, values...)
	return f
}

func complete[T ~string](c *cobra.Command, name string, values ...T) {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = string(v)
	}
	if err := c.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic("opsctl: " + err.Error())
	}
}

type oneOf[T ~string] struct {
	values []T
	value  *T
}

func (f *oneOf[T]) choice() string {
	words := make([]string, len(f.values))
	for i, v := range f.values {
		words[i] = string(v)
	}
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
	return strings.Join(words, "")
}

// String implements pflag.Value.
func (f *oneOf[T]) String() string { return string(deref(f.value)) }

// Set implements pflag.Value.
func (f *oneOf[T]) Set(text string) error {
	for _, v := range f.values {
		if string(v) == text {
			f.value = &v
			return nil
		}
	}
	return fmt.Errorf("it is %s", f.choice())
}

// Type implements pflag.Value.
func (*oneOf[T]) Type() string { return "word" }

// stages are those at which a package can be, in their order.
var stages = []client.PipelineStageName{
	client.PipelineStageNameFiling, client.PipelineStageNamePackaging, client.PipelineStageNameBundling,
	client.PipelineStageNameTransferring, client.PipelineStageNameUnpacking, client.PipelineStageNameArchiving,
}

// stageFlag is a stage of the pipeline, by its name or its number.
type stageFlag struct{ number *int32 }

// String implements pflag.Value.
func (f *stageFlag) String() string {
	if f.number == nil {
		return ""
	}
	return string(stages[*f.number])
}

// Set implements pflag.Value.
func (f *stageFlag) Set(text string) error {
	for n, name := range stages {
		if text == string(name) || text == strconv.Itoa(n) {
			f.number = new(int32(n))
			return nil
		}
	}
	return fmt.Errorf("it is %s, or its number", (&oneOf[client.PipelineStageName]{values: stages}).choice())
}

// Type implements pflag.Value.
func (*stageFlag) Type() string { return "stage" }

// conditionsFlag collects NAME=VALUE. A value that is JSON is taken as such, all else as a text.
type conditionsFlag struct{ values map[string]json.RawMessage }

// String implements pflag.Value.
func (f *conditionsFlag) String() string { return "" }

// Set implements pflag.Value.
func (f *conditionsFlag) Set(text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return fmt.Errorf("%q is not NAME=VALUE", text)
	}
	if f.values == nil {
		f.values = map[string]json.RawMessage{}
	}
	if json.Valid([]byte(value)) {
		f.values[name] = json.RawMessage(value)
		return nil
	}
	quoted, err := json.Marshal(value)
	f.values[name] = quoted
	return err
}

// Type implements pflag.Value.
func (*conditionsFlag) Type() string { return "name=value" }

// conditions returns what was collected; nil for nothing.
func (f *conditionsFlag) conditions() (client.Conditions, error) {
	if f.values == nil {
		return nil, nil
	}
	return json.Marshal(f.values)
}

// optional returns a pointer to a value of the command line when it was given.
func optional[T any](c *cobra.Command, name string, value *T) *T {
	if c.Flags().Changed(name) {
		return value
	}
	return nil
}

// nonZero returns a pointer to a value, nil for the zero value.
func nonZero[T comparable](value T) *T {
	var none T
	if value == none {
		return nil
	}
	return &value
}

// need makes flags required.
func need(c *cobra.Command, names ...string) {
	for _, name := range names {
		if err := c.MarkFlagRequired(name); err != nil {
			panic("opsctl: " + err.Error())
		}
	}
}

// dayFlag is the date on which an observing day begins.
type dayFlag struct{ day *client.DayObs }

// String implements pflag.Value.
func (f *dayFlag) String() string {
	if f.day == nil {
		return ""
	}
	return f.day.Format(time.DateOnly)
}

// Set implements pflag.Value.
func (f *dayFlag) Set(text string) error {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return fmt.Errorf("%q is no date such as 2026-07-15", text)
	}
	f.day = &client.DayObs{Time: day}
	return nil
}

// Type implements pflag.Value.
func (*dayFlag) Type() string { return "date" }
