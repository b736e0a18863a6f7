//go:build !faults

// Package faults holds the named points where tests let a process die, and the guards that tests switch off to see
// that they are needed. Without the build tag "faults" all of it is constant and compiles to nothing.
package faults

// Point does nothing in this build.
func Point(string) {}

// Off is false in this build: no guard can be switched off.
func Off(string) bool { return false }
