package quality_test

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"yousaid/surveys/responses/quality"
	"yousaid/surveys/responses/quality/trial"
)

var day = time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)

// outcome counts what became of the answers of a day.
type outcome struct{ honest, honestOut, planted, plantedOut, refused int }

// run sends events through limits and judge, as the program does.
func run(usual quality.Usual, shared bool, events []trial.Event) (o outcome) {
	var networks quality.Networks
	var limits quality.Limits
	judge := quality.Judge{Usual: func(int64) quality.Usual { return usual }}
	out := map[uuid.UUID]bool{}
	planted := map[uuid.UUID]bool{}
	for _, e := range events {
		from := quality.Origin{Network: networks.Of(e.From, e.At), Shared: shared}
		id := uuid.New()
		planted[id] = e.Planted
		if limits.Take(1, from, e.At) > 0 {
			o.refused++
			out[id] = true
			continue
		}
		s := quality.Sent{Response: id, Link: 1, From: from, First: true, Shown: e.Shown, At: e.At}
		if e.Comment != "" {
			s.Comments = []string{e.Comment}
		}
		for _, m := range judge.See(s) {
			out[m.Response] = true
		}
	}
	for id, is := range planted {
		switch {
		case is && out[id]:
			o.planted, o.plantedOut = o.planted+1, o.plantedOut+1
		case is:
			o.planted++
		case out[id]:
			o.honest, o.honestOut = o.honest+1, o.honestOut+1
		default:
			o.honest++
		}
	}
	return o
}

// learnt is what a link usually takes, from four weeks like the honest day.
func learnt(r *rand.Rand, n int) (u quality.Usual) {
	for d := range 28 {
		var hours [24]int
		for _, e := range trial.Honest(r, day.AddDate(0, 0, d-29), n) {
			hours[e.At.Hour()]++
		}
		for _, h := range hours {
			u.Hour = max(u.Hour, h)
		}
		u.Day = max(u.Day, n)
	}
	return u
}

// The promise: of 20,000 planted among 2,000 honest answers in one day, from one network or from 200, at least 99 in 100 do not
// count, and at most 1 in 100 of the honest ones is lost.
func TestPlantedAnswersAreLeftOutAndHonestOnesCount(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(10, 10))
	usual := learnt(r, 2000)
	for _, p := range trial.Plans {
		o := run(usual, false, trial.Merge(trial.Honest(r, day, 2000), trial.Planted(r, day, p.Plan)))
		t.Logf("%-50s planted out %6.2f %% (%d refused), honest out %5.2f %%", p.Name, 100*share(o.plantedOut, o.planted), o.refused,
			100*share(o.honestOut, o.honest))
		if share(o.plantedOut, o.planted) < p.Caught {
			t.Errorf("%s: %d of %d planted answers do not count, promised are %.0f %%", p.Name, o.plantedOut, o.planted, 100*p.Caught)
		}
		if p.Caught > 0 && share(o.honestOut, o.honest) > 0.01 {
			t.Errorf("%s: %d of %d honest answers are lost", p.Name, o.honestOut, o.honest)
		}
	}
}

func share(n, of int) float64 { return float64(n) / float64(max(1, of)) }

// Days without anything planted: the false alarms of all rules together, on links of every size, new ones and a mailing among them.
func TestHonestDaysLoseNothing(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(11, 11))
	for _, c := range []struct {
		name  string
		n     int
		usual quality.Usual
		most  float64
	}{
		{"2,000 a day, as usual", 2000, learnt(r, 2000), 0},
		{"a new link, 50 a day", 50, quality.Usual{}, 0},
		{"a new link, 2,000 a day", 2000, quality.Usual{}, 0.01},
		{"a mailing: 20,000 a day, where 200 were usual", 20000, learnt(r, 200), 0.15},
	} {
		o := run(c.usual, false, trial.Honest(r, day, c.n))
		t.Logf("%-50s honest out %5.2f %%, %d refused", c.name, 100*share(o.honestOut, o.honest), o.refused)
		if share(o.honestOut, o.honest) > c.most {
			t.Errorf("%s: %d of %d honest answers are lost", c.name, o.honestOut, o.honest)
		}
	}
}

// An office of 200 people answers within ten minutes, a class of 30 within one, a kiosk all day: no answer is delayed or left out.
func TestPeopleInOneBuildingCount(t *testing.T) {
	t.Parallel()
	one := netip.MustParseAddr("192.0.2.7")
	crowd := func(n int, every time.Duration) (list []trial.Event) {
		for i := range n {
			at := day.Add(9*time.Hour + time.Duration(i)*every)
			list = append(list, trial.Event{At: at, Shown: at.Add(-20 * time.Second), From: one})
		}
		return list
	}
	for _, c := range []struct {
		name   string
		shared bool
		events []trial.Event
	}{
		{"a class of 30", false, crowd(30, 2*time.Second)}, {"an office of 100 in an hour and a half", false, crowd(100, 54*time.Second)},
		{"an office of 300 that is marked", true, crowd(200, 2*time.Second)}, {"a kiosk, one a minute all day", true, crowd(600, time.Minute)},
	} {
		if o := run(quality.Usual{}, c.shared, c.events); o.honestOut > 0 {
			t.Errorf("%s: %d of %d do not count, %d were held up", c.name, o.honestOut, o.honest, o.refused)
		}
	}
}

