package responses

import (
	"fmt"
	"testing"
	"time"
)

func TestOldCommentsAreForgotten(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	const people = forgetAtOnce + 20
	var subs []Submission
	var forms []Form
	for range people {
		f := c.form()
		forms = append(forms, f)
		subs = append(subs, rating(f, "2"))
	}
	for _, err := range c.inOneBatch(subs) {
		c.is(err, nil)
	}
	subs = subs[:0]
	for i, f := range forms {
		subs = append(subs, reason(f, "", fmt.Sprintf("words %d", i)))
	}
	for _, err := range c.inOneBatch(subs) {
		c.is(err, nil)
	}
	keep := forms[0].Response
	c.exec(`UPDATE comments SET delete_after = '2030-01-01' WHERE response_id = $1`, keep)
	before := c.count(`SELECT last_no FROM feeds WHERE organisation_id = $1`, c.org)

	n, err := Forget(t.Context(), c.db, c.org, c.now.Load().Add(CommentLife-24*time.Hour))
	if err != nil || n != 0 {
		t.Fatalf("on the day before the last: %d forgotten, %v", n, err)
	}
	n, err = Forget(t.Context(), c.db, c.org, c.now.Load().Add(CommentLife+24*time.Hour))
	if err != nil || n != people-1 {
		t.Fatalf("%d forgotten, %v", n, err)
	}
	if left := c.count(`SELECT count(*) FROM comments`); left != 1 {
		t.Errorf("%d comments are left", left)
	}
	if stay := c.count(`SELECT count(*) FROM responses WHERE answers->>'rating' = '2'`); stay != people {
		t.Errorf("%d ratings are left", stay)
	}
	// Every response that lost a comment has a new number, each its own, and feeds holds the last.
	changed := c.count(`SELECT count(DISTINCT change_no) FROM responses WHERE change_no > $1`, before)
	last := c.count(`SELECT last_no FROM feeds WHERE organisation_id = $1`, c.org)
	if changed != people-1 || last != before+people-1 || c.count(`SELECT max(change_no) FROM responses`) != last {
		t.Errorf("%d responses have a new number, and the last is %d after %d", changed, last, before)
	}
	if n, err := Forget(t.Context(), c.db, c.org, c.now.Load().Add(CommentLife+24*time.Hour)); n != 0 || err != nil {
		t.Errorf("a second time: %d, %v", n, err)
	}
}
