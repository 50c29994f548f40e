package query

// validateGraph says what does not go with a graph.
func (q Query) validateGraph() error {
	switch {
	case q.Format != Graph:
		return nil
	case q.Measure != Score || q.Level != LevelOverall:
		return Invalidf("a graph shows the scores of all levels; leave measure and level out")
	case len(q.SLIs)+len(q.Components) > 0:
		return Invalidf("a graph has all SLIs of its flows; leave slis and components out, and name flows")
	case len(q.By) > 0:
		return Invalidf("a graph has one node for all cohorts; leave by out, and keep one cohort by where")
	default:
		return nil
	}
}

// TableOf returns the query for the table at a level that the nodes of a graph are made of. The whole is that of all flows, which
// impacts are on, whichever flows are shown.
func (q Query) TableOf(level Level) Query {
	q.Format, q.Level = Table, level
	if level == LevelOverall {
		q.Flows = nil
	}
	return q
}