func TestAnAddressIsItsNetworkForADay(t *testing.T) {
	t.Parallel()
	var n quality.Networks
	of := func(a string, at time.Time) quality.Network { return n.Of(netip.MustParseAddr(a), at) }
	morning, evening := day.Add(8*time.Hour), day.Add(20*time.Hour)
	for _, same := range [][2]string{{"192.0.2.1", "::ffff:192.0.2.1"}, {"2001:db8:1:ff00::1", "2001:db8:1:ffab:1:2:3:4"}} {
		if of(same[0], morning) != of(same[1], evening) {
			t.Errorf("%s and %s are two networks", same[0], same[1])
		}
	}
	for _, other := range [][2]string{{"192.0.2.1", "192.0.2.2"}, {"2001:db8:1:ff00::1", "2001:db8:1:fe00::1"}} {
		if of(other[0], morning) == of(other[1], morning) {
			t.Errorf("%s and %s are one network", other[0], other[1])
		}
	}
	if of("192.0.2.1", morning) == of("192.0.2.1", morning.AddDate(0, 0, 1)) {
		t.Error("a network can be followed from one day to the next")
	}
	var second quality.Networks
	if of("192.0.2.1", morning) == second.Of(netip.MustParseAddr("192.0.2.1"), morning) {
		t.Error("the number of a network does not depend on the salt")
	}
	if n.Of(netip.Addr{}, morning) != 0 {
		t.Error("no address is a network")
	}
}

func TestLimitsSayWhenToTryAgain(t *testing.T) {
	t.Parallel()
	var l quality.Limits
	from := quality.Origin{Network: 5}
	at := day
	taken := 0
	for ; l.Take(1, from, at) == 0; taken++ {
		if taken > 10000 {
			t.Fatal("one network is never held up")
		}
	}
	if taken != 200 {
		t.Errorf("%d were taken at once, documented are 200", taken)
	}
	wait := l.Take(1, from, at)
	if wait <= 0 || l.Take(1, from, at) != wait {
		t.Errorf("being refused makes the wait longer: %s", wait)
	}
	if l.Take(1, quality.Origin{Network: 6}, at) != 0 || l.Take(1, quality.Origin{}, at) != 0 {
		t.Error("another network, or one that is not known, has to wait too")
	}
	if l.Take(1, from, at.Add(wait-time.Millisecond)) == 0 || l.Take(1, from, at.Add(wait)) != 0 {
		t.Error("the wait is not as long as was said")
	}
	// Ten links of one network together meet the limit of the network; a shared link does not count towards it.
	for link := int64(10); link < 20; link++ {
		for range 100 {
			l.Take(link, quality.Origin{Network: 7}, at)
		}
	}
	if l.Take(99, quality.Origin{Network: 7}, at) == 0 {
		t.Error("1,000 answers over all links, and no wait")
	}
	if l.Take(98, quality.Origin{Network: 7, Shared: true}, at) != 0 {
		t.Error("a shared link is held up by other links of the network")
	}
}

