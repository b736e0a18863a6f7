package httpapi

import (
	"time"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/sky"
)

// sourceOf is a source as a client sees it.
func sourceOf(r replicadb.AnySource) api.Source {
	s := api.Source{ID: r.ID, Kind: api.SourceKind(r.Kind), Name: r.Name}
	switch r.Kind {
	case replicadb.SourceKindFixed:
		s.Fixed = &api.FixedSource{
			RaDeg: value(r.RaDeg), DecDeg: value(r.DecDeg), ExtentRaDeg: r.ExtentRaDeg, ExtentDecDeg: r.ExtentDecDeg,
			ProperMotionRaMasYr: r.ProperMotionRaMasYr, ProperMotionDecMasYr: r.ProperMotionDecMasYr,
		}
	case replicadb.SourceKindSolarSystemObject:
		s.SolarSystem = &api.SolarSystemSource{Class: api.SolarSystemClass(value(r.Class)), NaifID: value(r.NaifID)}
	case replicadb.SourceKindConstantElevation:
		s.ConstantElevation = &api.ConstantElevation{
			ElevationDeg: value(r.ElevationDeg), AzimuthMinDeg: value(r.AzimuthMinDeg), AzimuthMaxDeg: value(r.AzimuthMaxDeg),
		}
	}
	return s
}

// wantedSource is a source as a request wants it.
func wantedSource(id int32, b api.SourceCreate) replicadb.AnySource {
	r := replicadb.AnySource{ID: id, Name: b.Name, Version: 1}
	switch {
	case b.Fixed != nil:
		r.Kind = replicadb.SourceKindFixed
		r.RaDeg, r.DecDeg = &b.Fixed.RaDeg, &b.Fixed.DecDeg
		r.ExtentRaDeg, r.ExtentDecDeg = new(value(b.Fixed.ExtentRaDeg)), new(value(b.Fixed.ExtentDecDeg))
		r.ProperMotionRaMasYr, r.ProperMotionDecMasYr = new(value(b.Fixed.ProperMotionRaMasYr)), new(value(b.Fixed.ProperMotionDecMasYr))
	case b.SolarSystem != nil:
		r.Kind = replicadb.SourceKindSolarSystemObject
		r.Class, r.NaifID = new(replicadb.SolarSystemClass(b.SolarSystem.Class)), &b.SolarSystem.NaifID
	case b.ConstantElevation != nil:
		r.Kind = replicadb.SourceKindConstantElevation
		r.ElevationDeg = &b.ConstantElevation.ElevationDeg
		r.AzimuthMinDeg, r.AzimuthMaxDeg = &b.ConstantElevation.AzimuthMinDeg, &b.ConstantElevation.AzimuthMaxDeg
	}
	return r
}

// changedSource changes a source; what is not mentioned stays.
func changedSource(r *replicadb.AnySource, b api.SourceUpdate) {
	if b.Name != nil {
		r.Name = *b.Name
	}
	if f := b.Fixed; f != nil {
		set(&r.RaDeg, f.RaDeg)
		set(&r.DecDeg, f.DecDeg)
		set(&r.ExtentRaDeg, f.ExtentRaDeg)
		set(&r.ExtentDecDeg, f.ExtentDecDeg)
		set(&r.ProperMotionRaMasYr, f.ProperMotionRaMasYr)
		set(&r.ProperMotionDecMasYr, f.ProperMotionDecMasYr)
	}
	if o := b.SolarSystem; o != nil {
		if o.Class != nil {
			r.Class = new(replicadb.SolarSystemClass(*o.Class))
		}
		set(&r.NaifID, o.NaifID)
	}
	if c := b.ConstantElevation; c != nil {
		set(&r.ElevationDeg, c.ElevationDeg)
		set(&r.AzimuthMinDeg, c.AzimuthMinDeg)
		set(&r.AzimuthMaxDeg, c.AzimuthMaxDeg)
	}
}

// set replaces a value if there is another.
func set[T any](old **T, now *T) {
	if now != nil {
		*old = now
	}
}

