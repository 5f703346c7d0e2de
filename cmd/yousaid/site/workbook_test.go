package site_test

import (
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"yousaid/cmd/yousaid/site/sitetest"
)

// office opens workbooks with LibreOffice, a reader that is not ours, and gives for each file its sheets as somebody reads them.
func office(t *testing.T, files map[string]string) map[string][][][]string {
	t.Helper()
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		if soffice, err = exec.LookPath("libreoffice"); err != nil {
			t.Fatal("no LibreOffice was found: run make test, which installs it")
		}
	}
	dir := t.TempDir()
	args := []string{"-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--headless",
		"--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1", "--outdir", dir}
	for name, content := range files {
		file := filepath.Join(dir, name+".xlsx")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	if out, err := exec.CommandContext(t.Context(), soffice, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	books := map[string][][][]string{}
	for name := range files {
		sheets, err := filepath.Glob(filepath.Join(dir, name+"-*.csv"))
		if err != nil || len(sheets) == 0 {
			t.Fatalf("LibreOffice could not open %s.xlsx: %v", name, err)
		}
		for _, sheet := range sheets {
			file, err := os.Open(sheet)
			if err != nil {
				t.Fatal(err)
			}
			r := csv.NewReader(file)
			r.FieldsPerRecord = -1
			rows, err := r.ReadAll()
			_ = file.Close()
			if err != nil {
				t.Fatalf("%s: %v", sheet, err)
			}
			books[name] = append(books[name], rows)
		}
	}
	return books
}

// What an officer downloads shows in LibreOffice what the page showed, and nothing where the page hides.
func TestTheDownloadedWorkbookIsTheTableOfThePage(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Fill(600)
	cookie := s.SignIn(s.Person("administrator"))
	const survey = "?survey=customer-satisfaction"
	books := []struct{ name, page, section, file, first string }{
		{"channel", "/staff/results" + survey, "all-channel", "/staff/results/table.xlsx" + survey + "&by=channel", "Channel"},
		{"month", "/staff/results" + survey, "all-month", "/staff/results/table.xlsx" + survey + "&by=month", "Month"},
		{"age", "/staff/equality" + survey + "&by=age", "table", "/staff/equality/table.xlsx" + survey + "&by=age", "Age"},
		{"ethnicity", "/staff/equality" + survey + "&by=ethnic_group", "table",
			"/staff/equality/table.xlsx" + survey + "&by=ethnic_group", "Ethnic"},
	}
	files := map[string]string{}
	for _, b := range books {
		files[b.name] = s.Get(b.file, "Cookie", cookie).Is(200).Text
	}
	opened := office(t, files)
	hidden, shown := 0, 0
	for _, b := range books {
		page := s.Get(b.page, "Cookie", cookie).Is(200).Table(b.section)
		var sheet sitetest.Table
		for _, rows := range opened[b.name] {
			if found := sitetest.From(rows, b.first); found != nil && len(found[0]) > 5 {
				sheet = found
			}
		}
		if sheet == nil {
			t.Errorf("%s: LibreOffice shows no table", b.name)
			continue
		}
		for _, line := range page[1:] {
			for heading, column := range map[string]string{"Answers": "Number of answers", "Mean score": "Mean score",
				"Satisfied": "Satisfied (percent)", "Very satisfied": "Very satisfied", "Very dissatisfied": "Very dissatisfied"} {
				want, got := page.Figure(line[0], heading), sheet.Figure(line[0], column)
				switch {
				case want == "[c]":
					hidden++
				case want != "":
					shown++
				}
				want = strings.TrimSuffix(want, " [u]") // the file has a column for it
				if got != want || got == "" {
					t.Errorf("%s, %s of %s: the page shows %q and LibreOffice %q", b.name, heading, line[0], want, got)
				}
			}
		}
		for _, row := range sheet[1:] {
			if len(row) > 2 && row[2] == "[c]" && strings.ContainsAny(strings.Join(row[2:], ""), "0123456789") {
				t.Errorf("%s: a line that is not shown has a figure: %v", b.name, row)
			}
		}
	}
	if hidden < 20 || shown < 100 {
		t.Errorf("%d hidden and %d shown cells were compared: too few to mean anything", hidden, shown)
	}
}
