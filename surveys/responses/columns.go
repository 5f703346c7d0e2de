package responses

import (
	"strings"
	"time"
)

func (w *waiting) answers() string {
	if w.Answers == "" {
		return "{}"
	}
	return w.Answers
}

func (w *waiting) state() string {
	if w.Last {
		return "finished"
	}
	return "started"
}

// receipt is the hash of the code on the thanks page: known once the form is finished.
func (w *waiting) receipt(keys *Signer) []byte {
	if !w.Last {
		return nil
	}
	return ReceiptHash(keys.Receipt(w.Response))
}

// patch is the page's answers as a JSON object in which every question of the page stands: those left blank as null. Where a key stands twice, jsonb
// keeps the last.
func (w *waiting) patch(b []byte) []byte {
	answers := w.answers()
	b = append(b, '{')
	for _, code := range w.Codes {
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), code...), `":null`...)
	}
	if len(b) > 1 && answers != "{}" {
		b = append(b, ',')
	}
	return append(b, answers[1:]...)
}

// blanks tells whether a question of the page was left blank. Codes hold no quotes, so each answer shows as one `":`.
func (w *waiting) blanks() bool { return strings.Count(w.answers(), `":`) < len(w.Codes) }

// columns are submissions as arrays, one for each column.
type columns struct {
	ids, links, versions, languages, hours, answers, states, receipts, equalities, places, firsts array
	said                                                                                          words
	today                                                                                         string
}

// arrays makes the columns of some submissions of a batch. starting says whether first pages may start a response.
func (l *line) arrays(batch []*waiting, which []int, starting bool) columns {
	n := len(which)
	x := columns{
		newArray(n, 37), newArray(n, 12), newArray(n, 12), newArray(n, 6), newArray(n, 24), newArray(n, 64), newArray(n, 11), newArray(n, 6),
		newArray(n, 37), newArray(n, 10), newArray(n, 6), newWords(), l.c.opts.Now().In(l.zone).Format(time.DateOnly),
	}
	var patch []byte
	for _, i := range which {
		w := batch[i]
		first := w.First && starting
		x.ids.uuid(w.Response)
		x.links.int(w.Link)
		x.versions.int(w.Version)
		x.languages.text(w.Language)
		x.hours.text(w.hour.Format(time.RFC3339))
		if first {
			x.answers.text(w.answers())
		} else {
			patch = w.patch(patch[:0])
			x.answers.text(string(patch))
		}
		x.states.text(w.state())
		x.receipts.bytea(w.receipt(l.c.keys))
		x.equalities.optional(w.equality, w.asked())
		x.places.int(int64(i) + 1)
		x.firsts.bool(first)
		if starting {
			x.said.add(w)
		}
	}
	return x
}

// words are the comments of a batch, as arrays.
type words struct{ ids, codes, texts, ends array }

func newWords() words { return words{newArray(0, 0), newArray(0, 0), newArray(0, 0), newArray(0, 0)} }

func (x *words) add(w *waiting) {
	for _, c := range w.Comments {
		if c.Text == "" {
			continue
		}
		x.ids.uuid(w.Response)
		x.codes.text(c.Question)
		x.texts.text(c.Text)
		x.ends.text(w.hour.Add(CommentLife).Format(time.DateOnly))
	}
}
