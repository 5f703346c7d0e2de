package bank

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yousaid/surveys/question"
)

// TestEveryCharacteristic walks what is asked and what tables can show, and notices a missing wording.
func TestEveryCharacteristic(t *testing.T) {
	want := []string{"age", "sex", "gender_identity", "ethnic_group", "disability", "religion", "sexual_orientation", "marriage",
		"pregnancy_maternity", "carer"}
	if diff := cmp.Diff(want, IDs()); diff != "" {
		t.Fatal(diff)
	}
	both := func(t *testing.T, what string, text question.Text) {
		t.Helper()
		if text["en"] == "" || text["cy"] == "" {
			t.Errorf("%s has English %q and Welsh %q", what, text["en"], text["cy"])
		}
	}
	for _, c := range Characteristics() {
		t.Run(c.ID, func(t *testing.T) {
			both(t, "the name", c.Name)
			for _, q := range c.Questions {
				both(t, q.ID, q.Text)
				if len(q.Hint) > 0 {
					both(t, q.ID+" hint", q.Hint)
				}
				if !question.Reserved(q.ID) || !question.Reserved(c.ID) || !question.Reserved(c.ID+"_group") {
					t.Errorf("a questionnaire could use the code %q or %q for something else", q.ID, c.ID)
				}
				for i, o := range q.Options {
					both(t, q.ID+" "+o.Code, o.Text)
					if len(o.Hint) > 0 {
						both(t, q.ID+" "+o.Code+" hint", o.Hint)
					}
					last := i == len(q.Options)-1
					if (o.Code == PreferNotToSay) != last || (len(o.Divider) > 0) != last {
						t.Errorf("%s: “prefer not to say” is last after a divider, and only it: %q", q.ID, o.Code)
					}
					if got, p := question.Parse(q.As(), []string{o.Code}); p != nil || got != o.Code {
						t.Errorf("%s: answering %q gives %v, %v", q.ID, o.Code, got, p)
					}
				}
				if got, p := question.Parse(q.As(), nil); p != nil || got != nil {
					t.Errorf("%s: leaving it blank gives %v, %v", q.ID, got, p)
				}
				if !q.NotReviewed {
					t.Errorf("%s: the Welsh of “prefer not to say” was never checked, yet the question says it was", q.ID)
				}
			}
			for _, l := range slices.Concat(c.Codes, c.Groups) {
				both(t, "label "+l.Code, l.Text)
			}
			for _, code := range Codes(c.ID) {
				if g := Group(c.ID, code); !slices.Contains(groupCodes(c.ID), g) {
					t.Errorf("%q rolls up to %q, which is no group", code, g)
				}
			}
			for _, all := range [][]string{Codes(c.ID), groupCodes(c.ID)} {
				if all[len(all)-1] != PreferNotToSay || slices.Index(all, PreferNotToSay) != len(all)-1 {
					t.Errorf("“prefer not to say” is not last: %v", all)
				}
			}
		})
	}
}

// TestLikeTheShared notices when the embedded copy is not the one everyone else reads.
func TestLikeTheShared(t *testing.T) {
	shared, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "standards", "harmonised.json"))
	if err != nil {
		t.Skip("the shared data folder is not beside this checkout: nothing to compare with")
	}
	if diff := cmp.Diff(string(shared), string(harmonised)); diff != "" {
		t.Error(diff)
	}
}

func TestDisability(t *testing.T) {
	for _, c := range []struct{ condition, limit, want string }{
		{"yes", "lot", "disabled"},
		{"yes", "little", "disabled"},
		{"yes", "not", "not_disabled"},
		{"yes", "pns", "pns"},
		{"yes", "", ""},
		{"no", "", "not_disabled"},
		{"no", "pns", "not_disabled"}, // the first answer settles it
		{"no", "lot", "not_disabled"},
		{"pns", "lot", "pns"},
		{"pns", "", "pns"},
		{"", "pns", "pns"},
		{"", "lot", ""},
		{"", "", ""},
	} {
		answers := map[string]string{}
		if c.condition != "" {
			answers["llti"] = c.condition
		}
		if c.limit != "" {
			answers["llti_limit"] = c.limit
		}
		if got := Derive("disability", answers); got != c.want {
			t.Errorf("condition %q, limit %q: %q, want %q", c.condition, c.limit, got, c.want)
		}
	}
	if diff := cmp.Diff([]string{"disabled", "not_disabled", "pns"}, Codes("disability")); diff != "" {
		t.Error(diff)
	}
	if got := codeLabel("disability", "disabled")["en"]; got != "Disabled" {
		t.Errorf("labelled %q", got)
	}
}

func TestDerive(t *testing.T) {
	answers := map[string]string{"age_band": "85_plus", "ethnic_group_single": "white_roma", "sex": "pns", "religion": "jedi"}
	for id, want := range map[string]string{"age": "85_plus", "ethnic_group": "white_roma", "sex": "pns", "religion": "", "carer": "",
		"nobody": ""} {
		if got := Derive(id, answers); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
	for _, c := range []struct{ id, code, want string }{
		{"age", "85_plus", "65_plus"}, {"ethnic_group", "white_roma", "white"}, {"sex", "pns", "pns"}, {"age", "", ""}, {"age", "nonsense", ""},
		{"carer", "h10_19", "h1_19"}, {"disability", "disabled", "disabled"}, {"disability", "", ""},
	} {
		if got := Group(c.id, c.code); got != c.want {
			t.Errorf("%s %s: group %q, want %q", c.id, c.code, got, c.want)
		}
	}
	if diff := cmp.Diff([]string{"white", "mixed", "asian", "black", "other", "pns"}, groupCodes("ethnic_group")); diff != "" {
		t.Error(diff)
	}
	if got := len(Codes("ethnic_group")); got != 20 {
		t.Errorf("%d ethnic groups, want the 19 of the census and “prefer not to say”", got)
	}
}

func TestAsked(t *testing.T) {
	var ids []string
	for _, q := range Asked([]string{"age", "disability", "nobody"}) {
		ids = append(ids, q.ID)
	}
	if diff := cmp.Diff([]string{"age_band", "llti", "llti_limit"}, ids); diff != "" {
		t.Error(diff)
	}
}

// groupCodes lists every value of a characteristic's high-level grouping, in order, "pns" last.
func groupCodes(characteristic string) []string {
	c, _ := Find(characteristic)
	return codes(c.Groups)
}

func codeLabel(characteristic, code string) question.Text {
	c, _ := Find(characteristic)
	return label(c.Codes, code)
}
