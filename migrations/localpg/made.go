package localpg

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Made says whether there is a database in the data folder, as far as this user may see. A folder that cannot be read counts as
// one: Attach says why it cannot be used.
func Made(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "pg"))
	return !errors.Is(err, fs.ErrNotExist)
}
