// Package demo makes up a council: a year of feedback with seasons, differences between channels, services and groups of people,
// and comments, the same for the same seed and last day.
//
// The services and their ids in catalogue.csv are rows of the Local Government Services List (Local Government Association / esd-toolkit).
package demo

import (
	_ "embed"
	"math"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
)

// Catalogue is the council's directorates and services, in the columns of `yousaid catalogue import`.
//
//go:embed catalogue.csv
var Catalogue []byte

// Plan says what to simulate.
type Plan struct {
	Responses int
	Seed      uint64
	Until     time.Time // the last day, in Zone
	Zone      *time.Location
}

// Response is one simulated person's feedback.
type Response struct {
	ID       uuid.UUID
	Service  string // slug
	Channel  string
	Mode     string
	Language string
	Hour     time.Time // the start of the hour of answering
	Rating   int       // 1 to 5
	Reason   string    // an option code of the template's question reason, or nothing
	Comment  string
	Equality map[string]string // by equality question; nil when the page was skipped
	Finished bool
}

// From is the first simulated day: the first of the month, twelve whole months before the month of Until.
func (p Plan) From() time.Time {
	y, m, _ := p.Until.In(p.Zone).Date()
	return time.Date(y, m-12, 1, 0, 0, 0, 0, p.Zone)
}

// Simulate calls visit with each response, in the order of days, all drawn from the plan's seed. It stops at visit's first error
// and returns it.
func Simulate(p Plan, visit func(Response) error) error {
	s := newSimulator(p)
	for i := range p.Responses {
		if err := visit(s.response((float64(i) + s.rng.Float64()) / float64(p.Responses))); err != nil {
			return err
		}
	}
	return nil
}

type simulator struct {
	rng  *rand.Rand
	plan Plan
	days []day
	// cumulative weights, so that drawing a day is a binary search
	sums []float64
}

type day struct {
	start time.Time
	month time.Month
	age   float64 // 0 at the beginning of the year, 1 at its end
}

func newSimulator(p Plan) *simulator {
	s := &simulator{rng: rand.New(rand.NewPCG(p.Seed, 0x796f7573616964)), plan: p}
	first := p.From()
	y, m, d := p.Until.In(p.Zone).Date()
	end := time.Date(y, m, d, 0, 0, 0, 0, p.Zone)
	total := 0.0
	for at := first; !at.After(end); at = at.AddDate(0, 0, 1) {
		weight := 1.0
		switch at.Weekday() {
		case time.Monday:
			weight = 1.35
		case time.Saturday:
			weight = 0.45
		case time.Sunday:
			weight = 0.3
		}
		if at.Month() == time.December && at.Day() >= 24 {
			weight *= 0.3 // the offices are closed
		}
		total += weight
		s.days = append(s.days, day{start: at, month: at.Month()})
		s.sums = append(s.sums, total)
	}
	for i := range s.days {
		s.days[i].age = float64(i) / math.Max(1, float64(len(s.days)-1))
	}
	return s
}

// response draws one person at a place in the year's feedback, from 0 to 1: when, about what, through which channel, who they are,
// and from all that how satisfied they were.
func (s *simulator) response(place float64) Response {
	d := s.days[search(s.sums, place*s.sums[len(s.sums)-1])]
	service := s.service(d.month)
	channel := pick(s.rng, channels, func(c channel) float64 { return c.weight * service.channel(c.code) })
	person := s.person(service)
	r := Response{
		ID: s.uuid(), Service: service.slug, Channel: channel.code, Language: "en",
		Mode: pick(s.rng, channel.modes, func(m weighted) float64 { return m.weight }).code,
		Hour: s.hour(d, channel),
	}
	if channel.code != "face_to_face" && s.rng.Float64() < 0.04 {
		r.Language = "cy"
	}
	r.Rating = s.rating(d, service, channel, person, r.Language)
	left := s.rng.Float64()
	if left < 0.18 {
		return r // left after the rating
	}
	if s.rng.Float64() < 0.75 {
		r.Reason = pick(s.rng, reasons, func(x reason) float64 { return x.weight(r.Rating) }).code
	}
	if s.rng.Float64() < commentShare[r.Rating-1] {
		r.Comment = s.comment(r, service)
	}
	if left < 0.28 {
		return r // left before the equality questions
	}
	r.Finished = true
	if s.rng.Float64() < 0.82 {
		r.Equality = s.equality(person)
	}
	return r
}

var commentShare = [5]float64{0.62, 0.48, 0.25, 0.16, 0.24}

func (s *simulator) service(month time.Month) service {
	return pick(s.rng, services, func(x service) float64 { return x.weight * x.season(month) })
}

// hour draws when in the day: offices answer the telephone from eight to six, the web never closes.
func (s *simulator) hour(d day, c channel) time.Time {
	h := 8 + s.rng.IntN(10)
	if c.always && s.rng.Float64() < 0.4 {
		h = []int{6, 7, 18, 19, 20, 21, 22, 23}[s.rng.IntN(8)]
	}
	y, m, day := d.start.Date()
	return time.Date(y, m, day, h, 0, 0, 0, s.plan.Zone).UTC().Truncate(time.Hour)
}

// rating is an ordered answer: a person's satisfaction is a number around what the service, the channel, the time and who they are make of
// it, cut into five.
func (s *simulator) rating(d day, v service, c channel, p person, language string) int {
	level := v.level + c.level + p.level(v)
	level += 0.25 * d.age // the year of improvement
	if v.trouble(d.month) {
		level -= 0.9
	}
	if language == "cy" {
		level -= 0.2 // letters arrive in English first
	}
	level += s.rng.NormFloat64() * 0.95
	rating := 1
	for _, cut := range []float64{-1.45, -0.65, -0.15, 0.75} {
		if level > cut {
			rating++
		}
	}
	return rating
}

func (s *simulator) uuid() uuid.UUID {
	var id uuid.UUID
	for i := range 2 {
		v := s.rng.Uint64()
		for j := range 8 {
			id[i*8+j] = byte(v >> (8 * j))
		}
	}
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}

// pick draws one of a list by weight.
func pick[T any](rng *rand.Rand, list []T, weight func(T) float64) T {
	total := 0.0
	for _, x := range list {
		total += weight(x)
	}
	at := rng.Float64() * total
	for _, x := range list {
		if at -= weight(x); at < 0 {
			return x
		}
	}
	return list[len(list)-1]
}

// search gives the first place whose sum is above at.
func search(sums []float64, at float64) int {
	low, high := 0, len(sums)-1
	for low < high {
		middle := (low + high) / 2
		if sums[middle] > at {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}
