package resolver

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// sesameAnswer is what Sesame answers (sesame.xsd), as far as it is used. Numbers may be missing.
type sesameAnswer struct {
	Targets []struct {
		Resolvers []struct {
			Name   string   `xml:"oname"`
			Type   string   `xml:"otype"`
			RA     *float64 `xml:"jradeg"`
			Dec    *float64 `xml:"jdedeg"`
			Motion struct {
				RA  float64 `xml:"pmRA"`
				Dec float64 `xml:"pmDE"`
			} `xml:"pm"`
			Error []string `xml:"ERROR"`
		} `xml:"Resolver"`
		Error []string `xml:"ERROR"`
	} `xml:"Target"`
}

// sesame asks Sesame for what SIMBAD knows.
func (r *Resolver) sesame(ctx context.Context, name string) (Object, error) {
	body, err := r.get(ctx, question(r.config.SesameURL, "/-oxp/S?", name))
	if err != nil {
		return Object{}, err
	}
	var answer sesameAnswer
	decoder := xml.NewDecoder(bytes.NewReader(body))
	// The answers are ASCII whatever they say of themselves.
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	if err := decoder.Decode(&answer); err != nil {
		return Object{}, fmt.Errorf("the answer cannot be read: %w", err)
	}
	if len(answer.Targets) == 0 {
		return Object{}, errors.New("the answer has no target")
	}
	for _, target := range answer.Targets {
		// SIMBAD itself may be away behind Sesame.
		failures := target.Error
		for _, found := range target.Resolvers {
			if found.RA != nil && found.Dec != nil {
				return checked(Object{
					Name: strings.Join(strings.Fields(found.Name), " "), Type: found.Type, RA: *found.RA, Dec: *found.Dec,
					MotionRA: found.Motion.RA, MotionDec: found.Motion.Dec,
				})
			}
			failures = append(failures, found.Error...)
		}
		if len(failures) > 0 {
			return Object{}, errors.New(strings.Join(failures, "; "))
		}
	}
	return Object{}, errUnknown
}

// nedAnswer is what NED's ObjectLookup answers, as far as it is used. Without a preferred object it knows none.
type nedAnswer struct {
	ResultCode *int
	Preferred  *struct {
		Name     string
		ObjType  struct{ Value string }
		Position *struct{ RA, Dec *float64 }
	}
}

func (r *Resolver) ned(ctx context.Context, name string) (Object, error) {
	body, err := r.get(ctx, question(r.config.NEDURL, "?name=", name))
	if err != nil {
		return Object{}, err
	}
	var answer nedAnswer
	if err := json.Unmarshal(body, &answer); err != nil {
		return Object{}, fmt.Errorf("the answer cannot be read: %w", err)
	}
	switch p := answer.Preferred; {
	case p != nil && p.Position != nil && p.Position.RA != nil && p.Position.Dec != nil:
		return checked(Object{Name: p.Name, Type: p.ObjType.Value, RA: *p.Position.RA, Dec: *p.Position.Dec})
	case answer.ResultCode == nil:
		return Object{}, errors.New("the answer is none of NED")
	default:
		return Object{}, errUnknown
	}
}
