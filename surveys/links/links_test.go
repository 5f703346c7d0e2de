package links

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"
	"golang.org/x/sync/errgroup"

	"yousaid/migrations/pgtest"
	"yousaid/surveys"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/surveystest"
	"yousaid/surveys/tenant"
)

// ledger keeps the actions that were recorded.
type ledger struct{ said []string }

func (l *ledger) Record(_ context.Context, _ *sqlx.Tx, _ tenant.Actor, action, object string, _, _ any) error {
	l.said = append(l.said, action+" "+object)
	return nil
}

// council is an organisation with a survey and two services.
type council struct {
	*Store
	db      *pgtest.DB
	surveys surveys.Store
	survey  int64
	by      tenant.Actor
	ledger  *ledger
	at      time.Time // what the clock says
}

func newCouncil(t *testing.T, db *pgtest.DB, slug, prefix string) *council {
	t.Helper()
	var org tenant.Org
	if err := db.Owner().Get(&org, `
		INSERT INTO organisations (slug, link_prefix, names)
		VALUES ($1, $2, '{"en": "Anytown Council", "cy": "Cyngor Unrhyw Dref"}')
		RETURNING id`, slug, prefix); err != nil {
		t.Fatal(err)
	}
	log := &ledger{}
	c := &council{db: db, by: tenant.CommandLine(org), ledger: log, at: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)}
	c.Store = &Store{DB: tenant.New(db.App()), Ledger: log, Now: func() time.Time { return c.at }}
	c.surveys = surveys.Store{DB: c.DB, Ledger: &ledger{}, Reviewer: surveystest.Unreviewed{}}
	places := catalogue.Store{DB: c.DB, Ledger: &ledger{}}
	if _, err := places.Import(t.Context(), c.by,
		strings.NewReader("directorate,service,slug,lgsl_id,parent\nPlace,Bins,bins,524,\nPlace,Roads,roads,557,\n")); err != nil {
		t.Fatal(err)
	}
	d, err := surveys.Template("customer-satisfaction")
	if err != nil {
		t.Fatal(err)
	}
	if c.survey, err = c.surveys.Create(t.Context(), c.by, "", d); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *council) add(t *testing.T, change func(*New)) Link {
	t.Helper()
	n := New{Survey: "customer-satisfaction", Service: "bins", Channel: "web"}
	if change != nil {
		change(&n)
	}
	link, err := c.Add(t.Context(), c.by, n)
	if err != nil {
		t.Fatal(err)
	}
	return link
}

func TestAddAndFind(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	link := c.add(t, func(n *New) { n.AccessPoint, n.About = "Town Hall", "Missed bin letter" })
	if len(link.Code) != 10 || !strings.HasPrefix(link.Code, "ANY") {
		t.Errorf("the code is %q", link.Code)
	}
	found, err := c.Find(t.Context(), link.Code)
	if err != nil {
		t.Fatal(err)
	}
	if found.Takes() || found.Version != 0 || found.Survey.State != surveys.Draft {
		t.Errorf("a link of a draft takes feedback: %+v", found)
	}
	v, err := c.surveys.Publish(t.Context(), c.by, c.survey, surveys.Publishing{})
	if err != nil {
		t.Fatal(err)
	}
	code := strings.ToLower(link.Code)
	for _, typed := range []string{link.Code, code, " " + code[:3] + " " + code[3:6] + "-" + code[6:] + ". ", "“" + code + "”"} {
		found, err = c.Find(t.Context(), typed)
		if err != nil || !found.Takes() || found.Version != v.ID {
			t.Errorf("%q: %+v, %v", typed, found, err)
		}
	}
	if diff := cmp.Diff(link, found.Link); diff != "" {
		t.Error(diff)
	}
	if o := found.Organisation; o.ID != c.by.Org || o.Slug != "anytown" || o.Names["cy"] != "Cyngor Unrhyw Dref" ||
		o.Zone.String() != "Europe/London" ||
		!cmp.Equal(o.Languages, []string{"en", "cy"}) {
		t.Errorf("the organisation is %+v", o)
	}
	for _, typed := range []string{"", "ANY", "ANY2345", "ANYANYANYA", "QQQ2345678", link.Code + "0", link.Code + "2", "ANY\x00234567",
		"ÀNY2345678", strings.Repeat("2", 33), strings.Repeat("-", 10_000)} {
		if _, err := c.Find(t.Context(), typed); !errors.Is(err, ErrUnknown) {
			t.Errorf("%.20q: %v", typed, err)
		}
	}
	again := c.add(t, func(n *New) { n.AccessPoint = "town-hall" })
	if again.AccessPoint != link.AccessPoint || again.Code == link.Code {
		t.Errorf("the second link of the place is %+v", again)
	}
	if diff := cmp.Diff([]string{"access_point.added access_point/town-hall", "link.added link/" + link.Code,
		"link.added link/" + again.Code}, c.ledger.said); diff != "" {
		t.Error(diff)
	}
	if got := Address("https://say.anytown.gov.uk/", link.Code); got != "https://say.anytown.gov.uk/f/"+link.Code {
		t.Error(got)
	}
}

