package importing

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

// digest is the fingerprint of a row, or of a row's id.
type digest [sha256.Size]byte

// digestOf takes every cell with its length, so that no two rows of different cells are one.
func digestOf(cells ...string) digest {
	h := sha256.New()
	var size [8]byte
	for _, c := range cells {
		binary.BigEndian.PutUint64(size[:], uint64(len(c)))
		h.Write(size[:])
		_, _ = io.WriteString(h, c) // a digest takes whatever is written
	}
	return digest(h.Sum(nil))
}

// extent is what one look at a whole file shows, before anything is stored: how many rows, which file, and which rows share an identity.
type extent struct {
	rows  int64
	sum   [sha256.Size]byte
	twice map[uint64]bool // short fingerprints that come more than once
}

// walk reads the whole file once. What cannot be read at all is found here, before the first row is stored. It holds eight bytes
// for each row.
func walk(ctx context.Context, s *source, rowID int, prefix string) (extent, error) {
	var prints []uint64
	var found extent
	for {
		r, err := s.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return extent{}, err
		}
		if found.rows++; found.rows%1024 == 0 && ctx.Err() != nil {
			return extent{}, ctx.Err()
		}
		prints = append(prints, short(identity(r, rowID, prefix)))
	}
	if err := s.finished(); err != nil {
		return extent{}, err
	}
	if found.rows == 0 {
		return extent{}, errors.New("the file has no rows under its header: is header_rows right?")
	}
	found.sum = [sha256.Size]byte(s.sum.Sum(nil))
	slices.Sort(prints)
	found.twice = map[uint64]bool{}
	for i := 1; i < len(prints); i++ {
		if prints[i] == prints[i-1] {
			found.twice[prints[i]] = true
		}
	}
	return found, nil
}

func short(d digest) uint64 { return binary.BigEndian.Uint64(d[:8]) }

// identity is the row's id where the file has one (rowID is its column from 0, or -1), with the mapping's prefix, and otherwise all
// its cells.
func identity(r row, rowID int, prefix string) digest {
	if rowID >= 0 {
		return digestOf(prefix + idOf(r, rowID))
	}
	return digestOf(r.cells...)
}

// idOf is a row's own id. A statistics program may have written 1001 as 1001.0.
func idOf(r row, rowID int) string {
	id := clean(cell(r.cells, rowID))
	if whole, noughts, ok := strings.Cut(id, "."); ok && whole != "" && noughts != "" && strings.Trim(whole, "0123456789") == "" &&
		strings.Trim(noughts, "0") == "" {
		return whole
	}
	return id
}

// keeper gives each row its key: the same row of the same file always has the same one. The key stands in the table of responses,
// and a row has more in it than that table may hold: the minute, what people say about themselves, a case number. So it is made
// with a secret: without it nobody can try out what the row was.
type keeper struct {
	secret []byte
	rowID  int
	prefix string
	twice  map[uint64]bool
	seen   map[digest]sighting
}

type sighting struct {
	line  int
	count int
	whole digest
}

// key gives the row's key. again is true for a row whose id and content have been seen in this file; reason is not empty when the
// id belongs to another row.
func (k *keeper) key(r row) (key string, again bool, reason string) {
	id := identity(r, k.rowID, k.prefix)
	var was sighting
	if k.twice[short(id)] {
		was = k.seen[id]
	}
	if k.rowID >= 0 {
		name := idOf(r, k.rowID)
		if name == "" {
			return "", false, "the row id is blank"
		}
		whole := digestOf(r.cells...)
		if was.count > 0 {
			if was.whole != whole {
				return "", false, "the row id " + strconv.Quote(clip(name)) + " stands on line " + strconv.Itoa(was.line) +
					" already, with other answers"
			}
			again = true
		} else if k.twice[short(id)] {
			k.seen[id] = sighting{line: r.line, count: 1, whole: whole}
		}
		return "id." + k.sealed(id), again, ""
	}
	if k.twice[short(id)] {
		was.count++
		k.seen[id] = was
	} else {
		was.count = 1
	}
	numbered := digestOf(string(id[:]), strconv.Itoa(was.count))
	return "row." + k.sealed(numbered), false, ""
}

// older gives the key that versions before 0026 gave a row whose id a statistics program wrote as 1001.0; "" where it is the same as key.
func (k *keeper) older(r row) string {
	if k.rowID < 0 || k.prefix != "" {
		return ""
	}
	if id := clean(cell(r.cells, k.rowID)); id != idOf(r, k.rowID) {
		return "id." + k.sealed(digestOf(id))
	}
	return ""
}

// sealed is the HMAC of a digest, 43 characters.
func (k *keeper) sealed(d digest) string {
	mac := hmac.New(sha256.New, k.secret)
	mac.Write(d[:])
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// cell gives the cell of a column from 0; a column the row does not have is blank.
func cell(cells []string, i int) string {
	if i < 0 || i >= len(cells) {
		return ""
	}
	return cells[i]
}
