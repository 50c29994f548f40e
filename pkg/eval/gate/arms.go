package gate

import (
	"math"
	"slices"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// Compared is an SLI that a gate looks at.
type Compared struct {
	Flow *cer.Flow
	SLI  *cer.SLI
	// LeftOut says why it is not compared; "" where it is.
	LeftOut string
	// strata are the members of its arms, by the values of the other dimensions.
	strata []stratum
	// cer.GateSLI has its time slices.
	cer.GateSLI
}

// stratum is both arms within a cohort of the other dimensions; nil where there is no member.
type stratum struct {
	key                 []string
	candidate, baseline *eval.Member
}

// Arms returns the SLIs that a gate looks at, with the time slices of both arms, given the answer to its query for evidence. whyUnseen
// says why an SLI of which neither arm was seen can't be compared; "" where it can.
func (g *Question) Arms(evidence *eval.Result, whyUnseen func(*cer.SLI) string) []Compared {
	if evidence.Plan.Coarse == nil {
		return g.unseenArms()
	}
	var all []Compared
	for _, f := range evidence.Plan.Coarse.Flows {
		for i := range f.SLIs {
			sli := &f.SLIs[i]
			c := Compared{Flow: f.Flow, SLI: sli.SLI, strata: g.strataOf(evidence, f.Flow, sli.SLI)}
			c.IsKey, c.MaxDrop = sli.SLI.Key, g.Stated.MaxDropOf(f.Flow.Name, sli.SLI.Name)
			c.CountsEvents = sli.SLI.Indicator.CountsEvents()
			c.Slices = c.slices(evidence.Plan.Range.Len(), width(evidence.Plan))
			if c.LeftOut = g.leftOut(sli); c.LeftOut == "" && !c.isSeen() {
				c.LeftOut = whyUnseen(sli.SLI)
			}
			all = append(all, c)
		}
	}
	setShares(all, g.Evidence.Catalog)
	return all
}

// unseenArms returns the SLIs that a gate looks at before any time slice is over.
func (g *Question) unseenArms() []Compared {
	c := g.Evidence.Catalog
	var all []Compared
	for i := range c.Flows {
		f := &c.Flows[i]
		for j := range f.SLIs {
			sli := &f.SLIs[j]
			one := Compared{Flow: f, SLI: sli, GateSLI: cer.GateSLI{IsKey: sli.Key, MaxDrop: g.Stated.MaxDropOf(f.Name, sli.Name), CountsEvents: sli.Indicator.CountsEvents()}}
			if !g.Stated.Compares(c, sli) {
				one.LeftOut = g.untold()
			}
			all = append(all, one)
		}
	}
	setShares(all, c)
	return all
}

// width returns that of the time slices of a plan.
func width(p *plan.Plan) time.Duration { return time.Duration(p.Range.Step) * time.Millisecond }

// leftOut says why an SLI can't be compared, as far as its definition tells; "" where it can.
func (g *Question) leftOut(sli *plan.SLI) string {
	switch {
	case sli.SLI.Fault != "":
		return "its definition is invalid: " + sli.SLI.Fault
	case sli.Plain == nil || len(sli.Plain.Labels) == 0 || sli.Plain.Labels[0] == "":
		return g.untold()
	default:
		return ""
	}
}

// untold says that an SLI does not have the compared dimension.
func (g *Question) untold() string {
	return "its series do not tell " + g.Stated.Compare.Dimension + " apart"
}

// strataOf returns the arms of an SLI in each cohort of the other dimensions.
func (g *Question) strataOf(evidence *eval.Result, f *cer.Flow, sli *cer.SLI) []stratum {
	var all []stratum
	for i := range evidence.Members {
		m := &evidence.Members[i]
		if m.Flow != f || m.SLI != sli {
			continue
		}
		key := make([]string, len(g.Stated.Compare.Strata))
		for k, d := range g.Stated.Compare.Strata {
			key[k] = m.Cohort[d]
		}
		at := slices.IndexFunc(all, func(s stratum) bool { return slices.Equal(s.key, key) })
		if at < 0 {
			at, all = len(all), append(all, stratum{key: key})
		}
		switch m.Cohort[g.Stated.Compare.Dimension] {
		case g.Candidate:
			all[at].candidate = m
		case g.Baseline:
			all[at].baseline = m
		}
	}
	return all
}

// slices returns what both arms did in each of n time slices.
func (c *Compared) slices(n int, width time.Duration) []cer.GateSlice {
	all := make([]cer.GateSlice, n)
	for i := range all {
		s := &all[i]
		s.Candidate, s.Baseline = math.NaN(), math.NaN()
		var candidates, baselines []float64
		for _, one := range c.strata {
			candidate, baseline := armAt(one.candidate, i), armAt(one.baseline, i)
			s.Skipped = s.Skipped || candidate.maintained || baseline.maintained
			s.Seen, s.BaselineSeen = s.Seen || candidate.isSeen(c.CountsEvents), s.BaselineSeen || baseline.isSeen(c.CountsEvents)
			if !candidate.isSeen(c.CountsEvents) || !baseline.isSeen(c.CountsEvents) {
				continue
			}
			if c.CountsEvents {
				s.Counts = append(s.Counts, countsOf(candidate, baseline, width.Seconds()))
			} else {
				candidates, baselines = append(candidates, candidate.score), append(baselines, baseline.score)
			}
		}
		if len(candidates) > 0 {
			s.Candidate, s.Baseline = mean(candidates), mean(baselines)
		}
	}
	return all
}

// arm is what an SLI did for one arm in a time slice; NaN where that is not known. events is the rate of its events.
type arm struct {
	value, score, events float64
	maintained           bool
}

// armAt returns an arm in a time slice. A member that is nil is not known.
func armAt(m *eval.Member, i int) arm {
	none := math.NaN()
	if m == nil {
		return arm{none, none, none, false}
	}
	a := arm{value: m.Columns[query.Value][i], score: m.Columns[query.Score][i], events: none, maintained: m.Maintained != nil && m.Maintained[i]}
	if traffic := m.Columns[query.Traffic]; traffic != nil {
		a.events = traffic[i]
	}
	return a
}

// isSeen reports whether there is telemetry of an arm: a score, or where events count, none of them or a share of them that is good.
func (a arm) isSeen(countsEvents bool) bool {
	if countsEvents {
		return a.events == 0 || a.events > 0 && !math.IsNaN(a.value)
	}
	return !math.IsNaN(a.score)
}

// countsOf returns the events of both arms in a time slice of a width in seconds.
func countsOf(candidate, baseline arm, width float64) cer.ArmCounts {
	events, bad := candidate.counts(width)
	others, othersBad := baseline.counts(width)
	return cer.ArmCounts{Bad: bad, Events: events, AllBad: bad + othersBad, AllEvents: events + others}
}

// counts returns the events of an arm, and how many are bad.
func (a arm) counts(width float64) (events, bad float64) {
	if a.events == 0 {
		return 0, 0
	}
	return a.events * width, a.events * width * (1 - a.value)
}

// mean returns the mean of numbers.
func mean(all []float64) float64 {
	sum := 0.0
	for _, v := range all {
		sum += v
	}
	return sum / float64(len(all))
}

// isSeen reports whether there is telemetry of either arm in a time slice.
func (c *Compared) isSeen() bool {
	return slices.ContainsFunc(c.Slices, func(s cer.GateSlice) bool { return s.Seen || s.BaselineSeen })
}

// setShares sets the shares of the weights of those SLIs that are compared.
func setShares(all []Compared, c *cer.Catalog) {
	var weights []float64
	var isKey []bool
	for i := range all {
		if all[i].LeftOut != "" {
			continue
		}
		f, inFlow := all[i].Flow, 0.0
		for j := range f.SLIs {
			inFlow += f.SLIs[j].Weight
		}
		weights, isKey = append(weights, c.StaticShare(f)*cer.Share(all[i].SLI.Weight, inFlow)), append(isKey, all[i].IsKey)
	}
	shares := cer.GateShares(weights, isKey)
	for i := range all {
		if all[i].LeftOut == "" {
			all[i].Share, shares = shares[0], shares[1:]
		}
	}
}
