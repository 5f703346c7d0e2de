package quality

import (
	"hash/maphash"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
)

// The parameters of the rules; docs/unusual-answers.md has each with its reason and the tests hold them together.
const (
	FastWithin = time.Second // from showing the first page to sending it
	FastLeast  = 20          // so many of a link within an hour…
	FastShare  = 10          // …and one in so many of all its answers in that hour, or quickness says nothing

	RepeatedLetters = 25 // letters and digits of a comment; shorter ones are often the same
	RepeatedLeast   = 10 // so many responses of a council with the same comment within a day

	AloneDay = 120 // more than this from one network to one link in a day

	sharedTimes = 10 // every number that counts one network is so many times larger at a shared link
)

// window is a span over which the answers of a link are compared with what is usual there.
type window struct {
	span  time.Duration // 0: the day
	times int           // a burst is more than so many times the busiest span of the last four weeks…
	least int           // …and more than this
	heavy int           // in a burst, networks that sent at least this many are left out
}

// Windows: a burst begins when at least half of all answers come from heavy networks, and lasts for another span. A mailing, where
// thousands answer at once from as many networks, is none.
var (
	HourWindow = window{time.Hour, 3, 120, 5}
	DayWindow  = window{0, 2, 300, 30}
)

// mostHeld bounds how many responses of a day are held per organisation, 48 bytes each: earlier ones than these cannot be left out
// by a rule any more.
const mostHeld = 1 << 18

// Usual is what one link takes at its busiest, over the last four weeks without today: responses that count.
type Usual struct{ Hour, Day int }

// Sent is one page that arrived.
type Sent struct {
	Response uuid.UUID
	Link     int64
	From     Origin
	First    bool // starts the response
	Signed   bool // is about a job whose reference was signed
	Shown    time.Time
	At       time.Time
	Comments []string
}

// Mark says that a response is unusual. It may be about one that was sent before: a burst is known only once it runs.
type Mark struct {
	Response uuid.UUID
	Verdict  Verdict
}

// Judge watches what is sent to one organisation. It is for one goroutine at a time. What it holds is forgotten when the day (UTC) ends.
type Judge struct {
	Usual func(link int64) Usual // nil: nothing is known

	day   int64
	held  int
	links map[int64]*linkWatch
	texts map[uint64]*textWatch
	seed  maphash.Seed
	marks []Mark
}

// linkWatch is what one link took today.
type linkWatch struct {
	sent     []sent
	hour     int // index of the first one within the last hour
	networks map[Network]*networkWatch
	fast     []int32  // indexes of quick ones, of the last hour only
	fastDone int      // so many of them are marked
	open     [2]int   // responses without a verdict in the last hour, and today
	next     [2]int   // at so many the window is looked at again
	burst    [2]int64 // the link is in a burst until then (seconds)
	usual    Usual
	usualAt  time.Time
	shared   bool
}

type sent struct {
	response uuid.UUID
	network  Network
	at       int64 // seconds
	marked   bool
}

// networkWatch is what one network sent to one link today.
type networkWatch struct {
	count [2]int  // in the last hour, and today
	sent  []int32 // indexes
	aside int64   // what it sends until then (seconds) is left out
}

type textWatch struct {
	responses []uuid.UUID
	marked    bool
}

// See judges one page that came over the web (of others, keyed or sent by the program itself, only the signature is looked at), and
// gives whom it makes unusual: perhaps the response itself, perhaps earlier ones, most often nobody. The slice is good until the
// next call.
func (j *Judge) See(s Sent) []Mark {
	j.marks = j.marks[:0]
	if today := dayOf(s.At); j.day != today || j.links == nil {
		j.day, j.held, j.links, j.texts, j.seed = today, 0, map[int64]*linkWatch{}, map[uint64]*textWatch{}, maphash.MakeSeed()
	}
	if s.From.Network == 0 {
		if s.First && s.From.NeedsJob && !s.Signed {
			j.marks = append(j.marks, Mark{s.Response, Unsigned})
		}
		return j.marks
	}
	if s.First {
		j.first(s)
	}
	for _, text := range s.Comments {
		j.text(s.Response, text)
	}
	return j.marks
}

func (j *Judge) first(s Sent) {
	l := j.links[s.Link]
	if l == nil {
		l = &linkWatch{networks: map[Network]*networkWatch{}}
		j.links[s.Link] = l
	}
	l.shared = s.From.Shared
	if j.Usual != nil && (l.usualAt.IsZero() || s.At.Sub(l.usualAt) > time.Minute) {
		l.usual, l.usualAt = j.Usual(s.Link), s.At
	}
	l.forget(s.At.Unix())
	n := l.networks[s.From.Network]
	if n == nil {
		n = &networkWatch{}
		l.networks[s.From.Network] = n
	}
	for i := len(n.sent) - 1; i >= max(0, len(n.sent)-8); i-- {
		if l.sent[n.sent[i]].response == s.Response {
			return // the same page sent again
		}
	}
	if j.held >= mostHeld {
		return
	}
	j.held++
	at := int32(len(l.sent)) // at most mostHeld
	l.sent = append(l.sent, sent{response: s.Response, network: s.From.Network, at: s.At.Unix()})
	n.sent = append(n.sent, at)
	for w := range l.open {
		l.open[w]++
		n.count[w]++
	}
	if s.From.NeedsJob && !s.Signed {
		j.mark(l, at, Unsigned)
	}
	j.fast(l, at, s)
	j.network(l, n, at, s.At.Unix())
	j.window(l, n, 0, HourWindow, l.usual.Hour, s.At.Unix())
	j.window(l, n, 1, DayWindow, l.usual.Day, s.At.Unix())
}