// A consultation on the budget is about no one service, and asks by no one channel.
func TestLinkAboutNoService(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	link := c.add(t, func(n *New) { n.Service, n.Channel, n.AccessPoint = "", "", "Town hall" })
	if link.Service != 0 || link.Channel != "" || link.AccessPoint == 0 {
		t.Errorf("%+v", link)
	}
	found, err := c.Find(t.Context(), link.Code)
	if err != nil || found.Link.Service != 0 || found.Link.Channel != "" {
		t.Errorf("%+v, %v", found.Link, err)
	}
	list, err := c.Links(t.Context(), c.by.Org, 0, 0, 10)
	if err != nil || len(list) != 1 || list[0].Service != 0 || list[0].Channel != "" {
		t.Errorf("%+v, %v", list, err)
	}
	used, err := c.Called(t.Context(), c.by.Org, link.Code)
	if err != nil || used.Service != "" || used.Channel != "" {
		t.Errorf("%+v, %v", used, err)
	}
}

func TestLastDay(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	if _, err := c.surveys.Publish(t.Context(), c.by, c.survey, surveys.Publishing{}); err != nil {
		t.Fatal(err)
	}
	for _, day := range []struct {
		last string
		ends time.Time
	}{
		{"2026-06-30", time.Date(2026, 6, 30, 23, 0, 0, 0, time.UTC)}, // summer time
		{"2026-10-25", time.Date(2026, 10, 26, 0, 0, 0, 0, time.UTC)}, // the day the clocks go back
		{"2027-03-27", time.Date(2027, 3, 28, 0, 0, 0, 0, time.UTC)},  // the day before they go forward
		{"2027-03-28", time.Date(2027, 3, 28, 23, 0, 0, 0, time.UTC)}, // and the day they do
	} {
		c.at = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
		link := c.add(t, func(n *New) { n.Expires = day.last })
		c.at = day.ends.Add(-time.Second)
		if found, err := c.Find(t.Context(), link.Code); err != nil || !found.Takes() {
			t.Errorf("%s: a second before its end it takes nothing: %v", day.last, err)
		}
		c.at = day.ends
		if found, err := c.Find(t.Context(), link.Code); err != nil || found.Takes() || found.Link.State != Expired {
			t.Errorf("%s: after its end it is %s, %v", day.last, found.Link.State, err)
		}
	}
}

func TestCloseLink(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	if _, err := c.surveys.Publish(t.Context(), c.by, c.survey, surveys.Publishing{}); err != nil {
		t.Fatal(err)
	}
	link, other := c.add(t, nil), c.add(t, nil)
	if err := c.Close(t.Context(), c.by, link.ID); err != nil {
		t.Fatal(err)
	}
	if found, err := c.Find(t.Context(), link.Code); err != nil || found.Takes() || found.Link.State != Closed {
		t.Errorf("a closed link: %+v, %v", found, err)
	}
	if err := c.Close(t.Context(), c.by, link.ID); !errors.Is(err, ErrClosed) {
		t.Errorf("closed twice: %v", err)
	}
	if err := c.Close(t.Context(), c.by, 1); !errors.Is(err, ErrMissing) {
		t.Errorf("a link that is not there: %v", err)
	}
	if found, _ := c.Find(t.Context(), other.Code); !found.Takes() {
		t.Error("closing one link closed another")
	}
	if err := c.surveys.Close(t.Context(), c.by, c.survey); err != nil {
		t.Fatal(err)
	}
	if found, err := c.Find(t.Context(), other.Code); err != nil || found.Takes() || found.Version == 0 {
		t.Errorf("a link of a closed survey: %+v, %v", found, err)
	}
}

func TestRefuseLink(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	for _, bad := range []struct {
		name   string
		change func(*New)
		want   error
	}{
		{"no such survey", func(n *New) { n.Survey = "nothing" }, surveys.ErrMissing},
		{"no such service", func(n *New) { n.Service = "nothing" }, catalogue.ErrMissing},
		{"no such channel", func(n *New) { n.Channel = "pigeon" }, ErrChannel},
		{"no date", func(n *New) { n.Expires = "31/12/2026" }, ErrExpires},
		{"a day gone by", func(n *New) { n.Expires = "2026-05-03" }, ErrExpires},
		{"too much about it", func(n *New) { n.About = strings.Repeat("a", 201) }, ErrAbout},
		{"a place without a name", func(n *New) { n.AccessPoint = "!!!" }, nil},
	} {
		n := New{Survey: "customer-satisfaction", Service: "bins", Channel: "web"}
		bad.change(&n)
		if _, err := c.Add(t.Context(), c.by, n); err == nil || bad.want != nil && !errors.Is(err, bad.want) {
			t.Errorf("%s: %v", bad.name, err)
		}
	}
	if links, err := c.Links(t.Context(), c.by.Org, 0, 0, 10); err != nil || len(links) > 0 || len(c.ledger.said) > 0 {
		t.Errorf("something was stored: %v %v %v", links, c.ledger.said, err)
	}
	if link := c.add(t, func(n *New) { n.Expires = "2026-05-04" }); link.Expires == nil {
		t.Error("today cannot be the last day")
	}
}

