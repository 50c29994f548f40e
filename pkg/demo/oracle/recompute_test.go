package oracle

import (
	"math"
	"time"
)

// column is a number an instant, NaN where there is none.
type column []float64

// none is what a column has where there is no number.
var none = math.NaN()

// missing reports whether there is no number.
func missing(x float64) bool { return math.IsNaN(x) }

// add adds a multiple of another column.
func (c column) add(other column, factor float64) {
	for i := range c {
		c[i] += other[i] * factor
	}
}

// columns are the numbers of an SLI by one form.
type columns struct {
	// total is events a second; nil where they are not counted.
	total column
	value column
	// undefined is 1 where the value is a sample that is no number; nil where that says nothing of events.
	undefined column
}

// limited returns the columns with values in [0,1].
func (c columns) limited() columns {
	for i := range c.value {
		c.value[i] = limit(c.value[i])
	}
	return c
}

// status says what telemetry there is of an SLI at an instant.
type status int

const (
	isMissing status = iota
	isIdle
	isPresent
)

// reading is an SLI at an instant. The score is NaN where it takes no part.
type reading struct {
	status status
	score  float64
	policy policy
	// value is in the SLI's own unit, and traffic in events per second where it counts some; NaN where they are not known.
	value, traffic float64
}

// known reports whether the SLI counts as covered: what is missing and scored 1 does not, since nobody saw it work.
func (r reading) known() bool { return r.counts() && (r.status != isMissing || r.policy != good) }

// counts reports whether the SLI was read, or is scored without.
func (r reading) counts() bool { return r.status != isMissing || !missing(r.score) }

// read reads an SLI off its columns at the i-th instant.
func (s *sli) read(forms []columns, window time.Duration, i int) reading {
	seen, traffic := isMissing, none
	for _, f := range forms {
		status := f.status(i, s.minEvents, window)
		if _, counts := s.indicator.(counting); counts {
			traffic = f.total[i]
		}
		switch status {
		case isPresent:
			return reading{status: isPresent, score: s.curve.score(f.value[i]), value: f.value[i], traffic: traffic}
		case isIdle:
			seen = isIdle
		}
	}
	p := s.missing
	if seen == isIdle {
		p = s.idle
	}
	return reading{status: seen, policy: p, value: none, traffic: traffic, score: p.number()}
}

// number is the score of an SLI without a value; NaN where it takes no part.
func (p policy) number() float64 {
	switch p {
	case good:
		return 1
	case bad:
		return 0
	default:
		return none
	}
}

// status says what a form has at the i-th instant.
func (c columns) status(i int, minEvents float64, window time.Duration) status {
	if c.total != nil {
		events := c.total[i] * window.Seconds()
		switch {
		case missing(events):
			return isMissing
		case events == 0 || events < minEvents*(1-tolerance):
			return isIdle
		}
	}
	if c.undefined != nil && !missing(c.undefined[i]) {
		return isIdle
	}
	if v := c.value[i]; missing(v) || math.IsInf(v, 0) {
		return isMissing
	}
	return isPresent
}

// verdict is a flow, or the whole, at an instant.
type verdict struct {
	// score is NaN where there is none.
	score, coverage float64
	// trusted reports that nothing forbids a score.
	trusted bool
	// keyless reports that a key SLI is missing.
	keyless bool
}

// judge combines the readings of a flow's SLIs.
func (f *flow) judge(c *catalog, readings []reading) verdict {
	var members []member
	all, known, ceiling, keyless := 0.0, 0.0, 1.0, false
	for i, r := range readings {
		s := &f.slis[i]
		all += s.weight
		if r.known() {
			known += s.weight
		}
		if s.key {
			keyless = keyless || !r.counts()
		}
		if missing(r.score) {
			continue
		}
		members = append(members, member{s.weight, r.score})
		if s.key {
			ceiling = math.Min(ceiling, r.score)
		}
	}
	return c.withhold(verdict{math.Min(ceiling, c.aggregate.of(members, all)), share(known, all), !keyless, keyless})
}

// judge combines the verdicts of flows, given their weights.
func (c *catalog) judge(weights []float64, verdicts []verdict) verdict {
	var members []member
	all, known := 0.0, 0.0
	for i, v := range verdicts {
		w := weights[i]
		all += w
		if v.trusted {
			known += w * v.coverage
		}
		if !missing(v.score) {
			members = append(members, member{w, v.score})
		}
	}
	return c.withhold(verdict{score: c.aggregate.of(members, all), coverage: share(known, all), trusted: true})
}

// withhold takes the score from a verdict that is not to be trusted.
func (c *catalog) withhold(v verdict) verdict {
	v.trusted = v.trusted && v.coverage >= c.minCoverage*(1-tolerance)
	if !v.trusted {
		v.score = none
	}
	return v
}

// share is a part of all, and 0 of nothing.
func share(part, all float64) float64 {
	if all == 0 {
		return 0
	}
	return part / all
}

// member is a score with its weight.
type member struct{ weight, score float64 }

// of aggregates the members, of which those of weight 0 don't count, given the weight of all there could be. It is
// NaN where none counts.
func (a aggregate) of(members []member, all float64) float64 {
	weight, scores, logs, inverses, lost := 0.0, 0.0, 0.0, 0.0, 0.0
	least, times := 1.0, 1.0
	for _, m := range members {
		if m.weight == 0 {
			continue
		}
		weight += m.weight
		scores += m.weight * m.score
		logs += m.weight * math.Log(m.score)
		inverses += m.weight / m.score
		lost += m.weight * (1 - m.score)
		least = math.Min(least, m.score)
		times *= m.score
	}
	if weight == 0 {
		return none
	}
	switch a {
	case mean:
		return scores / weight
	case geometric:
		return math.Exp(logs / weight)
	case harmonic:
		return weight / inverses
	case minimum:
		return least
	case product:
		return times
	case loss:
		return math.Max(0, 1-lost*all/weight)
	default:
		panic("there is no aggregate " + a)
	}
}
