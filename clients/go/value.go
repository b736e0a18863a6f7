package opsdb

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
)

// Response is an answer of the generated client, of whatever operation.
type Response interface {
	StatusCode() int
	GetBody() []byte
}

// Value returns what an operation answers with when it succeeds. It takes the results of a method of the generated client:
//
//	health, err := opsdb.Value[client.Health](api.GetHealthWithResponse(ctx))
//
// Errors: *Problem when the site refuses, and those of the method itself, such as *UnreachableError.
func Value[T any](r Response, err error) (T, error) {
	var none T
	if err := Check(r, err); err != nil {
		return none, err
	}
	answer := reflect.Indirect(reflect.ValueOf(r))
	for i := range answer.NumField() {
		if !strings.HasPrefix(answer.Type().Field(i).Name, "JSON2") {
			continue
		}
		if value, ok := reflect.TypeAssert[*T](answer.Field(i)); ok && value != nil {
			return *value, nil
		}
	}
	return none, fmt.Errorf("opsdb: the answer %d has no %T; is there a site at this address?", r.StatusCode(), none)
}

// Check returns the error of an operation: that of the method, or a *Problem when the site refuses.
func Check(r Response, err error) error {
	if err != nil {
		return err
	}
	if r.StatusCode() < http.StatusMultipleChoices {
		return nil
	}
	answer, ok := reflect.TypeAssert[*http.Response](reflect.Indirect(reflect.ValueOf(r)).FieldByName("HTTPResponse")) //nolint:bodyclose // the generated client has read it
	if !ok {
		return fmt.Errorf("opsdb: %T is no answer of the generated client", r)
	}
	return problemOf(answer, r.GetBody())
}
