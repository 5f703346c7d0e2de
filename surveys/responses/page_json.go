package responses

import (
	"encoding/hex"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// batchJSON is a batch as store_pages of migrations/functions takes it: an array of pages with named values. It is written by hand,
// because it is done for every answer that is stored.
func batchJSON(batch []*waiting, keys *Signer) []byte {
	b := make([]byte, 0, 512*len(batch))
	b = append(b, '[')
	for i, w := range batch {
		if i > 0 {
			b = append(b, ',')
		}
		b = w.appendJSON(b, i+1, keys)
	}
	return append(b, ']')
}

// appendJSON writes one page. What a value of the function store_pages means is said there.
func (w *waiting) appendJSON(b []byte, place int, keys *Signer) []byte {
	b = strconv.AppendInt(append(b, `{"place":`...), int64(place), 10)
	b = appendUUID(append(b, `,"id":`...), w.Response)
	b = strconv.AppendInt(append(b, `,"link_id":`...), w.Link, 10)
	b = strconv.AppendInt(append(b, `,"version_id":`...), w.Version, 10)
	b = appendString(append(b, `,"language":`...), w.Language)
	b = appendString(append(b, `,"hour":`...), w.hour.Format(time.RFC3339))
	b = strconv.AppendBool(append(b, `,"first":`...), w.First)
	if w.Last {
		b = append(b, `,"state":"finished","receipt":"\\x`...)
		b = append(hex.AppendEncode(b, ReceiptHash(keys.Receipt(w.Response))), '"') // the code is known once the form is finished
	} else {
		b = append(b, `,"state":"started"`...)
	}
	b = w.appendAnswers(append(b, `,"answers":`...))
	if w.First && !w.Job.None() {
		b = appendString(append(b, `,"job_key":`...), w.Job.String())
	}
	if w.asked() {
		b = appendUUID(append(b, `,"equality_id":`...), w.equality)
		b = appendObject(append(b, `,"equality":`...), w.Equality)
	}
	for i, c := range w.Comments {
		if i == 0 {
			b = append(b, `,"comments":[{"code":`...)
		} else {
			b = append(b, `,{"code":`...)
		}
		b = appendString(b, c.Question)
		b = appendString(append(b, `,"words":`...), c.Text)
		b = appendString(append(b, `,"last_day":`...), w.hour.Add(CommentLife).Format(time.DateOnly))
		b = append(b, '}')
	}
	if len(w.Comments) > 0 {
		b = append(b, ']')
	}
	return append(b, '}')
}

// appendAnswers writes the page's answers as an object in which every question of the page stands: those left blank as null. Where
// a key stands twice, jsonb keeps the last.
func (w *waiting) appendAnswers(b []byte) []byte {
	b = append(b, '{')
	start := len(b)
	for _, code := range w.Codes {
		if len(b) > start {
			b = append(b, ',')
		}
		b = append(appendString(b, code), `:null`...)
	}
	if w.Answers == "" || w.Answers == "{}" {
		return append(b, '}')
	}
	if len(b) > start {
		b = append(b, ',')
	}
	return appendObject(b, w.Answers[1:])
}

// appendObject writes JSON as it is, but for NUL, at which a message to the server would end: as an escape, the server refuses this
// one page.
func appendObject(b []byte, text string) []byte {
	from := 0
	for i := range len(text) {
		if text[i] == 0 {
			b = append(append(b, text[from:i]...), `\u0000`...)
			from = i + 1
		}
	}
	return append(b, text[from:]...)
}

func appendUUID(b []byte, id uuid.UUID) []byte {
	var text [38]byte
	text[0], text[37] = '"', '"'
	hex.Encode(text[1:9], id[:4])
	text[9] = '-'
	hex.Encode(text[10:14], id[4:6])
	text[14] = '-'
	hex.Encode(text[15:19], id[6:8])
	text[19] = '-'
	hex.Encode(text[20:24], id[8:10])
	text[24] = '-'
	hex.Encode(text[25:37], id[10:])
	return append(b, text[:]...)
}

// appendString quotes a string. What PostgreSQL cannot hold (NUL, invalid UTF-8) is left for it to refuse.
func appendString(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		if c < 0x20 {
			b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		} else {
			b = append(b, '\\', c)
		}
	}
	return append(append(b, s[from:]...), '"')
}
