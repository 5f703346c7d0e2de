package analytics

// OfEverybody makes a query for the one figure of the whole organisation, also for those who see the answers of some services only: what they see is compared with it, and everybody who may see figures may
// know it. AskTogether answers it where it has no dimension and no filter.
func (q Query) OfEverybody() Query {
	q.everybody = true
	return q
}
