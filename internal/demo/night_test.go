package demo

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTheNightIsWorthPlaying(t *testing.T) {
	n, err := ReadNight()
	must(t, err)
	if n.writes() <= enough {
		t.Errorf("%d writes, want more than %d", n.writes(), enough)
	}
	// The observatory's busiest day has 8 TB.
	if got := n.bytes(); got < 1e11 || got > 8e12 {
		t.Errorf("the night's files have %s", bytesText(got))
	}
	paths := make(map[[2]string]bool)
	for _, o := range n.Observations {
		for _, m := range n.modulesOf(o) {
			for _, f := range m.files(o) {
				if paths[[2]string{m.Name, f.path}] {
					t.Errorf("%s writes %s twice", m.Name, f.path)
				}
				paths[[2]string{m.Name, f.path}] = true
				if f.done.Before(o.Start) || f.done.After(o.End()) {
					t.Errorf("%s is complete at %s, outside of %s", f.path, f.done, o.Title)
				}
			}
		}
	}
}

func TestFilesAreNamedAsTheInstrumentsDo(t *testing.T) {
	start := time.Date(2026, 7, 15, 11, 20, 0, 0, time.UTC)
	o := Observation{Start: start, Minutes: 11}
	primeCam := Module{Package: "primecam_f280", Streams: []string{"r00d1", "r01d4"}, FileSeconds: 600, BytesPerSecond: 1000, HousekeepingBytesPerSecond: 10, Book: true}
	want := []dataFile{
		{"17841/rfsoc00drone1/r00d1_1784114400_000.g3", "g3", start.Add(10 * time.Minute), 600_000},
		{"17841/rfsoc01drone4/r01d4_1784114400_000.g3", "g3", start.Add(10 * time.Minute), 600_000},
		{"17841/rfsoc00drone1/r00d1_1784114400_001.g3", "g3", start.Add(11 * time.Minute), 60_000},
		{"17841/rfsoc01drone4/r01d4_1784114400_001.g3", "g3", start.Add(11 * time.Minute), 60_000},
		{"hk/17841/1784114400.g3", "g3", start.Add(11 * time.Minute), 6_600},
		{"level0/17841/level0_1784114400.h5", "hdf5", start.Add(11 * time.Minute), 1_326_600},
	}
	if diff := cmp.Diff(want, primeCam.files(o), cmp.AllowUnexported(dataFile{})); diff != "" {
		t.Error(diff)
	}
	if got, want := primeCam.packagePath(o), "17841/primecam_f280_1784114400.tar"; got != want {
		t.Errorf("package %s, want %s", got, want)
	}
	chai := Module{Streams: []string{"chai_lfa"}, FileSeconds: 60, BytesPerSecond: 1}
	if got, want := chai.files(o)[10].path, "17841/chai_lfa/chai_lfa_1784114400_010.fits"; got != want {
		t.Errorf("file %s, want %s", got, want)
	}
}

func TestAPlanThatContradictsItself(t *testing.T) {
	for name, spoil := range map[string]func(*Night){
		"nothing to observe":  func(n *Night) { n.Observations = nil },
		"two at once":         func(n *Night) { n.Observations[1].Start = n.Observations[0].Start },
		"unknown instrument":  func(n *Night) { n.Observations[0].Instrument = "Mod-Cam" },
		"healed before cut":   func(n *Night) { n.Faults.Heal = n.Faults.Cut.Add(-time.Second) },
		"killed after dawn":   func(n *Night) { n.Faults.Kill = n.end().Add(time.Second) },
		"files without end":   func(n *Night) { n.Modules[0].FileSeconds = 0 },
		"nothing at a time":   func(n *Night) { n.Modules[0].Batch = 0 },
		"module of no stream": func(n *Night) { n.Modules[0].Streams = nil },
	} {
		t.Run(name, func(t *testing.T) {
			n, err := ReadNight()
			must(t, err)
			spoil(&n)
			if n.check() == nil {
				t.Error("want an error")
			}
		})
	}
}
