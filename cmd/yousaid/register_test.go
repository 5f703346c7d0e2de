package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The register of releases has one reader and writer: what a release is, is decided in one place. Removing a whole council is the
// schema's own.
func TestOnlyTheRegisterKnowsItsTable(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	statement := regexp.MustCompile(`(?:FROM|INTO|UPDATE|JOIN)\s+release(?:s|_counts)\b`)
	own := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && path != root):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || path == filepath.Join(root,
			"migrations", "remove.go"):
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		found := len(statement.FindAll(b, -1))
		if filepath.Dir(path) == filepath.Join(root, "analytics", "register") {
			own += found
		} else if found > 0 {
			t.Errorf("%s has %d statements about releases and what they count: they belong to analytics/register", path, found)
		}
		return nil
	})
	if err != nil || own < 8 {
		t.Fatalf("%d statements of the register were found: %v", own, err)
	}
}
