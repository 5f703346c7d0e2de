package site_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"yousaid/analytics/figures"
	"yousaid/analytics/tables"
	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/surveys/permission"
	"yousaid/surveys/tablefile"
	"yousaid/surveys/tenant"
)

// addresses lists everything that staff can open or download of a survey, split and filtered in every way that a form offers and in
// some that it does not.
func addresses(s *sitetest.Site, survey string) (list []string) {
	s.T.Helper()
	offer, err := s.Analytics.Offer(s.T.Context(), s.By(), []string{survey})
	if err != nil {
		s.T.Fatal(err)
	}
	dimensions := []string{"", "gender_identity", "llti", "age_band", "ethnic_group_single", "equality_id"}
	for _, c := range append(offer.Dimensions, offer.Characteristics...) {
		dimensions = append(dimensions, c.Code)
	}
	var queries []string
	for _, d := range dimensions {
		q := "?survey=" + survey + "&by=" + d
		queries = append(queries, q, q+"&channel=web", q+"&measure=reason&service=waste")
	}
	queries = append(queries, "", "?survey=all&check=1", "?survey="+survey+"&words=zebra&rating=1",
		"?survey="+survey+"&measure=comment", "?survey="+survey+"&by=channel&and=sex", "?survey="+survey+"&by=sex&and=age",
		"?survey="+survey+"&measure=sex", "?survey="+survey+"&measure=ethnic_group_single&by=channel")
	for _, r := range s.Server.Routes() {
		if r.Method != http.MethodGet || !strings.HasPrefix(r.Path, "/staff") || r.Permission == permission.Public {
			continue
		}
		if before, file := strings.CutSuffix(r.Path, ":format"); file {
			for n, f := range tablefile.Formats(tablefile.Format.HoldsTables) {
				for i, q := range queries {
					if n == 0 || (n+i)%3 == 0 { // the first for all; of each other, one of a dimension's three
						list = append(list, before+f.Name+q)
					}
				}
			}
			continue
		}
		for _, q := range queries {
			if r.Path == "/staff/results" && strings.Contains(q, "&channel=web") {
				continue // it asks six tables each time; its files are asked for all
			}
			list = append(list, r.Path+q)
			if !strings.Contains(r.Path, "results") && !strings.Contains(r.Path, "equality") && !strings.Contains(r.Path, "comments") {
				break // these ask nothing
			}
		}
	}
	return append(list, "/staff/audit?check=1")
}

// bytesOf is everything that an answer holds, the parts of a workbook unpacked.
func bytesOf(t *testing.T, a *sitetest.Answer) string {
	t.Helper()
	if !strings.HasPrefix(a.Text, "PK") {
		return a.Text
	}
	z, err := zip.NewReader(strings.NewReader(a.Text), int64(len(a.Text)))
	if err != nil {
		t.Fatal(err)
	}
	all := a.Text
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		part, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Close()
		all += string(part)
	}
	return all
}

// DATA.md, rule 4: no page or file holds a row with an equality answer. One person among many has a rare answer and says something
// rare; whoever asks for whatever there is finds the two nowhere together, and the rare answer only as the name of a hidden line in
// a protected table.
func TestNobodyIsFoundByARareAnswer(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	link := s.Link("web")
	for i := range 26 {
		sex := []string{"female", "male"}[i%2]
		s.Send(link, sitetest.Feedback{Rating: fmt.Sprint(1 + i%5), Reasons: url.Values{},
			About: url.Values{"sex": {sex}, "age_band": {"35_44"}, "ethnic_group_single": {"white_british"}}})
	}
	const (
		rare       = "asian_bangladeshi"
		rareInWord = "Bangladeshi"
		said       = "quagga at the library"
	)
	s.Send(link, sitetest.Feedback{Rating: "1", Reasons: url.Values{"comment": {"I met a " + said}},
		About: url.Values{"ethnic_group_single": {rare}, "sex": {"pns"}}})
	s.LastMonth()
	var ids []string
	if err := s.Database.Owner().Select(&ids, `SELECT id::text FROM responses UNION ALL SELECT id::text FROM equality_answers`); err != nil {
		t.Fatal(err)
	}
	if len(ids) != 54 {
		t.Fatalf("%d rows, want 27 responses and their equality answers", len(ids))
	}
	// the officer of repairs has nothing to read about waste
	reads := map[string]bool{"service": false, "consultation": true, "administrator": true}
	found := map[string]int{}
	list := addresses(s, "customer-satisfaction")
	for _, role := range append([]string{""}, tenant.Roles...) {
		cookie := ""
		if role != "" {
			cookie = s.SignIn(s.Person(role))
		}
		for i, address := range list {
			if role == "" && i%10 != 0 {
				continue // signed out there is nothing but the way to the sign-in
			}
			a := s.Get(address, "Cookie", cookie)
			if a.StatusCode >= 500 {
				t.Fatalf("%s as %q answers %d", address, role, a.StatusCode)
			}
			text := bytesOf(t, a)
			comment := strings.Contains(text, said)
			answer := strings.Contains(text, rare) || strings.Contains(text, rareInWord)
			protected := strings.HasPrefix(address, "/staff/equality") && a.StatusCode == http.StatusOK
			if comment && !reads[role] {
				t.Errorf("%s as %q shows the comment", address, role)
			}
			if comment && answer {
				t.Errorf("%s as %q shows the comment beside the rare answer", address, role)
			}
			if answer && !protected {
				t.Errorf("%s as %q names the rare answer", address, role)
			}
			for _, id := range ids {
				if strings.Contains(text, id) {
					t.Errorf("%s as %q names a row: %s", address, role, id)
				}
			}
			if comment {
				found["comment"]++
			}
			if answer {
				found["answer"]++
				hiddenLine(t, a, address, rareInWord)
			}
		}
	}
	// The customer's own pages do not give it back either.
	last := s.Send(link, sitetest.Feedback{Rating: "1", Reasons: url.Values{}, About: url.Values{"ethnic_group_single": {rare}}})
	for _, page := range []string{"1", "2", "3", "thanks"} {
		s.Get(last[:strings.LastIndex(last, "/")+1]+page).Hides("checked", rare)
	}
	if found["comment"] < 10 || found["answer"] < 10 {
		t.Errorf("the walk met the comment %d times and the rare answer %d times: it does not look where it should", found["comment"],
			found["answer"])
	}
	t.Logf("%d addresses as %d roles", len(list), len(tenant.Roles)+1)
}

