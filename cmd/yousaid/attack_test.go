package main

import (
	"strings"
	"testing"
)

// A published file is attacked at the keyboard, without a database: the last line says what came of it, and the exit code whether to go on.
func TestAttack(t *testing.T) {
	t.Parallel()
	k := &keyboard{t: t, dir: t.TempDir()}
	const header = "Channel,Code of channel,Number of answers,Good (number),Poor (number),Mean score\n"
	safe := k.file("safe.csv", header+"Web,web,40,30,10,1.8\nPost,post,[c],[c],[c],[c]\nTelephone,telephone,[c],[c],[c],[c]\nAll,(all),52,36,16,1.7\n")
	k.does("attack " + safe).says("0 pinned, 0 unknown, 2 cells\n")
	if out := k.does("attack " + safe + " --exact").ok(); !strings.Contains(out, "post: open, 0 to 12\n") {
		t.Errorf("both ends: %s", out)
	}
	if out := k.does("attack " + safe + " --known post=1").code; out != exitFailed {
		t.Errorf("somebody who knows the other group: exit code %d", out)
	}
	if out := k.does("attack " + safe + " --threshold 13").ok(); !strings.Contains(out, "post: narrow, 0 to 12: it cannot be 13\n") {
		t.Errorf("a higher threshold: %s", out)
	}

	lone := k.file("lone.csv", header+"Web,web,40,30,10,1.8\nPost,post,[c],[c],[c],[c]\nAll,(all),43,31,12,1.7\n")
	r := k.does("attack " + lone)
	if r.code != exitFailed || !strings.HasSuffix(r.out, "post: pinned, 3: it follows by subtraction from what is printed\n1 pinned, 0 unknown, 1 cells\n") ||
		r.errs != "yousaid: 1 hidden numbers can be worked out from what is printed: hide more, and publish that instead\n" {
		t.Errorf("a lone hidden group: %+v", r)
	}
	bare := k.file("bare.csv", header+"Web,web,10,[c],[c],1.9\nPost,post,[c],[c],[c],[c]\nTelephone,telephone,[c],[c],[c],[c]\nAll,(all),22,16,6,1.7\n")
	if r := k.does("attack " + bare + " --deeper"); r.code != exitDone || !strings.Contains(r.errs, "Give the scores to use them") {
		t.Errorf("means without scores: %+v", r)
	}
	if r := k.does("attack " + bare + " --deeper --scores 2,1"); r.code != exitFailed || !strings.Contains(r.out, "web: Good: pinned, 9: ") {
		t.Errorf("means with scores: %+v", r)
	}
	wrong := k.file("wrong.csv", header+"Web,web,40,30,10,1.8\nAll,(all),39,29,10,1.7\n")
	if r := k.does("attack " + wrong); r.code != exitFailed || !strings.Contains(r.errs, "no table agrees with all printed figures") {
		t.Errorf("figures that cannot be: %+v", r)
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
