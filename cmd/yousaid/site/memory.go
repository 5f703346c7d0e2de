package site

import (
	"os"
	"runtime/debug"
)

// UseMemory lets the program grow to five times what it holds before it cleans up, instead of twice: it holds little, and at a busy hour cleaning
// up took a quarter of its time. GOGC in the environment goes before it.
func UseMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}
