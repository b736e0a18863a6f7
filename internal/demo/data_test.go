package demo

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDataFilesAreWhatTheyAreRegisteredAs(t *testing.T) {
	d := dataDir(t.TempDir())
	files := []dataFile{{path: "17841/rfsoc00drone1/r00d1_1784114400_000.g3", bytes: 2_109_369_600}, {path: "hk/17841/1784114400.g3", bytes: 1}}
	sizes := []int64{2109, 1}
	for i, f := range files {
		must(t, d.write(f))
		known, err := d.read(f.path)
		must(t, err)
		text, err := os.ReadFile(filepath.Join(string(d), f.path))
		must(t, err)
		sum := sha256.Sum256(text)
		want := content{size: sizes[i], sha256: hex.EncodeToString(sum[:])}
		if known != want || int64(len(text)) != want.size {
			t.Errorf("%s: %+v, want %+v", f.path, known, want)
		}
	}
	must(t, d.pack("17841/package.tar", files))
	if diff := cmp.Diff(map[string]int64{files[0].path: 2109, files[1].path: 1}, packed(t, filepath.Join(string(d), "17841/package.tar"))); diff != "" {
		t.Error(diff)
	}
}

// packed returns the names and sizes of what is in a tar.
func packed(t *testing.T, path string) map[string]int64 {
	t.Helper()
	file, err := os.Open(path)
	must(t, err)
	defer func() { must(t, file.Close()) }()
	there := make(map[string]int64)
	for archive := tar.NewReader(file); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return there
		}
		must(t, err)
		if there[header.Name], err = io.Copy(io.Discard, archive); err != nil {
			t.Fatal(err)
		}
	}
}
