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
		io.WriteString(h, c)
	}
	return digest(h.Sum(nil))
}

// extent is what one look at a whole file shows, before anything is stored: how many rows, which file, and which rows share an identity.
type extent struct {
	rows  int64
	sum   [sha256.Size]byte
	twice map[uint64]bool // short fingerprints that come more than once
}

// walk reads the whole file once. What cannot be read at all is found here, before the first row is stored. It holds eight bytes for each row.
func walk(ctx context.Context, s *source, rowID int) (extent, error) {
	var prints []uint64
	var found extent
	for {
		r, err := s.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return extent{}, err
		}
		if found.rows++; found.rows%1024 == 0 && ctx.Err() != nil {
			return extent{}, ctx.Err()
		}
		prints = append(prints, short(identity(r, rowID)))
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

// identity is the row's id where the file has one (rowID is its column from 0, or -1), and otherwise all its cells.
func identity(r row, rowID int) digest {
	if rowID >= 0 {
		return digestOf(clean(cell(r.cells, rowID)))
	}
	return digestOf(r.cells...)
}

// keeper gives each row its key: the same row of the same file always has the same one. The key stands in the table of responses, and a row has more in it
// than that table may hold: the minute, what people say about themselves, a case number. So it is made with a secret: without it nobody can try
// out what the row was.
type keeper struct {
	secret []byte
	rowID  int
	twice  map[uint64]bool
	seen   map[digest]sighting
}

type sighting struct {
	line  int
	count int
	whole digest
}

// key gives the row's key. again is true for a row whose id and content have been seen in this file; reason is not empty when the id belongs to another row.
func (k *keeper) key(r row) (key string, again bool, reason string) {
	id := identity(r, k.rowID)
	var was sighting
	if k.twice[short(id)] {
		was = k.seen[id]
	}
	if k.rowID >= 0 {
		name := clean(cell(r.cells, k.rowID))
		if name == "" {
			return "", false, "the row id is blank"
		}
		whole := digestOf(r.cells...)
		if was.count > 0 {
			if was.whole != whole {
				return "", false, "the row id " + strconv.Quote(clip(name)) + " stands on line " + strconv.Itoa(was.line) + " already, with other answers"
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
