package analytics

import "yousaid/analytics/register"

// record is what the register keeps of the table beside its cells and its proof.
func (p provedTable) record() register.Record {
	return register.Record{Dimensions: p.dimensionsRecord(), Answers: p.answers(), AuditedWith: p.AuditedWith, Limits: p.Limits,
		Words: p.words()}
}

func (p provedTable) dimensionsRecord() (list []register.Dimension) {
	for _, d := range p.Table.Dimensions() {
		r := register.Dimension{ID: d.ID, Codes: d.Codes, Rows: p.rows[d.ID]}
		for _, g := range d.Groups {
			r.Groups = append(r.Groups, register.Group{Code: g.Code, Of: g.Of})
		}
		list = append(list, r)
	}
	return list
}

func (p provedTable) answers() (list []register.Answer) {
	for _, a := range p.Table.Answers() {
		list = append(list, register.Answer{Code: a.Code, Score: a.Score, Satisfied: a.Satisfied})
	}
	return list
}

func (p provedTable) words() *register.Words {
	w := &register.Words{Organisation: p.Organisation, Zone: p.Zone.String(), LeftOut: p.LeftOut, Question: p.Measure.Text.String(),
		Kind: string(p.Measure.Kind), HasMean: p.Measure.HasMean, HasShare: p.Measure.HasShare}
	for _, s := range p.Surveys {
		w.Surveys = append(w.Surveys, register.Survey{ID: s.ID, Slug: s.Slug, Title: s.Title.String()})
	}
	for _, a := range p.Measure.Answers {
		w.Answers = append(w.Answers, register.Label{Code: a.Code, Label: a.Label.String()})
	}
	for _, d := range p.Dimensions {
		h := register.Heading{Label: d.Label.String(), Equality: d.Equality}
		for _, c := range d.Codes {
			h.Codes = append(h.Codes, register.Label{Code: c.Code, Label: c.Label.String()})
		}
		for _, g := range d.Groups {
			h.Groups = append(h.Groups, register.Label{Code: g.Code.Code, Label: g.Label.String()})
		}
		w.Dimensions = append(w.Dimensions, h)
	}
	return w
}
