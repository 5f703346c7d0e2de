package demo

import (
	"fmt"
	"strings"
)

// Comments are put together from parts, so that thousands differ and still read as people write. Places, names, numbers and addresses are
// invented: numbers are from the ranges kept for drama, addresses end in example.org.

var praise = []string{
	"Quick and easy, thank you.", "The person I spoke to was kind and knew what to do.", "Very helpful staff.", "It was sorted the same day.",
	"I was kept informed all the way.", "Much better than last year.", "The form was simple on my phone.", "Polite and clear.",
	"No complaints at all.", "They rang me back when they said they would.",
}

var middling = []string{
	"It was fine in the end.", "It took longer than I expected.", "I had to ask twice.", "The web page was hard to find.",
	"Average, nothing special.",
	"The letter was not easy to understand.", "I would like to be told when it is done.", "Opening hours do not suit people who work.",
}

var blame = []string{
	"I waited a long time and nobody answered.", "Still not done after %d weeks.", "I was passed from one person to another %d times.",
	"Nobody told me what was happening.", "I rang %d times and had to start from the beginning each time.", "The form kept losing my answers.",
	"I was told one thing on the phone and another by letter.", "I cannot get to the office because there is no step-free way in.",
	"The crew came but did not finish the job.", "I have given up.", "It is worse than it was.",
}

// subjects are what people say about one service: when they are content, and when they are not.
var subjects = map[string]struct{ good, bad []string }{
	"household-waste-collection": {[]string{"The crew put the bin back neatly."},
		[]string{"The bin was missed again in Mill Lane.", "The crew left the bin across the pavement.",
			"Collection day changed and I was not told."}},
	"household-garden-waste": {[]string{"Paying for the garden bin was easy."}, []string{"The garden bin was full for three weeks."}},
	"road-maintenance": {[]string{"The road is smooth at last."},
		[]string{"The pothole outside the school is back.", "Temporary repairs never last on Station Road."}},
	"street-lighting": {[]string{"New lights are brighter."},
		[]string{"The lamp at the corner of Orchard Close has been out since October."}},
	"housing-repairs": {[]string{"The repair man was tidy and explained everything."},
		[]string{"The boiler still leaks.", "Damp in the bedroom has come back."}},
	"library-facilities":              {[]string{"The library is warm and friendly."}, []string{"More large print books please."}},
	"parking-permits":                 {[]string{"Renewing the permit took five minutes."}, []string{"The permit costs too much."}},
	"council-tax-annual-notification": {[]string{"It is good that I can pay by month."}, []string{"The bill does not say what changed."}},
	"planning-decision-notices": {[]string{"The officer explained the decision well."},
		[]string{"The decision came eight weeks late.", "The notice used words I do not know."}},
	"flytipping": {[]string{"The mattress by the canal has gone, thank you."},
		[]string{"Rubbish has been dumped behind the garages again."}},
}

var welsh = []string{
	"Diolch yn fawr, gwasanaeth da iawn.", "Roedd yn rhaid aros yn hir.", "Hoffwn gael llythyr yn Gymraeg.",
	"Staff cyfeillgar a chymwynasgar.",
	"Doedd neb yn ateb y ffôn.", "Roedd y ffurflen yn hawdd ei defnyddio.",
}

// contacts are what people should not write and do: redaction has to find it.
var contacts = []string{
	"Please ring me on 01632 960%03d.", "You can write to me at resident%d@example.org.", "My number is 07700 900%03d.",
}

func (s *simulator) comment(r Response, v service) string {
	one := func(list []string) string {
		text := list[s.rng.IntN(len(list))]
		if strings.Contains(text, "%") {
			text = fmt.Sprintf(text, 2+s.rng.IntN(8))
		}
		return text
	}
	if r.Language == "cy" {
		return one(welsh)
	}
	tone := middling
	if r.Rating >= 4 {
		tone = praise
	}
	if r.Rating <= 2 {
		tone = blame
	}
	parts := []string{one(tone)}
	about := subjects[v.slug].bad
	if r.Rating >= 4 {
		about = subjects[v.slug].good
	}
	if len(about) > 0 && s.rng.Float64() < 0.6 {
		parts = append([]string{one(about)}, parts...)
	}
	if s.rng.Float64() < 0.3 {
		parts = append(parts, one(tone))
	}
	if s.rng.Float64() < 0.02 {
		parts = append(parts, fmt.Sprintf(contacts[s.rng.IntN(len(contacts))], s.rng.IntN(1000)))
	}
	return strings.Join(parts, " ")
}
