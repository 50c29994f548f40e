package eval

import (
	"maps"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// members returns those of the query's level with their measures.
func (e *evaluation) members() []Member {
	var members []Member
	for _, s := range e.subjects() {
		if columns := e.measure(s); len(columns) > 0 {
			m := Member{Flow: s.of(e), Component: s.component, SLI: s.sli(e), Cohort: e.labels(s),
				Currency: s.currency, Policies: e.policiesOn(s, columns), Columns: columns}
			if e.plan.Query.Format == query.Table {
				m.Lost = e.losesOf(s)
			}
			members = append(members, m)
		}
	}
	return members
}

// labels returns the values of the dimensions and labels of flows that a subject's numbers are of.
func (e *evaluation) labels(s subject) map[string]string {
	values := map[string]string{}
	for k, d := range e.plan.By {
		if e.of[k] != "" {
			values[d.Name] = e.of[k]
		}
	}
	if f := s.of(e); f != nil {
		maps.Copy(values, labelsOf(e.plan, f))
	}
	maps.Copy(values, e.group.values)
	return values
}

// subject is whose numbers are computed.
type subject struct {
	level query.Level
	// flow is the position of the flow; -1 for the whole.
	flow int
	// slis are the positions, within the flow, of the SLIs that make up the subject.
	slis      []int
	component cer.Component
	// currency is that of a subject's money; "" where the query asks for none.
	currency string
}

// of returns the flow of the subject, or nil.
func (s subject) of(e *evaluation) *cer.Flow {
	if s.flow < 0 {
		return nil
	}
	return e.flows[s.flow].Flow.Flow
}

// sli returns the SLI that the subject is, or nil.
func (s subject) sli(e *evaluation) *cer.SLI {
	if s.level != query.LevelSLI {
		return nil
	}
	return e.flows[s.flow].slis[s.slis[0]]
}

// subjects lists whose numbers the query shows.
func (e *evaluation) subjects() []subject {
	level := e.plan.Query.Level
	if level == query.LevelOverall {
		if len(e.flows) == 0 {
			return nil
		}
		return e.wholes()
	}
	var subjects []subject
	for k := range e.flows {
		if !e.flows[k].Shown || !e.has(k) {
			continue
		}
		switch level {
		case query.LevelFlow:
			subjects = append(subjects, subject{level: level, flow: k, slis: e.flows[k].all(), currency: e.currencyOf(k)})
		case query.LevelComponent:
			subjects = append(subjects, e.components(k)...)
		case query.LevelSLI:
			subjects = append(subjects, e.slis(k)...)
		}
	}
	return subjects
}

// wholes lists the whole, or the whole of each currency.
func (e *evaluation) wholes() []subject {
	m := e.plan.Query.Measure
	if !m.IsMoney() {
		return []subject{{level: query.LevelOverall, flow: -1}}
	}
	var wholes []subject
	for _, currency := range e.currencies(m) {
		wholes = append(wholes, subject{level: query.LevelOverall, flow: -1, currency: currency})
	}
	return wholes
}

// currencyOf is the currency of a flow's money; "" where the query asks for none.
func (e *evaluation) currencyOf(k int) string {
	if money := e.plan.Query.Measure.MoneyOf(e.flows[k].Flow.Flow); money != nil {
		return money.Currency
	}
	return ""
}

// has reports whether a flow has the cohort of the evaluation.
func (e *evaluation) has(k int) bool {
	return e.ledger.cohortsOf(&e.flows[k].Flow, e.instants).anySpeaksFor(e.of)
}

// components lists the components of a flow that are shown, each with all of its SLIs.
func (e *evaluation) components(k int) []subject {
	var subjects []subject
	for _, component := range cer.Components() {
		var positions []int
		for j, s := range e.flows[k].SLIs {
			if s.SLI.Component == component && s.Shown {
				positions = append(positions, j)
			}
		}
		if len(positions) > 0 {
			subjects = append(subjects, subject{level: query.LevelComponent, flow: k, slis: positions, component: component})
		}
	}
	return subjects
}

// slis lists the SLIs of a flow that are shown.
func (e *evaluation) slis(k int) []subject {
	var subjects []subject
	for j, s := range e.flows[k].SLIs {
		if s.Shown {
			subjects = append(subjects, subject{level: query.LevelSLI, flow: k, slis: []int{j}, component: s.SLI.Component})
		}
	}
	return subjects
}

// measure computes the measures of a subject that are asked for and that it has.
func (e *evaluation) measure(s subject) map[query.Measure][]float64 {
	columns := map[query.Measure][]float64{}
	for _, m := range e.plan.Query.Columns() {
		if !m.ExistsAt(s.level) || !e.measures(s, m) {
			continue
		}
		columns[m] = e.column(s, m)
	}
	return columns
}

// measures reports whether a subject has a measure: traffic is that of SLIs that count events.
func (e *evaluation) measures(s subject, m query.Measure) bool {
	switch m {
	case query.Traffic:
		return e.hasTraffic(s)
	case query.Budget, query.Burn, query.Exhaustion:
		return e.objective(s) > 0
	case query.RevenueAtRisk, query.Cost:
		return s.currency != ""
	default:
		return true
	}
}

// hasTraffic reports whether the events of a subject are known.
func (e *evaluation) hasTraffic(s subject) bool {
	switch s.level {
	case query.LevelSLI:
		return s.sli(e).Indicator.CountsEvents()
	case query.LevelFlow:
		return s.of(e).Traffic != ""
	default:
		return true
	}
}

// column computes one measure of a subject at each instant.
func (e *evaluation) column(s subject, m query.Measure) []float64 {
	if e.plan.Query.Measure.IsOfSlices() && !m.IsOfSlices() {
		fine := e.fine()
		return fine.atMinutes(fine.instantly(s, m), e.plan.Range)
	}
	return e.instantly(s, m)
}

// instantly computes one measure of a subject at each instant of the evaluation.
func (e *evaluation) instantly(s subject, m query.Measure) []float64 {
	switch m {
	case query.Score:
		return e.scores(s)
	case query.Coverage:
		return e.coverage(s)
	case query.Value:
		return e.values(s)
	case query.Weight:
		return e.shares(s)
	case query.Traffic:
		return e.traffic(s)
	case query.Lag:
		return e.lag(s)
	case query.Budget:
		return e.budget(s)
	case query.Burn:
		return e.burn(s)
	case query.Exhaustion:
		return e.exhaustion(s)
	case query.State:
		return e.state(s)
	case query.RevenueAtRisk:
		return e.revenueAtRisk(s)
	case query.Cost:
		return e.cost(s)
	default:
		return e.impact(s)
	}
}

// each fills a column.
func (e *evaluation) each(at func(i int) float64) []float64 {
	values := make([]float64, e.n)
	for i := range values {
		values[i] = at(i)
	}
	return values
}

// reading is that of the SLI that a subject is, at an instant.
func (e *evaluation) reading(s subject, i int) cer.Observation {
	return e.flows[s.flow].plain[s.slis[0]].readings.at(i)
}

// verdicts are those of a subject that is no SLI.
func (e *evaluation) verdicts(s subject) []cer.Composite {
	switch s.level {
	case query.LevelOverall:
		return e.overall
	case query.LevelFlow:
		return e.flows[s.flow].verdicts
	default:
		return e.judge(&e.flows[s.flow], s.slis)
	}
}