func TestCollision(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	draws := 0
	c.draw = func(prefix string) string {
		if draws++; draws <= 3 {
			return prefix + "2222222"
		}
		return newCode(prefix)
	}
	first, second := c.add(t, nil), c.add(t, nil)
	if first.Code == second.Code || draws != 4 {
		t.Errorf("%s and %s after %d draws", first.Code, second.Code, draws)
	}
}

func TestTwoCouncils(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	a, b := newCouncil(t, db, "anytown", "ANY"), newCouncil(t, db, "betown", "BET")
	link := a.add(t, nil)
	if list, err := b.Links(t.Context(), b.by.Org, 0, 0, 10); err != nil || len(list) != 0 {
		t.Errorf("Betown sees %v, %v", list, err)
	}
	if err := b.Close(t.Context(), b.by, link.ID); !errors.Is(err, ErrMissing) {
		t.Errorf("Betown closes the link of Anytown: %v", err)
	}
	// After a merger the codes on old letters still lead on.
	if _, err := db.Owner().Exec(`UPDATE organisations SET merged_into = $1 WHERE id = $2`, a.by.Org, b.by.Org); err != nil {
		t.Fatal(err)
	}
	if o, err := a.byPrefix(t.Context(), "BET"); err != nil || o.ID != a.by.Org {
		t.Errorf("BET leads to %+v, %v", o, err)
	}
}

func TestForgetOrganisation(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	link := c.add(t, nil)
	name := func() string {
		found, err := c.Find(t.Context(), link.Code)
		if err != nil {
			t.Fatal(err)
		}
		return found.Organisation.Names["en"]
	}
	before := name()
	if _, err := c.db.Owner().Exec(`UPDATE organisations SET names = '{"en": "New Council"}'`); err != nil {
		t.Fatal(err)
	}
	if name() != before {
		t.Error("the organisation is read again for every page")
	}
	if c.at = c.at.Add(remember); name() != "New Council" {
		t.Error("an old name is remembered for ever")
	}
	var g errgroup.Group
	for range 8 {
		g.Go(func() error { _, err := c.Find(t.Context(), link.Code); return err })
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
}

func TestListLinks(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	var want []int64
	for range 5 {
		want = append([]int64{c.add(t, nil).ID}, want...)
	}
	var got []int64
	before := int64(0)
	for {
		page, err := c.Links(t.Context(), c.by.Org, c.survey, before, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, l := range page {
			got = append(got, l.ID)
		}
		before = got[len(got)-1]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNewCode(t *testing.T) {
	seen := map[string]bool{}
	count := map[rune]int{}
	for range 20_000 {
		code := newCode("ANY")
		if normal, ok := Normalise(code); !ok || normal != code || seen[code] {
			t.Fatalf("%q is no new code", code)
		}
		seen[code] = true
		for _, r := range code[3:] {
			count[r]++
		}
	}
	if len(count) != 31 || strings.ContainsAny(Alphabet, "01OIL") {
		t.Errorf("%d characters are drawn", len(count))
	}
	for r, n := range count { // 140,000 draws, 4,516 of each expected, standard deviation 66: eight of them
		if n < 4516-528 || n > 4516+528 {
			t.Errorf("%c came up %d times", r, n)
		}
	}
}

func FuzzNormalise(f *testing.F) {
	f.Add("any-234 5678")
	f.Add("İıſ")
	f.Fuzz(func(t *testing.T, typed string) {
		code, ok := Normalise(typed)
		if !ok {
			return
		}
		if strings.Trim(code, Alphabet) != "" || len(code) < shortest || len(code) > longest {
			t.Errorf("%q became %q", typed, code)
		}
		if again, ok := Normalise(strings.ToLower(code)); !ok || again != code {
			t.Errorf("%q became %q", code, again)
		}
	})
}

// Whatever newer links stand on, a link is found by its code.
func TestALinkIsCalledByItsCode(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	old := c.add(t, nil)
	for range 11 {
		c.add(t, func(n *New) { n.About = "In the place of " + old.Code })
	}
	for _, typed := range []string{old.Code, strings.ToLower(old.Code[:3]) + " " + old.Code[3:]} {
		if found, err := c.Called(t.Context(), c.by.Org, typed); err != nil || found.ID != old.ID {
			t.Errorf("%q: %+v, %v", typed, found, err)
		}
	}
	if _, err := c.Called(t.Context(), c.by.Org, "ANY2345678"); !errors.Is(err, ErrMissing) {
		t.Errorf("a code of no link: %v", err)
	}
}

// A new secret follows the newest one and nothing else.
func TestANewSecretFollowsTheNewest(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	numbers := func() (list []int) {
		secrets, err := c.JobSecrets(t.Context(), c.by.Org)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range secrets {
			list = append(list, s.Number)
		}
		return list
	}
	numbers()
	for _, after := range []int{math.MaxInt, math.MaxInt - 1, 7, 1, 1} {
		if err := c.NewJobSecret(t.Context(), c.by, after); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]int{2, 1}, numbers()); diff != "" {
		t.Error(diff)
	}
}
