//go:build faults

// Package faults holds the named points where tests let a process die, and the guards that tests switch off to see
// that they are needed. Without the build tag "faults" all of it is constant and compiles to nothing.
package faults

import (
	"os"
	"slices"
	"strings"
	"syscall"
)

// Point kills the process when a file of that name stands in the directory OPSDB_FAULT_POINTS; the file is renamed to
// NAME.hit first, so that each armed point is hit once and the test can see that it was.
func Point(name string) {
	dir := os.Getenv("OPSDB_FAULT_POINTS")
	if dir == "" {
		return
	}
	armed := dir + "/" + name
	if os.Rename(armed, armed+".hit") != nil {
		return
	}
	if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
		panic(err)
	}
	select {}
}

// Off tells whether the guard of that name is switched off by OPSDB_GUARDS_OFF, a comma-separated list.
func Off(guard string) bool {
	return slices.Contains(strings.Split(os.Getenv("OPSDB_GUARDS_OFF"), ","), guard)
}
