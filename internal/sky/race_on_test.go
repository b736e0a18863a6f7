//go:build race

package sky

const raceDetector = true
