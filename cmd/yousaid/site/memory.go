package site

import (
	"os"
	"runtime/debug"
)

// UseMemory lets the program grow to several times what it holds before it cleans up, instead of twice, as long as it stays below a
// gigabyte: it holds little, and at a busy hour cleaning up took a quarter of its time. GOGC and GOMEMLIMIT in the environment go
// before it.
func UseMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(800)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(1 << 30)
	}
}
