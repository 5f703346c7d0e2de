package site_test

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"yousaid/cmd/yousaid/site/sitetest"
)

// Nobody can scroll a sheet of paper: on A4 every table of the report and of the workspace stands whole.
func TestEqualityTablesFitOnASheet(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Fill(1500)
	report := owed("/staff/equality/report?survey=customer-satisfaction")(nil, s)
	const sheet = 718 // pixels between the margins of A4
	w := s.Browse(sheet, s.SignIn(s.Person("equality")))
	if _, err := chromedp.Call(w.Context, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{report, "/staff/equality?survey=customer-satisfaction&by=age&and=channel&subtotals=yes",
		"/staff/equality?survey=customer-satisfaction&by=ethnic_group"} {
		w.Open(page)
		if n := sitetest.Ask[int](w, `document.querySelectorAll('.site-scroll table').length`); n == 0 {
			t.Errorf("%s prints no table", page)
		}
		if wide := sitetest.Ask[string](w,
			`[...document.querySelectorAll('.site-scroll')]
				.filter(e => e.scrollWidth > e.clientWidth + 2).map(e => e.getAttribute('aria-label')).join('; ')`); wide != "" {
			t.Errorf("%s: wider than the sheet are: %s", page, wide)
		}
	}
}
