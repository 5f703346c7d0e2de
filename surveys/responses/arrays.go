package responses

import (
	"encoding/hex"
	"strconv"

	"github.com/google/uuid"
)

// array builds the text of a PostgreSQL array, element by element: a batch goes to the database as a handful of them. By hand, because it is
// done for every answer that is stored.
type array []byte

func newArray(n, width int) array { return append(make(array, 0, 2+n*width), '{') }

func (a *array) sep() {
	if len(*a) > 1 {
		*a = append(*a, ',')
	}
}

// String ends the array: "{1,2}".
func (a array) String() string { return string(append(a, '}')) }

func (a *array) null() {
	a.sep()
	*a = append(*a, "NULL"...)
}

func (a *array) int(n int64) {
	a.sep()
	*a = strconv.AppendInt(*a, n, 10)
}

func (a *array) bool(b bool) {
	a.sep()
	*a = strconv.AppendBool(*a, b)
}

func (a *array) uuid(id uuid.UUID) {
	a.sep()
	var text [36]byte
	hex.Encode(text[:8], id[:4])
	text[8] = '-'
	hex.Encode(text[9:13], id[4:6])
	text[13] = '-'
	hex.Encode(text[14:18], id[6:8])
	text[18] = '-'
	hex.Encode(text[19:23], id[8:10])
	text[23] = '-'
	hex.Encode(text[24:], id[10:])
	*a = append(*a, text[:]...)
}

// optional writes the uuid, or NULL where there is none.
func (a *array) optional(id uuid.UUID, there bool) {
	if there {
		a.uuid(id)
	} else {
		a.null()
	}
}

// bytea writes bytes as \x…; nil is NULL.
func (a *array) bytea(b []byte) {
	if b == nil {
		a.null()
		return
	}
	a.sep()
	*a = append(*a, `"\\x`...)
	*a = hex.AppendEncode(*a, b)
	*a = append(*a, '"')
}

// text quotes a string. What PostgreSQL cannot hold (NUL, invalid UTF-8) is left for it to refuse.
func (a *array) text(s string) {
	a.sep()
	b := append(*a, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		if s[i] == '"' || s[i] == '\\' {
			b = append(append(b, s[from:i]...), '\\')
			from = i
		}
	}
	*a = append(append(b, s[from:]...), '"')
}