// hiddenLine holds that the line of a small group has no figure, wherever it stands.
func hiddenLine(t *testing.T, a *sitetest.Answer, address, line string) {
	t.Helper()
	var table sitetest.Table
	switch {
	case strings.Contains(address, ".csv"):
		table = a.CSV()
	case strings.Contains(address, ".xlsx"):
		table = a.Workbook("Ethnic")
	case strings.Contains(address, ".html"):
		table = tableIn(a.Text, "tr", "t[hd]")
	case strings.Contains(address, ".docx"):
		table = tableIn(bytesOf(t, a), "w:tr", "w:tc")
	default:
		table = a.Table("table")
	}
	for _, row := range table {
		if row[0] != line {
			continue
		}
		for _, cell := range row[1:] {
			if cell != "[c]" && strings.ContainsAny(cell, "0123456789") {
				t.Errorf("%s shows %q of a group of one", address, row)
			}
		}
		return
	}
	t.Errorf("%s names %s and has no line of it:\n%v", address, line, table)
}

// tableIn reads the rows of marked-up text by the names of their elements.
func tableIn(text, row, cell string) (table sitetest.Table) {
	element := func(name string) *regexp.Regexp {
		return regexp.MustCompile(`(?s)<` + name + `(?: [^>]*)?>(.*?)</` + name + `>`)
	}
	for _, r := range element(row).FindAllStringSubmatch(text, -1) {
		var cells []string
		for _, c := range element(cell).FindAllStringSubmatch(r[1], -1) {
			cells = append(cells, strings.TrimSpace(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(c[1], "")))
		}
		if len(cells) > 0 {
			table = append(table, cells)
		}
	}
	return table
}

// Programs read tables without equality rows, too.
func TestNoEqualityRowLeavesInTablesForPrograms(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	link := s.Link("web")
	for i := range 40 {
		s.Send(link, sitetest.Feedback{Rating: fmt.Sprint(1 + i%5), Reasons: url.Values{"comment": {"quagga"}},
			About: url.Values{"sex": {[]string{"female", "male"}[i%2]}}})
	}
	s.Send(link, sitetest.Feedback{Rating: "5", Reasons: url.Values{}, About: url.Values{"sex": {"pns"}}})
	s.LastMonth()
	for _, by := range []string{"sex", "age", "age_group", "ethnic_group", "ethnic_group_group", "disability", "channel", "month"} {
		for _, audience := range []figures.Audience{figures.Internal, figures.Public} {
			a, err := s.Analytics.Ask(t.Context(), s.By(),
				figures.Query{Surveys: []string{"customer-satisfaction"}, Measure: "rating", By: []string{by}, Audience: audience})
			if err != nil {
				t.Errorf("by %s for %s: %v", by, audience, err)
				continue
			}
			raw, err := json.Marshal(tables.Cells(a))
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(raw, []byte("quagga")) || bytes.Contains(raw, []byte(`"n":1,`)) {
				t.Errorf("by %s for %s: %s", by, audience, raw)
			}
			if by == "sex" && !bytes.Contains(raw, []byte(`"hidden":true`)) {
				t.Errorf("the group of one is not hidden: %s", raw)
			}
		}
	}
}
