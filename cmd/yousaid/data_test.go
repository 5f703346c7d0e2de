package main

import (
	"bytes"
	"net/url"
	"os"
	"strings"
	"testing"
)

// A command that could not begin makes no database; one that works says which data it uses, without a password.
func TestCommandsSayWhichData(t *testing.T) {
	t.Parallel()
	dir := shortDir(t) + "/mistyped"
	for _, command := range []string{
		"organisation add x --name X", "organisation list", "user list --organisation x", "catalogue export --organisation x",
		"survey export x --organisation x",
		"responses imports --organisation x", "migrate status", "migrate up",
	} {
		var out, errs bytes.Buffer
		if code := Run(t.Context(), append(words(command), "--data", dir), strings.NewReader(""), &out, &errs); code != exitFailed ||
			out.Len() > 0 || !strings.Contains(errs.String(), "no database in the data folder "+dir) {
			t.Errorf("yousaid %s: exit code %d, %q, %q", command, code, &out, &errs)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Fatalf("yousaid %s made the folder", command)
		}
	}
	k := newKeyboard(t)
	for i, one := range k.args {
		if address, err := url.Parse(one); err == nil && address.User != nil {
			k.args[i] = strings.Replace(one, address.User.String()+"@", address.User.Username()+":a-secret@", 1)
		}
	}
	for _, command := range []string{"organisation list", "organisation add x --name X", "migrate status", "migrate up"} {
		var out, errs bytes.Buffer
		if code := Run(t.Context(), append(words(command), k.args...), nil, &out, &errs); code != exitDone {
			t.Errorf("yousaid %s: exit code %d, %s", command, code, &errs)
		}
		if line, _, _ := strings.Cut(errs.String(), "\n"); !strings.HasPrefix(line, "Data: database ") || strings.Contains(errs.String(),
			"secret") {
			t.Errorf("yousaid %s says %q", command, &errs)
		}
	}
}

func TestWhereTheDataIs(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]Config{
		"folder /var/lib/yousaid/data":           {Data: "/var/lib/yousaid/data"},
		"database y at db.example:5432":          {Data: "./data", DatabaseURL: "postgres://app:secret@db.example:5432/y?sslmode=require"},
		"database my base at /run/postgresql":    {DatabaseOwnerURL: "host=/run/postgresql user=u password='a b' dbname='my base'"},
		"database tabulated at tabulate.example": {DatabaseTabulateURL: "postgres://t:secret@tabulate.example/tabulated"},
	} {
		if got := c.where(); got != want {
			t.Errorf("%+v is %q, want %q", c, got, want)
		}
	}
}

func TestNearestName(t *testing.T) {
	t.Parallel()
	names := []string{"housing-repairs", "household-waste", "bins", "council-tax"}
	for wanted, want := range map[string]string{
		"housing-repair": " (did you mean housing-repairs?)", "Housing-Repairs": " (did you mean housing-repairs?)",
		"housing": " (did you mean housing-repairs?)",
		"repairs": " (did you mean housing-repairs?)", "bin": " (did you mean bins?)", "parking": "", "x": "", "": "", "bins": "",
		strings.Repeat("y", 500): "",
	} {
		if got := nearest(wanted, names); got != want {
			t.Errorf("%q is like %q, want %q", wanted, got, want)
		}
	}
}
