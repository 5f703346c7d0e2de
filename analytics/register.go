package analytics

import "yousaid/analytics/disclosure"

// registered is what the register keeps beside the cells of a release: the order of codes and answers in which the proof counts, the proof, and
// with what it was audited.
type registered struct {
	Dimensions []registeredDimension `json:"dimensions"`
	Answers    []registeredAnswer    `json:"answers"`
	Proof      disclosure.Proof      `json:"proof"`
	Beside     []int64               `json:"beside,omitempty"`
	Limits     []string              `json:"limits,omitempty"`
	Words      *registeredWords      `json:"words,omitempty"`
	Counts     map[int64]string      `json:"counts"` // by the survey's id, the code of the question that is counted
}

type registeredDimension struct {
	ID     string            `json:"id"`
	Codes  []string          `json:"codes"`
	Rows   map[string]string `json:"rows,omitempty"` // by code, the database's id of a service or directorate: its code may come to be another one
	Groups []registeredGroup `json:"groups,omitempty"`
}

type registeredGroup struct {
	Code string   `json:"code"`
	Of   []string `json:"of"`
}

type registeredAnswer struct {
	Code      string   `json:"code"`
	Score     *float64 `json:"score,omitempty"`
	Satisfied bool     `json:"satisfied,omitempty"`
}

func (p Protected) tree() (list []registeredDimension) {
	for _, d := range p.Table.Dimensions() {
		r := registeredDimension{ID: d.ID, Codes: d.Codes, Rows: p.rows[d.ID]}
		for _, g := range d.Groups {
			r.Groups = append(r.Groups, registeredGroup{g.Code, g.Of})
		}
		list = append(list, r)
	}
	return list
}

func (p Protected) answers() (list []registeredAnswer) {
	for _, a := range p.Table.Answers() {
		list = append(list, registeredAnswer{a.Code, a.Score, a.Satisfied})
	}
	return list
}
