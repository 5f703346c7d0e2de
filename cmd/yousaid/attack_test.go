package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yousaid/analytics/attack"
	"yousaid/surveys/tablefile"
)

// A published file is attacked at the keyboard, without a database: the last line sums the result up, and the exit code is for scripts.
func TestAttack(t *testing.T) {
	t.Parallel()
	k := &keyboard{t: t, dir: t.TempDir()}
	const header = "Channel,Code of channel,Number of answers,Good (number),Poor (number),Mean score\n"
	safe := k.file("safe.csv", header+
		"Web,web,40,30,10,1.8\nPost,post,[c],[c],[c],[c]\nTelephone,telephone,[c],[c],[c],[c]\nAll,(all),52,36,16,1.7\n")
	k.does("attack " + safe).says("0 exactly disclosed, 0 unknown, 2 cells\n")
	if out := k.does("attack " + safe + " --exact").ok(); !strings.Contains(out, "post: open, 0 to 12\n") {
		t.Errorf("both ends: %s", out)
	}
	if out := k.does("attack " + safe + " --known post=1").code; out != exitFailed {
		t.Errorf("somebody who knows the other group: exit code %d", out)
	}
	if out := k.does("attack " + safe + " --threshold 13").ok(); !strings.Contains(out,
		"post: interval too narrow, 0 to 12: it cannot be 13\n") {
		t.Errorf("a higher threshold: %s", out)
	}

	lone := k.file("lone.csv", header+"Web,web,40,30,10,1.8\nPost,post,[c],[c],[c],[c]\nAll,(all),43,31,12,1.7\n")
	r := k.does("attack " + lone)
	if r.code != exitFailed || !strings.HasSuffix(r.out, "post: exactly disclosed, 3: it follows by subtraction from what is "+
		"printed\n1 exactly disclosed, 0 unknown, 1 cell\n") ||
		r.errs != "yousaid: 1 hidden number can be worked out from what is printed: hide more, and publish that instead\n" {
		t.Errorf("a lone hidden group: %+v", r)
	}
	bare := k.file("bare.csv", header+
		"Web,web,10,[c],[c],1.9\nPost,post,[c],[c],[c],[c]\nTelephone,telephone,[c],[c],[c],[c]\nAll,(all),22,16,6,1.7\n")
	if r := k.does("attack " + bare + " --deeper"); r.code != exitDone || !strings.Contains(r.errs, "Give the scores to use them") {
		t.Errorf("means without scores: %+v", r)
	}
	if r := k.does("attack " + bare + " --deeper --scores 2,1"); r.code != exitFailed || !strings.Contains(r.out,
		"web: Good: exactly disclosed, 9: ") {
		t.Errorf("means with scores: %+v", r)
	}
	wrong := k.file("wrong.csv", header+"Web,web,40,30,10,1.8\nAll,(all),39,29,10,1.7\n")
	if r := k.does("attack " + wrong); r.code != exitFailed || !strings.Contains(r.errs, "no table agrees with all printed figures") {
		t.Errorf("figures that cannot be: %+v", r)
	}

	// A table that hides nothing was not checked, and one that prints small numbers as they are is not protected: neither is "0
	// exactly disclosed" and done.
	plain := k.file("plain.csv", header+"Web,web,40,30,10,1.8\nPost,post,12,6,6,1.5\nAll,(all),52,36,16,1.7\n")
	r = k.does("attack " + plain)
	if r.code != exitFailed || !strings.HasSuffix(r.out,
		"not checked: it hides no number\n0 exactly disclosed, 0 unknown, 0 cells\n") || !strings.Contains(r.errs,
		"nothing was checked: no number is hidden or rounded") {
		t.Errorf("a table that hides nothing: %+v", r)
	}
	if r := k.does("attack --together " + plain + " " + plain); r.code != exitFailed || !strings.Contains(r.errs, "nothing was checked") {
		t.Errorf("two tables that hide nothing: %+v", r)
	}
	if r := k.does("attack " + safe + " " + plain); r.code != exitFailed || !strings.Contains(r.errs, "1 of 2 tables were not checked") {
		t.Errorf("one that hides something, and one that does not: %+v", r)
	}
	if r := k.does("attack --together " + safe + " " + plain); r.code != exitFailed || strings.Contains(r.out, "not checked") ||
		!strings.HasSuffix(r.out, "2 exactly disclosed, 0 unknown, 2 cells\n") {
		t.Errorf("what one prints is used against the other: %+v", r)
	}
	small := k.file("small.csv", header+"Web,web,40,30,10,1.8\nPost,post,3,2,1,1.7\nAll,(all),43,32,11,1.7\n")
	if r := k.does("attack " + small); r.code != exitFailed || !strings.Contains(r.out,
		"post: printed, 3: it is from 1 to 4 and is not hidden\n") || !strings.Contains(r.errs, "this is no protected table") {
		t.Errorf("a small number printed as it is: %+v", r)
	}
	if r := k.does("attack " + plain + " --threshold 13"); r.code != exitFailed || !strings.Contains(r.errs,
		"1 numbers from 1 to 12 are printed as they are") {
		t.Errorf("a number below a higher threshold: %+v", r)
	}

	// Two tables of so many groups that nobody can search them together: that is said once, and not that it needs time.
	many := func(id string) string {
		var rows strings.Builder
		for i := range 600 {
			fmt.Fprintf(&rows, "%d,%s%d,[c],[c],[c],[c]\n", i, id, i)
		}
		return k.file(id+".csv", strings.ReplaceAll(header, "hannel", id)+rows.String()+"All,(all),5000,4000,1000,1.8\n")
	}
	if r := k.does("attack --together " + many("a") + " " + many("b")); r.code != exitFailed || strings.Count(r.out, "\n") != 3 ||
		!strings.HasSuffix(r.out, "0 exactly disclosed, 1200 unknown, 1200 cells\n") ||
		!strings.Contains(r.errs, "attack fewer files together") {
		t.Errorf("more than can be searched: %.300s, %s", r.out, r.errs)
	}

	k.does("attack").fails(exitUsage, "FILE")
	k.does("attack nofile.csv").fails(exitFailed, "there is no file or folder nofile.csv")
	k.does("attack "+k.dir).fails(exitFailed, "is a folder")
	k.does("attack "+k.file("words.csv", "a,b\n1,2\n")).fails(exitFailed, "words.csv, line 1", "give the file of a published table")
	k.does("attack "+safe+" --scores good,poor").fails(exitUsage, "one score for each answer")
	k.does("attack "+safe+" --scores 3,2,1").fails(exitFailed, "has 2 answers")
	k.does("attack "+safe+" --satisfied 3").fails(exitFailed, "has 2 answers")
	k.does("attack "+safe+" --known post").fails(exitUsage, "--known web,waste=1")
	k.does("attack "+safe+" --known post=few").fails(exitUsage, "whole number")
	k.does("attack "+safe+" --threshold 0").fails(exitUsage, "at least 1")
	k.does("attack "+safe+" --seconds long").fails(exitUsage, "--seconds needs a whole number")
}