// forget lets what is older than an hour out of the hour's counts.
func (l *linkWatch) forget(now int64) {
	for ; l.hour < len(l.sent) && l.sent[l.hour].at <= now-int64(HourWindow.span/time.Second); l.hour++ {
		old := l.sent[l.hour]
		l.networks[old.network].count[0]--
		if !old.marked {
			l.open[0]--
		}
	}
	for len(l.fast) > 0 && int(l.fast[0]) < l.hour {
		l.fast, l.fastDone = l.fast[1:], max(0, l.fastDone-1)
	}
}

func (j *Judge) mark(l *linkWatch, at int32, v Verdict) {
	s := &l.sent[at]
	if s.marked {
		return
	}
	s.marked = true
	l.open[1]--
	if int(at) >= l.hour {
		l.open[0]--
	}
	j.marks = append(j.marks, Mark{s.response, v})
}

// fast: quickness in numbers. One quick person is no script.
func (j *Judge) fast(l *linkWatch, at int32, s Sent) {
	if s.Shown.IsZero() || s.At.Sub(s.Shown) >= FastWithin {
		return
	}
	l.fast = append(l.fast, at)
	if len(l.fast) < FastLeast || len(l.fast)*FastShare < len(l.sent)-l.hour {
		return
	}
	for _, i := range l.fast[l.fastDone:] {
		j.mark(l, i, Fast)
	}
	l.fastDone = len(l.fast)
}

// network: very many from one network in one day, or from one that a window left out.
func (j *Judge) network(l *linkWatch, n *networkWatch, at int32, now int64) {
	switch {
	case n.count[1] == l.times(AloneDay)+1:
		j.aside(l, n, now+86400)
	case now < n.aside:
		j.mark(l, at, Burst)
	}
}

// aside leaves out what a network sent today, and what it will send until a moment.
func (j *Judge) aside(l *linkWatch, n *networkWatch, until int64) {
	for _, i := range n.sent {
		j.mark(l, i, Burst)
	}
	n.aside = max(n.aside, until)
}

// times is a number that counts one network, for this link.
func (l *linkWatch) times(n int) int {
	if l.shared {
		return n * sharedTimes
	}
	return n
}

// window finds a burst over all networks, and leaves out what came from the heavy ones.
func (j *Judge) window(l *linkWatch, n *networkWatch, w int, rule window, usual int, now int64) {
	if now < l.burst[w] && now >= n.aside && n.count[w] >= l.times(rule.heavy) {
		j.aside(l, n, l.burst[w])
	}
	most := max(rule.least, rule.times*usual)
	if l.shared {
		most = max(rule.least*sharedTimes/2, rule.times*usual)
	}
	if l.open[w] <= most {
		l.next[w] = 0
		return
	}
	if l.open[w] < l.next[w] {
		return
	}
	l.next[w] = l.open[w] + 10 + l.open[w]/50 // looking means walking through all networks
	heavy := 0
	for _, n := range l.networks {
		if n.count[w] >= l.times(rule.heavy) && now >= n.aside {
			heavy += n.count[w]
		}
	}
	if 2*heavy < l.open[w] {
		return
	}
	until := now + 86400
	if rule.span > 0 {
		until = now + int64(rule.span/time.Second)
	}
	// A burst of an hour is one of the day, too: a network that sent many over a day with a burst is not usual again in its lulls.
	l.burst[w], l.burst[1] = until, now+86400
	for _, n := range l.networks {
		if n.count[w] >= l.times(rule.heavy) {
			j.aside(l, n, until)
		}
	}
}

// text: the same long comment again and again.
func (j *Judge) text(response uuid.UUID, text string) {
	plain := letters(text)
	if len([]rune(plain)) < RepeatedLetters {
		return
	}
	key := maphash.String(j.seed, plain)
	t := j.texts[key]
	if t == nil {
		if len(j.texts) >= mostHeld {
			return
		}
		t = &textWatch{}
		j.texts[key] = t
	}
	if t.marked {
		j.marks = append(j.marks, Mark{response, Repeated})
		return
	}
	for _, r := range t.responses {
		if r == response {
			return
		}
	}
	t.responses = append(t.responses, response)
	if len(t.responses) < RepeatedLeast {
		return
	}
	for _, r := range t.responses {
		j.marks = append(j.marks, Mark{r, Repeated})
	}
	t.responses, t.marked = nil, true
}

// letters is a comment without case, spaces and signs: who changes only those has not written another.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}
