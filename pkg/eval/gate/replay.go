package gate

import (
	"math"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Members returns the numbers of the measure that is asked for at each instant of a range: what the gate decides that is asked then, since
// the same start. They are NaN before the start. evidence and requirement are the answers that the result was decided by.
func (r *Result) Members(over series.Range, evidence, requirement *eval.Result) []eval.Member {
	measure, shown := r.query.Measure, r.shown()
	members := make([]eval.Member, len(shown))
	for k, s := range shown {
		members[k] = s.member
		members[k].Columns = map[query.Measure][]float64{measure: missing(over.Len())}
	}
	add := func(i int, o *cer.GateOutcome) {
		for k, s := range shown {
			members[k].Columns[measure][i] = s.number(o)
		}
	}
	if over.IsInstant() {
		add(0, &r.GateOutcome)
	} else {
		r.replay(over, evidence, requirement, add)
	}
	return members
}

// shownMember is a member of an answer, and its number in what a gate decides.
type shownMember struct {
	member eval.Member
	number func(o *cer.GateOutcome) float64
}

// shown returns the members of the answer: the gate, or each SLI of which events are compared.
func (r *Result) shown() []shownMember {
	named := map[string]string{"gate": r.Stated.Name}
	switch {
	case r.query.Measure == query.Verdict:
		return []shownMember{{eval.Member{Cohort: named}, func(o *cer.GateOutcome) float64 { return o.Verdict.Number() }}}
	case r.query.Level == query.LevelOverall:
		return []shownMember{{eval.Member{Cohort: named}, func(o *cer.GateOutcome) float64 { return o.Evidence }}}
	}
	var all []shownMember
	looked := 0
	for i := range r.Compared {
		c, k := &r.Compared[i], looked
		if c.LeftOut != "" {
			continue
		}
		if looked++; !c.CountsEvents {
			continue
		}
		number := func(o *cer.GateOutcome) float64 { return c.Share * o.SLIs[k].Worse }
		if r.query.Measure == query.NotWorse {
			number = func(o *cer.GateOutcome) float64 { return o.SLIs[k].NotWorse }
		}
		all = append(all, shownMember{eval.Member{Flow: c.Flow, SLI: c.SLI, Cohort: named}, number})
	}
	return all
}

// replay calls add with what the gate decides at each instant of a range from its start on. From its end on it is the same.
func (r *Result) replay(over series.Range, evidence, requirement *eval.Result, add func(i int, o *cer.GateOutcome)) {
	ends, telemetry := series.Range{End: -1}, cer.GateTelemetry{}
	if evidence != nil {
		ends, telemetry.Width = evidence.Plan.Range, width(evidence.Plan)
	}
	run := r.Stated.Run(looked(r.Compared))
	for i := range over.Len() {
		if over.At(i) < r.From.UnixMilli() {
			continue
		}
		at := min(over.At(i), r.To.UnixMilli())
		run.AddUntil(upTo(ends, at))
		telemetry.Elapsed = max(0, series.Time(at).Sub(r.From))
		telemetry.Required = required(requirement, series.Floor(at, r.times.Scrape.Milliseconds()))
		o := run.Outcome(telemetry)
		add(i, &o)
	}
}

// upTo returns the number of instants of a range that are not after one, in Unix milliseconds.
func upTo(r series.Range, at int64) int {
	if at < r.Start || r.Len() == 0 {
		return 0
	}
	return min(int((at-r.Start)/max(r.Step, 1))+1, r.Len())
}

// required returns what the gate's condition is at an instant, in Unix milliseconds, given the answer to the query for it; True where the
// gate has none.
func required(requirement *eval.Result, at int64) cer.Truth {
	if requirement == nil {
		return cer.True
	}
	if len(requirement.Members) == 0 {
		return cer.Unknown
	}
	holds, position := cer.True, max(0, upTo(requirement.Plan.Range, at)-1)
	for _, m := range requirement.Members {
		holds = holds.And(m.On[position])
	}
	return holds
}

// looked returns those of the SLIs that are compared.
func looked(all []Compared) []cer.GateSLI {
	var slis []cer.GateSLI
	for i := range all {
		if all[i].LeftOut == "" {
			slis = append(slis, all[i].GateSLI)
		}
	}
	return slis
}

// missing returns n numbers that are NaN.
func missing(n int) []float64 {
	numbers := make([]float64, n)
	for i := range numbers {
		numbers[i] = math.NaN()
	}
	return numbers
}