// What our own files look like is what the attacker reads: the same table from each format.
func TestTheAttackerReadsOurFiles(t *testing.T) {
	t.Parallel()
	columns := []tablefile.Column{
		{Header: "Service", Kind: tablefile.TextColumn}, {Header: "Code of service", Kind: tablefile.CodeColumn},
		{Header: "Part of (service)", Kind: tablefile.CodeColumn},
		{Header: "Number of answers", Kind: tablefile.CountColumn, Notes: []int{1}},
		{Header: "Good", Unit: "number", Kind: tablefile.CountColumn}, {Header: "Poor", Unit: "number", Kind: tablefile.CountColumn},
		{Header: "Mean score", Kind: tablefile.MeanColumn}, {Header: "Satisfied", Unit: "percent", Kind: tablefile.PercentColumn},
		{Header: "Reliability", Kind: tablefile.TextColumn},
	}
	text, hidden := tablefile.Text, tablefile.Short(tablefile.Confidential)
	row := func(label, code, part string, figures ...tablefile.Cell) []tablefile.Cell {
		return append(append([]tablefile.Cell{text(label), text(code), text(part)}, figures...), text("no remark"))
	}
	number := tablefile.Number
	book := tablefile.Book{
		Title: "How satisfied are you: by service", Organisation: "Riverton Council", Period: "March 2026", Published: time.Now(),
		Source: "Answers.", Contact: "Ask.", Notes: []string{"A note."},
		Tables: []tablefile.Sheet{{Name: "rating_by_service", Title: "How satisfied", Intro: []string{"Small groups are hidden."},
			Columns: columns, Rows: [][]tablefile.Cell{
				row("=Waste, and more", "waste", "place", number(1200), number(1000), number(200), number(1.8), number(83.3)),
				row("Gardens", "garden", "place", hidden, hidden, hidden, hidden, hidden),
				row("Parks", "parks", "place", hidden, hidden, hidden, hidden, hidden),
				row("Place", "place", "(all)", number(1220), hidden, hidden, number(1.8), number(82.8)),
				row("No answer", "(no answer)", "(all)", number(9), number(4), number(5), number(1.4), number(44.4)),
				row("All", "(all)", "(all)", number(1229), hidden, hidden, number(1.8), number(82.5)),
			}}},
	}
	var first *attack.Table
	for _, name := range []string{"csv", "xlsx", "html"} {
		var file bytes.Buffer
		format, _ := tablefile.Named(name, tablefile.Format.HoldsTables)
		if err := format.Table(&file, book); err != nil {
			t.Fatal(err)
		}
		tables, err := attack.Read("figures."+name, file.Bytes())
		if err != nil || len(tables) != 1 || len(tables[0].Rows) != 6 || len(tables[0].Answers) != 2 ||
			tables[0].Dimensions[0].Nodes[0].Label != "=Waste, and more" {
			t.Errorf("%s: %v, %+v", name, err, tables)
			continue
		}
		tables[0].Name = ""
		if first == nil {
			first = &tables[0]
		} else if diff := cmp.Diff(*first, tables[0]); diff != "" {
			t.Errorf("%s: (-csv +%s)\n%s", name, name, diff)
		}
		if r := attack.Attack(tables, attack.Options{Exact: true}); r.String() != "0 exactly disclosed, 0 unknown, 2 cells" ||
			r.Findings[0].High != 20 {
			t.Errorf("%s: %s %+v", name, r, r.Findings)
		}
	}
}
