package tablefile

import (
	"bytes"
	"encoding/csv"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func TestGuard(t *testing.T) {
	for in, want := range map[string]string{
		"=1+1": "'=1+1", "+1+1": "'+1+1", "@SUM": "'@SUM", "-cmd": "'-cmd", "|x": "'|x", "\t=1": "'\t=1", "\rx": "'\rx", "\nx": "'\nx",
		" =1": "' =1", "\u00a0=1": "'\u00a0=1",
		"\u200b=1": "'\u200b=1", "\ufeff=1": "'\ufeff=1", "＝1": "'＝1", "＋1": "'＋1", "－1": "'－1", "＠x": "'＠x",
		"+44 20 7946 0000": "'+44 20 7946 0000", "-": "'-",
		"-5": "-5", "-5.5": "-5.5", "-1e-05": "-1e-05", "-5-5": "'-5-5", "plain": "plain", "": "", "2=3": "2=3", "'tis": "'tis",
		"'=1": "''=1", "''- hm": "'''- hm", " ": " ",
	} {
		if got := Guard(in); got != want {
			t.Errorf("Guard(%q) = %q, want %q", in, got, want)
		}
		if got := Unguard(Guard(in)); got != in {
			t.Errorf("Unguard(Guard(%q)) = %q", in, got)
		}
	}
	for in, want := range map[string]string{"'=1": "=1", "'- Comment": "- Comment", "'-7b": "-7b", "'tis": "'tis", "'-5": "'-5",
		"": "", "'": "'", "- x": "- x"} {
		if got := Unguard(in); got != want {
			t.Errorf("Unguard(%q) = %q, want %q", in, got, want)
		}
	}
}

// FuzzGuard: what is guarded comes back, and never starts like a formula.
func FuzzGuard(f *testing.F) {
	for _, s := range []string{"=1", "'=1", "''", " -", "-5", "\u200b＠"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		g := Guard(s)
		if Unguard(g) != s {
			t.Fatalf("Guard(%q) = %q, which comes back as %q", s, g, Unguard(g))
		}
		if g != "" && strings.ContainsAny(g[:1], "=+@\t\r\n") {
			t.Fatalf("Guard(%q) = %q starts like a formula", s, g)
		}
	})
}

func TestWriter(t *testing.T) {
	var b bytes.Buffer
	w := NewWriter(&b, true)
	for _, row := range [][]string{{"a", "=b"}, {"ŷ, x", ""}} {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if want := "\ufeffa,'=b\r\n\"ŷ, x\",\r\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

func TestLook(t *testing.T) {
	for in, want := range map[string]Lead{
		"a,b\n1,2\n":             {},
		"\ufeffa,b\n":            {Marked: true, Skip: 3},
		"\ufeffsep=;\r\na;b\r\n": {Marked: true, Sep: ';', Skip: 10},
		"SEP=\t\na\tb\n":         {Sep: '\t', Skip: 6},
		"\"sep=,\"\r\na\n":       {Sep: ',', Skip: 9},
		"sep=;\ra;b\r":           {Sep: ';', Skip: 6, CR: true},
		"a,b\r1,2\r":             {CR: true},
		"\"a\rb\",c\n1,2\n":      {},
		"\"a\nb\",c\r1,2\r":      {CR: true},
		"separate;b\n":           {},
		"sep=x\n":                {},
		"":                       {},
	} {
		got, err := Look([]byte(in))
		if err != nil || got != want {
			t.Errorf("Look(%q) = %+v %v, want %+v", in, got, err, want)
		}
	}
	for in, says := range map[string]string{"PK\x03\x04": "workbook", "\xff\xfea\x00": "UTF-16", "\xfe\xff\x00a": "UTF-16",
		"\xd0\xcf\x11\xe0\xa1": "old spreadsheet"} {
		if _, err := Look([]byte(in)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("Look(%q): %v, want %q", in, err, says)
		}
	}
}

func TestLines(t *testing.T) {
	const in = "a,b\r1,\"x\ry\"\r\n3,4\r"
	for name, r := range map[string]io.Reader{"whole": strings.NewReader(in),
		"byte by byte": iotest.OneByteReader(strings.NewReader(in)), "with the end": iotest.DataErrReader(strings.NewReader(in))} {
		rows, err := csv.NewReader(Lines(r)).ReadAll()
		if err != nil {
			t.Fatal(name, err)
		}
		if diff := cmp.Diff([][]string{{"a", "b"}, {"1", "x\ny"}, {"3", "4"}}, rows); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestOneColumn(t *testing.T) {
	for header, want := range map[string]rune{"ID;When;R": ';', "ID\tWhen": '\t', "ID|a;b|c": '|', "ID": 0} {
		if got := OneColumn([]string{header}, ','); got != want {
			t.Errorf("OneColumn(%q) = %q, want %q", header, got, want)
		}
	}
	if OneColumn([]string{"a", "b;c;d"}, ',') != 0 {
		t.Error("a header of two columns was read as one")
	}
}
