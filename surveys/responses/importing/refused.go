package importing

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"

	"yousaid/surveys/tablefile"
)

// refusals writes the refused rows beside the input, in the input's own encoding and with its own header, so that they can be put
// right there and imported with the same mapping. The file appears whole or not at all.
type refusals struct {
	path  string // FILE.refused.csv
	m     Map
	head  [][]string
	sep   bool // the file has a line sep= above its header, and the mapping may leave the delimiter to it
	width int
	count int64
	file  *os.File
	csv   *csv.Writer
}

// refusedPath is where the refused rows of a file go.
func refusedPath(path string) string {
	return strings.TrimSuffix(path, filepath.Ext(path)) + ".refused.csv"
}

// add writes one refused row with its line and the reasons.
func (f *refusals) add(r row, reasons []string) error {
	if f.file == nil {
		if err := f.open(); err != nil {
			return f.explain(err)
		}
	}
	f.count++
	return f.explain(f.write(r.cells, strconv.Itoa(r.line), strings.Join(reasons, "; ")))
}

func (f *refusals) explain(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("writing the list of refused rows beside the file (%s): %w", f.path, err)
}

// unfinished is the pattern of the names that a list has while it is written.
func (f *refusals) unfinished() string { return "." + filepath.Base(f.path) + "-*" }

// sweep takes away what a killed import left unfinished: nobody holds its lock, and people's answers should not lie about.
func (f *refusals) sweep() {
	names, _ := filepath.Glob(filepath.Join(filepath.Dir(f.path), f.unfinished()))
	for _, name := range names {
		left, err := os.Open(name)
		if err != nil {
			continue
		}
		if syscall.Flock(int(left.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			_ = os.Remove(name)
		}
		_ = left.Close()
	}
}

func (f *refusals) open() error {
	file, err := os.CreateTemp(filepath.Dir(f.path), f.unfinished()) // readable by its owner alone, as people's answers should be
	if err != nil {
		return err
	}
	f.file = file
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return err
	}
	var to io.Writer = file
	switch f.m.Encoding {
	case "cp1252":
		to = encoding.ReplaceUnsupported(charmap.Windows1252.NewEncoder()).Writer(file)
	case "latin-1":
		to = encoding.ReplaceUnsupported(charmap.ISO8859_1.NewEncoder()).Writer(file)
	default: // the mark by which spreadsheets know UTF-8
		if _, err := file.WriteString(tablefile.Mark); err != nil {
			return err
		}
	}
	if f.sep {
		if _, err := fmt.Fprintf(to, "sep=%c\n", f.m.Delimiter); err != nil {
			return err
		}
	}
	f.csv = csv.NewWriter(to)
	f.csv.Comma = f.m.Delimiter
	for i, h := range f.head {
		line, reason := "", ""
		if names := f.m.NamesFromRow; i+1 == names || names == 0 && i+1 == f.m.HeaderRows {
			line, reason = refusedLine, refusedReason
		}
		if err := f.write(h, line, reason); err != nil {
			return err
		}
	}
	return nil
}

// write puts the two cells of ours behind the columns of the header, whatever the width of the row.
func (f *refusals) write(cells []string, line, reason string) error {
	out := make([]string, 0, f.width+2)
	for i := range f.width {
		out = append(out, tablefile.Guard(cell(cells, i)))
	}
	out = append(out, line, tablefile.Guard(reason))
	for i := f.width; i < len(cells); i++ {
		out = append(out, tablefile.Guard(cells[i]))
	}
	return f.csv.Write(out)
}

// finish makes the file appear, in the place of one of an earlier run, or takes that one away when nothing was refused now. It
// gives the path, or "".
func (f *refusals) finish() (string, error) {
	if f.file == nil {
		if err := os.Remove(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", f.explain(err)
		}
		return "", nil
	}
	f.csv.Flush()
	err := errors.Join(f.csv.Error(), f.file.Sync(), f.file.Close())
	name := f.file.Name()
	f.file = nil
	if err == nil {
		err = os.Rename(name, f.path)
	}
	if err != nil {
		_ = os.Remove(name)
		return "", f.explain(err)
	}
	return f.path, nil
}

// drop leaves nothing behind of a list that was not finished.
func (f *refusals) drop() {
	if f.file != nil {
		_ = f.file.Close()
		_ = os.Remove(f.file.Name())
	}
}