// fitsKind refuses a change that has parts of another kind.
func fitsKind(r replicadb.AnySource, b api.SourceUpdate) error {
	parts := []struct {
		kind    replicadb.SourceKind
		there   bool
		pointer string
	}{
		{replicadb.SourceKindFixed, b.Fixed != nil, "/fixed"},
		{replicadb.SourceKindSolarSystemObject, b.SolarSystem != nil, "/solar_system"},
		{replicadb.SourceKindConstantElevation, b.ConstantElevation != nil, "/constant_elevation"},
	}
	for _, part := range parts {
		if part.there && part.kind != r.Kind {
			return errs.New(errs.Invalid, "A source keeps its kind; this one is %s.", r.Kind).At(part.pointer, "does not belong to this kind")
		}
	}
	return nil
}

// fitsRange refuses a range of azimuths that ends before it begins.
func fitsRange(r replicadb.AnySource) error {
	if r.Kind == replicadb.SourceKindConstantElevation && value(r.AzimuthMaxDeg) < value(r.AzimuthMinDeg) {
		return errs.New(errs.Invalid, "The range of azimuths ends before it begins.").
			At("/constant_elevation/azimuth_max_deg", "is less than azimuth_min_deg")
	}
	return nil
}

func createSourceParams(r replicadb.AnySource) maindb.CreateSourceParams {
	p := maindb.CreateSourceParams{
		ID: r.ID, Kind: maindb.SourceKind(r.Kind), Name: r.Name, RaDeg: r.RaDeg, DecDeg: r.DecDeg, ExtentRaDeg: r.ExtentRaDeg,
		ExtentDecDeg: r.ExtentDecDeg, ProperMotionRaMasYr: r.ProperMotionRaMasYr, ProperMotionDecMasYr: r.ProperMotionDecMasYr,
		NaifID: r.NaifID, ElevationDeg: r.ElevationDeg, AzimuthMinDeg: r.AzimuthMinDeg, AzimuthMaxDeg: r.AzimuthMaxDeg,
	}
	if r.Class != nil {
		p.Class = new(maindb.SolarSystemClass(*r.Class))
	}
	return p
}

func updateSourceParams(r replicadb.AnySource) maindb.UpdateSourceParams {
	c := createSourceParams(r)
	return maindb.UpdateSourceParams{
		ID: c.ID, Kind: c.Kind, Name: c.Name, Version: r.Version, RaDeg: c.RaDeg, DecDeg: c.DecDeg, ExtentRaDeg: c.ExtentRaDeg,
		ExtentDecDeg: c.ExtentDecDeg, ProperMotionRaMasYr: c.ProperMotionRaMasYr, ProperMotionDecMasYr: c.ProperMotionDecMasYr,
		Class: c.Class, NaifID: c.NaifID, ElevationDeg: c.ElevationDeg, AzimuthMinDeg: c.AzimuthMinDeg, AzimuthMaxDeg: c.AzimuthMaxDeg,
	}
}

// targetOf is a source as the sky knows it, nil for a body without an ephemeris. A source of constant elevation stands in
// the middle of its range.
func targetOf(r replicadb.AnySource) sky.Target {
	switch r.Kind {
	case replicadb.SourceKindFixed:
		return sky.Fixed{RA: value(r.RaDeg), Dec: value(r.DecDeg), MotionRA: value(r.ProperMotionRaMasYr), MotionDec: value(r.ProperMotionDecMasYr)}
	case replicadb.SourceKindConstantElevation:
		return sky.ConstantElevation{Azimuth: (value(r.AzimuthMinDeg) + value(r.AzimuthMaxDeg)) / 2, Elevation: value(r.ElevationDeg)}
	case replicadb.SourceKindSolarSystemObject:
		if body, ok := sky.BodyOfNAIF(value(r.NaifID)); ok {
			return body
		}
	}
	return nil
}

// coordinatesOf returns where a source is in the sky at a time, nil for one that stays over the ground and for a body
// without an ephemeris.
func coordinatesOf(t sky.Target, at time.Time) *api.Coordinates {
	var e sky.Equatorial
	switch target := t.(type) {
	case sky.Fixed:
		e = sky.Equatorial{RA: target.RA, Dec: target.Dec}
	case sky.Body:
		e = target.Place(sky.FYST, at)
	default:
		return nil
	}
	c := api.Coordinates{RaDeg: e.RA, DecDeg: e.Dec}
	c.RaSexagesimal, c.DecSexagesimal = e.Sexagesimal()
	c.GalacticLongitudeDeg, c.GalacticLatitudeDeg = e.Galactic()
	return &c
}