// One rule at a time, at its edge.
func TestRulesAtTheirEdges(t *testing.T) {
	t.Parallel()
	at := func(i int) time.Time { return day.Add(10*time.Hour + time.Duration(i)*time.Second) }
	send := func(j *quality.Judge, i int, change func(*quality.Sent)) []quality.Mark {
		s := quality.Sent{Response: uuid.New(), Link: 1, From: quality.Origin{Network: quality.Network(i + 1)}, First: true,
			Shown: at(i - 30), At: at(i)}
		change(&s)
		return append([]quality.Mark(nil), j.See(s)...)
	}
	count := func(n int, change func(int, *quality.Sent)) map[quality.Verdict]int {
		var j quality.Judge
		found := map[quality.Verdict]int{}
		for i := range n {
			for _, m := range send(&j, i, func(s *quality.Sent) { change(i, s) }) {
				found[m.Verdict]++
			}
		}
		return found
	}
	fast := func(_ int, s *quality.Sent) { s.Shown = s.At.Add(-quality.FastWithin + time.Millisecond) }
	if n := count(quality.FastLeast-1, fast)[quality.Fast]; n != 0 {
		t.Errorf("%d of %d quick answers are marked: a few quick people are no script", n, quality.FastLeast-1)
	}
	if n := count(quality.FastLeast, fast)[quality.Fast]; n != quality.FastLeast {
		t.Errorf("%d of %d quick answers are marked", n, quality.FastLeast)
	}
	if n := count(300, func(i int, s *quality.Sent) {
		if i%11 == 0 {
			fast(i, s)
		}
	})[quality.Fast]; n != 0 {
		t.Errorf("%d are marked although only one in eleven was quick", n)
	}
	long := "Please keep the library open on Saturdays"
	if n := count(quality.RepeatedLeast-1, func(_ int, s *quality.Sent) { s.Comments = []string{long} })[quality.Repeated]; n != 0 {
		t.Errorf("%d are marked before the comment came often", n)
	}
	if n := count(quality.RepeatedLeast, func(i int, s *quality.Sent) {
		s.Comments = []string{strings.Repeat(" ", i) + strings.ToUpper(long) + strings.Repeat("!", i)}
	})[quality.Repeated]; n != quality.RepeatedLeast {
		t.Errorf("%d of %d with one comment in other spaces and signs are marked", n, quality.RepeatedLeast)
	}
	if n := count(500, func(_ int, s *quality.Sent) { s.Comments = []string{"Very good service!"} })[quality.Repeated]; n != 0 {
		t.Errorf("%d with a short comment are marked", n)
	}
	one := func(_ int, s *quality.Sent) { s.From.Network = 9 }
	if found := count(quality.AloneDay, one); len(found) != 0 {
		t.Errorf("%d from one network: %v", quality.AloneDay, found)
	}
	if n := count(quality.AloneDay+1, one)[quality.Burst]; n != quality.AloneDay+1 {
		t.Errorf("%d of %d from one network alone are marked", n, quality.AloneDay+1)
	}
	few := func(networks int) func(int, *quality.Sent) {
		return func(i int, s *quality.Sent) { s.From.Network = quality.Network(1 + i%networks) }
	}
	if found := count(150, few(38)); len(found) != 0 {
		t.Errorf("150 in an hour from 38 networks, none with five: %v", found)
	}
	if n := count(150, few(25))[quality.Burst]; n != 150 {
		t.Errorf("%d of 150 in an hour from 25 networks are marked", n)
	}
	unsigned := func(i int, s *quality.Sent) { s.From.NeedsJob, s.Signed = true, i%2 == 0 }
	if n := count(10, unsigned)[quality.Unsigned]; n != 5 {
		t.Errorf("%d of 5 without a signature are marked", n)
	}
	if n := count(500, func(_ int, s *quality.Sent) { s.From.Network = 0; s.Shown = s.At; s.Comments = []string{long} }); len(n) != 0 {
		t.Errorf("answers that the program itself sends are judged: %v", n)
	}
}

// The same page sent again, by a second click or from Back, is one response.
func TestAPageSentAgainIsNotCountedTwice(t *testing.T) {
	t.Parallel()
	var j quality.Judge
	id := uuid.New()
	for i := range 500 {
		s := quality.Sent{Response: id, Link: 1, From: quality.Origin{Network: 3}, First: true,
			At: day.Add(time.Duration(i) * time.Second), Comments: []string{"A comment that is long enough to be told apart"}}
		if m := j.See(s); len(m) > 0 {
			t.Fatalf("after %d times: %v", i+1, m)
		}
	}
}

// False alarms of the rule on repeated comments, on real comments: those of the NHS friends and family test, 2021 to 2022, which no
// script wrote. A council with all of them in one day is the hardest case.
func TestRealCommentsAreNotTakenForRepeated(t *testing.T) {
	t.Parallel()
	texts := realComments(t)
	var j quality.Judge
	marked := map[uuid.UUID]bool{}
	for i, text := range texts {
		id := uuid.New()
		for _, m := range j.See(quality.Sent{Response: id, Link: 1, From: quality.Origin{Network: quality.Network(i + 1)}, At: day,
			Comments: []string{text}}) {
			marked[m.Response] = true
		}
	}
	t.Logf("%d of %d real comments are marked as repeated (%.3f %%)", len(marked), len(texts), 100*share(len(marked), len(texts)))
	if share(len(marked), len(texts)) > 0.01 {
		t.Errorf("%d of %d real comments are taken for repeated", len(marked), len(texts))
	}
}

// realComments reads every text of the folder of real comments beside the project, or skips the test where it is not there.
func realComments(t *testing.T) (texts []string) {
	t.Helper()
	root := filepath.Join("..", "..", "..", "..", "shared", "data", "04_comments_nhs_fft_2021_22")
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(path) != ".csv" {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		in := csv.NewReader(bufio.NewReader(f))
		in.FieldsPerRecord, in.LazyQuotes = -1, true
		for {
			row, err := in.Read()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if len(row) > 8 && row[8] != "FFT answer" {
				texts = append(texts, row[8])
			}
		}
	})
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the real comments are not beside the project")
	}
	if err != nil || len(texts) == 0 {
		t.Fatalf("%d comments: %v", len(texts), err)
	}
	return texts
}
