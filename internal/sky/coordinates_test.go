package sky

import (
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestNotations(t *testing.T) {
	for _, want := range []struct {
		at                  Equatorial
		ra, dec             string
		longitude, latitude float64
	}{
		{Equatorial{266.4168166, -29.0078250}, "17:45:40.04", "-29:00:28.2", 359.9442, -0.0462}, // Sgr A*
		{Equatorial{10.6847083, 41.26875}, "00:42:44.33", "+41:16:07.5", 121.1743, -21.5733},    // M 31
		{Equatorial{359.99999999, -0.00000001}, "00:00:00.00", "+00:00:00.0", 96.3373, -60.1886},
		{Equatorial{359.99999999, -0.5}, "00:00:00.00", "-00:30:00.0", 95.93, -60.65},
		{Equatorial{14.9999999, 59.99999999}, "01:00:00.00", "+60:00:00.0", 124.0, -2.85},
	} {
		ra, dec := want.at.Sexagesimal()
		if ra != want.ra || dec != want.dec {
			t.Errorf("%v: %s %s, want %s %s", want.at, ra, dec, want.ra, want.dec)
		}
		longitude, latitude := want.at.Galactic()
		if math.Abs(longitude-want.longitude) > 0.05 || math.Abs(latitude-want.latitude) > 0.05 {
			t.Errorf("%v: galactic %.4f %.4f, want %.4f %.4f", want.at, longitude, latitude, want.longitude, want.latitude)
		}
	}
}

func TestSexagesimalIsTheSameDirection(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anywhere().Draw(t, "direction")
		ra, dec := e.Sexagesimal()
		var h, m, d, dm int
		var s, ds float64
		if _, err := fmt.Sscanf(ra, "%02d:%02d:%f", &h, &m, &s); err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Sscanf(dec[1:], "%02d:%02d:%f", &d, &dm, &ds); err != nil {
			t.Fatal(err)
		}
		back := Equatorial{RA: 15 * (float64(h) + float64(m)/60 + s/3600), Dec: float64(d) + float64(dm)/60 + ds/3600}
		if dec[0] == '-' {
			back.Dec = -back.Dec
		}
		if off := back.Separation(e) * 3600; off > 0.2 || m > 59 || s >= 60 || dm > 59 || ds >= 60 {
			t.Fatalf("%v is written %s %s, %.3f arcsec off", e, ra, dec, off)
		}
	})
}

// anywhere draws directions, often at the poles and near right ascension 0.
func anywhere() *rapid.Generator[Equatorial] {
	return rapid.Custom(func(t *rapid.T) Equatorial {
		ra := rapid.OneOf(rapid.Float64Range(0, 359.999999), rapid.Float64Range(0, 0.5), rapid.Float64Range(359.5, 359.999999))
		dec := rapid.OneOf(rapid.Float64Range(-90, 90), rapid.Float64Range(89, 90), rapid.Float64Range(-90, -89), rapid.Just(90.0), rapid.Just(-90.0))
		return Equatorial{RA: ra.Draw(t, "ra"), Dec: dec.Draw(t, "dec")}
	})
}

// holds tells whether a direction lies in a box.
func (b Box) holds(e Equatorial) bool {
	in := func(r Range) bool { return e.RA >= r.From && e.RA <= r.To }
	return e.Dec >= b.DecFrom && e.Dec <= b.DecTo && (in(b.RA[0]) || in(b.RA[1]))
}

func TestBoxesHoldTheirCones(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		middle := anywhere().Draw(t, "middle")
		radius := rapid.OneOf(rapid.Float64Range(0, 180), rapid.Float64Range(0, 1)).Draw(t, "radius")
		box := Cone(middle, radius)
		// A direction on the border or within, at any position angle.
		angle, away := rapid.Float64Range(0, 2*math.Pi).Draw(t, "angle"), radius*rapid.Float64Range(0, 1).Draw(t, "part")*degree
		from := direction(middle.RA*degree, middle.Dec*degree)
		sin, cos := math.Sincos(middle.RA * degree)
		sinDec, cosDec := math.Sincos(middle.Dec * degree)
		north, east := vector{-sinDec * cos, -sinDec * sin, cosDec}, vector{-sin, cos, 0}
		d := from.times(math.Cos(away)).plus(north.times(math.Sin(away) * math.Cos(angle))).plus(east.times(math.Sin(away) * math.Sin(angle)))
		e := Equatorial{RA: math.Mod(math.Atan2(d[1], d[0])/degree+360, 360), Dec: math.Asin(max(-1, min(1, d[2]))) / degree}
		if !box.holds(e) {
			t.Fatalf("the box %+v of %v around %v does not hold %v, %v away", box, radius, middle, e, e.Separation(middle))
		}
	})
	// A box that is as large as the sky holds every cone, too.
	if box := Cone(Equatorial{RA: 10, Dec: 0}, 1); box.holds(Equatorial{RA: 12, Dec: 0}) || box.holds(Equatorial{RA: 10, Dec: 2}) {
		t.Errorf("%+v", box)
	}
}

func TestPlacesOfBodies(t *testing.T) {
	at := time.Date(2026, 7, 15, 11, 20, 0, 0, time.UTC)
	g, err := NewGrid(FYST, at, at, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range Bodies {
		// A fixed source at the place of a body is seen where the body is.
		place := body.Place(FYST, at)
		p, q := g.Track(body)[0], g.Track(Fixed{RA: place.RA, Dec: place.Dec})[0]
		if off := (Equatorial{p.Azimuth, p.Altitude}).Separation(Equatorial{q.Azimuth, q.Altitude}) * 3600; off > 0.01 {
			t.Errorf("%s: %.3f arcsec", name, off)
		}
		if same, ok := BodyOfNAIF(body.NAIF()); !ok || same != body {
			t.Errorf("%s: %d is %v", name, body.NAIF(), same)
		}
	}
	if body, ok := BodyOfNAIF(606); ok {
		t.Errorf("Titan is %v", body)
	}
}
