package exporting

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// An export is asked for, listed, made, fetched, over after its time, and deleted; each step is refused when it is not its turn.
func TestTheLifeOfAnExport(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx, now := t.Context(), time.Now()
	f.store.Now = func() time.Time { return now }
	is := func(err, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Fatalf("got %v, want %v", err, want)
		}
	}
	for hour := range 3 {
		f.answer(0, uuid.NewString(), fmt.Sprintf("2026-07-0%d 09:00Z", hour+1), `{"rating": "5"}`, "", "")
	}
	_, err := f.store.Ask(ctx, f.by, New{Survey: f.surveys[0], Format: "docx"})
	is(err, ErrFormat)
	id, err := f.store.Ask(ctx, f.by, New{Survey: f.surveys[0], Format: "csv", From: "2026-07-02", To: "2026-07-02"})
	is(err, nil)
	_, _, err = f.store.Fetch(ctx, f.by, id)
	is(err, ErrGone) // not made yet
	payload, err := json.Marshal(map[string]int64{"export": id})
	is(err, nil)
	is(f.store.Run(ctx, f.by.Org, payload), nil)
	is(f.store.Run(ctx, f.by.Org, []byte(`{"export": 999}`)), nil) // deleted while it waited
	if err := f.store.Run(ctx, f.by.Org, []byte(`{`)); err == nil {
		t.Error("a job without a payload was done")
	}
	list, err := f.store.Exports(ctx, f.by.Org)
	is(err, nil)
	if len(list) != 1 || list[0].ID != id || list[0].State != "finished" || list[0].Rows != 1 || list[0].From != "2026-07-02" ||
		list[0].Slug != "one" {
		t.Errorf("listed: %+v", list)
	}
	e, send, err := f.store.Fetch(ctx, f.by, id)
	is(err, nil)
	var file bytes.Buffer
	is(send(&file), nil)
	if int64(file.Len()) != e.Bytes || strings.Count(file.String(), "2026-07-02 10:00") != 1 || strings.Contains(file.String(), "2026-07-01") {
		t.Errorf("%d bytes of %d:\n%s", file.Len(), e.Bytes, file.String())
	}
	now = now.Add(Life + time.Minute)
	_, _, err = f.store.Fetch(ctx, f.by, id)
	is(err, ErrGone)
	for _, want := range []int{1, 0} {
		if n, err := f.store.Expire(ctx, f.by.Org); n != want || err != nil {
			t.Errorf("%d files were over, want %d: %v", n, want, err)
		}
	}
	is(send(&file), ErrGone) // a download that had begun ends where the parts are gone
	is(f.store.Delete(ctx, f.by, id), nil)
	is(f.store.Delete(ctx, f.by, id), ErrMissing)
	if list, err = f.store.Exports(ctx, f.by.Org); len(list) != 0 || err != nil {
		t.Errorf("a deleted export is listed: %+v, %v", list, err)
	}
	for range mostWaiting {
		_, err = f.store.Ask(ctx, f.by, New{Survey: f.surveys[0], Format: "xlsx"})
		is(err, nil)
	}
	_, err = f.store.Ask(ctx, f.by, New{Survey: f.surveys[0], Format: "xlsx"})
	is(err, ErrTooMany)
}

// An export that cannot be made says why to whoever asked, and what was tried again leaves nothing of the first attempt.
func TestAnExportThatFailsSaysSo(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := t.Context()
	f.answer(0, uuid.NewString(), "2026-07-01 09:00Z", `{"rating": "5"}`, "", "")
	id, err := f.store.Ask(ctx, f.by, New{Survey: f.surveys[0], Format: "csv"})
	f.check(err)
	payload := fmt.Appendf(nil, `{"export": %d}`, id)
	_, err = f.db.Owner().Exec(`UPDATE exports SET format = 'old' WHERE id = $1`, id)
	f.check(err)
	if err := f.store.Run(ctx, f.by.Org, payload); !errors.Is(err, ErrFormat) {
		t.Fatalf("a format of another version: %v", err)
	}
	e, err := f.store.Export(ctx, f.by.Org, id)
	f.check(err)
	if e.State != "failed" || !strings.Contains(e.Problem, "could not be made") {
		t.Errorf("%s: %s", e.State, e.Problem)
	}
	_, err = f.db.Owner().Exec(`UPDATE exports SET format = 'xlsx' WHERE id = $1`, id)
	f.check(err)
	f.check(f.store.Run(ctx, f.by.Org, payload))
	var attempts int
	f.check(f.db.Owner().Get(&attempts, `SELECT count(DISTINCT attempt) FROM export_chunks WHERE export_id = $1`, id))
	if e, err = f.store.Export(ctx, f.by.Org, id); err != nil || e.State != "finished" || e.Problem != "" || e.Attempt != 2 || attempts != 1 {
		t.Errorf("tried again: %+v, parts of %d attempts, %v", e, attempts, err)
	}
	if rowsIn(1) == rowsIn(2) {
		t.Error("one row is counted as several")
	}
}
