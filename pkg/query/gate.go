package query

import (
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
)

// EventPrefix stands in Since before the name of an event.
const EventPrefix = "event:"

// maxGateText is the number of bytes of what a gate compares, as of the patterns of filters.
const maxGateText = 200

// validateGate says what is wrong with a question for the verdict of a gate, or its evidence.
func (q Query) validateGate() error {
	switch {
	case !q.IsOfGate():
		if q.Gate+q.Candidate+q.Baseline+q.Since != "" {
			return Invalidf("gate, candidate, baseline and since go with the format gate or the measures %s; leave them out", list.Or(gateMeasures))
		}
		return nil
	case q.Format == Gate && q.Measure != Verdict:
		return Invalidf("the format gate shows the verdict; write measure verdict, or leave it out")
	case q.Gate == "":
		return Invalidf("the %s needs the name of a gate, such as gate: checkout-canary", q.Measure)
	case !q.Measure.ComesAs(q.Format):
		return Invalidf("the %s of a gate can't be asked for as %s; ask for it as %s", q.Measure, q.Format, list.Or(q.Measure.Row().Formats))
	case q.Measure == Verdict && q.Level != LevelOverall:
		return Invalidf("a gate has one verdict; write level overall, or leave it out")
	}
	return q.validateNamesOfGate()
}

// gateMeasures are those that gates decide.
var gateMeasures = measuresThat(func(row Row) bool { return row.Basis == OfGates })

// validateNamesOfGate says what a question for a gate can't name.
func (q Query) validateNamesOfGate() error {
	switch {
	case len(q.Flows)+len(q.SLIs)+len(q.Components)+len(q.By) > 0:
		return Invalidf("the catalog states which flows a gate is about, and what it compares; leave flows, slis, components and by out")
	case q.Window != WindowAuto:
		return Invalidf("a gate looks at the whole time since its start; leave window out")
	}
	if err := CheckCohorts([]string{q.Candidate, q.Baseline, q.Since}); err != nil {
		return err
	}
	if n := max(len(q.Candidate), len(q.Baseline), len(q.Since)); n > maxGateText {
		return Invalidf("candidate, baseline or since has %d bytes, more than %d; write a value of the compared dimension", n, maxGateText)
	}
	if _, err := time.Parse(time.RFC3339, q.Since); err != nil && q.Since != "" && !strings.HasPrefix(q.Since, EventPrefix) {
		return Invalidf("since is %q; it can be a time such as 2026-03-04T12:00:00Z, event:deploys for the newest run of an event, or left out for the start of the range", q.Since)
	}
	return nil
}
