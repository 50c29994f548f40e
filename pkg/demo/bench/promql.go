package bench

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// composed writes the scores of a catalog as PromQL, as a user would who knows it well: alike flows are asked together,
// and nothing is guarded against that the telemetry does not hold.
type composed struct {
	catalog catalog
	flows   []int
	window  time.Duration
	// by are the labels by which series are told apart.
	by []string
}

// composed returns the scores of all flows, told apart by their handler.
func (c catalog) composed() composed {
	return composed{catalog: c, flows: c.numbers(), window: window, by: []string{"handler"}}
}

// only returns the scores of one flow, without a label.
func (p composed) only(flow int) composed {
	p.flows, p.by = []int{flow}, nil
	return p
}

// split returns the scores of each value of a label too.
func (p composed) split(label string) composed {
	p.by = append(p.by[:len(p.by):len(p.by)], label)
	return p
}

// inSlices looks back over what a slice of the plugin does: its width and the scrape before it.
func (p composed) inSlices() composed {
	p.window = sliceWidth + p.catalog.scrape
	return p
}

// sum is a sum of rates or increases of some flows' series.
func (p composed) sum(flows []int, function, metric, matcher string, over time.Duration, by ...string) string {
	handlers := make([]string, len(flows))
	for i, flow := range flows {
		handlers[i] = regexp.QuoteMeta(handler(flow))
	}
	of := ""
	if by = append(p.by[:len(p.by):len(p.by)], by...); len(by) > 0 {
		of = " by (" + strings.Join(by, ", ") + ") "
	}
	equals := "="
	if len(handlers) > 1 {
		equals = "=~"
	}
	return fmt.Sprintf(`sum%s(%s(%s{job="%s",handler%s"%s"%s}[%s]))`,
		of, function, metric, p.catalog.job, equals, strings.Join(handlers, "|"), matcher, duration(over))
}

// rate is a sum of rates of the flows' series.
func (p composed) rate(metric, matcher string) string {
	return p.sum(p.flows, "rate", metric, matcher, p.window)
}

// under is the sum of rates or increases of requests at or under a bound, which may differ between flows.
func (p composed) under(bound func(flow int) string, function string, over time.Duration) string {
	var bounds []string
	flows := map[string][]int{}
	for _, flow := range p.flows {
		le := bound(flow)
		if flows[le] == nil {
			bounds = append(bounds, le)
		}
		flows[le] = append(flows[le], flow)
	}
	alternatives := make([]string, len(bounds))
	for i, le := range bounds {
		alternatives[i] = p.sum(flows[le], function, durationsMetric+"_bucket", fmt.Sprintf(`,le="%s"`, le), over)
	}
	if len(alternatives) == 1 {
		return alternatives[0]
	}
	return "(" + strings.Join(alternatives, " or ") + ")"
}

// values are the values of SLIs, in the order of the catalog.
func (p composed) values() []string {
	total, all := p.rate(requestsMetric, ""), p.rate(durationsMetric+"_count", "")
	return []string{
		fmt.Sprintf("%s / %s", p.rate(requestsMetric, `,code!~"5.."`), total),
		fmt.Sprintf("1 - %s / %s", p.rate(requestsMetric, `,code=~"4.."`), total),
		fmt.Sprintf("%s / %s", p.under(fast, "rate", p.window), all),
		fmt.Sprintf("%s / %s", p.under(bearable, "rate", p.window), all),
		fmt.Sprintf("histogram_quantile(0.99, %s)", p.sum(p.flows, "rate", durationsMetric+"_bucket", "", p.window, "le")),
	}
}

// lost are the shares of bad events over a window of those SLIs that count events, in the order of the catalog.
func (p composed) lost(over time.Duration) []string {
	increase := func(metric, matcher string) string { return p.sum(p.flows, "increase", metric, matcher, over) }
	total, all := increase(requestsMetric, ""), increase(durationsMetric+"_count", "")
	return []string{
		fmt.Sprintf("1 - %s / %s", increase(requestsMetric, `,code!~"5.."`), total),
		fmt.Sprintf("%s / %s", increase(requestsMetric, `,code=~"4.."`), total),
		fmt.Sprintf("1 - %s / %s", p.under(fast, "increase", over), all),
		fmt.Sprintf("1 - %s / %s", p.under(bearable, "increase", over), all),
	}
}

// scores are the scores of SLIs, in the order of the catalog.
func (p composed) scores() []string {
	scores := p.values()
	last := len(scores) - 1
	scores[last] = fmt.Sprintf("clamp((%s - %s) / %s, 0, 1)", number(p99Zero), scores[last], number(p99Zero-p99One))
	return scores
}

// score is the score of each flow.
func (p composed) score() string { return weighed(p.scores(), sliWeights) }

// whole is the overall score.
func (p composed) whole() string {
	sum, all := "sum", 0.0
	if rest := p.by[1:]; len(rest) > 0 {
		sum += " by (" + strings.Join(rest, ", ") + ")"
	}
	weights := make([]string, len(p.flows))
	for i, flow := range p.flows {
		weights[i] = fmt.Sprintf(`label_replace(vector(%s), "handler", "%s", "", "")`, number(weight(flow)), handler(flow))
		all += weight(flow)
	}
	return fmt.Sprintf("%s (%s * on (handler) group_left () (%s)) / %s", sum, p.score(), strings.Join(weights, " or "), number(all))
}

// flowByFlow is the overall score as it has to be written where flows are not alike.
func (p composed) flowByFlow() string {
	var scores []string
	var weights []float64
	for _, flow := range p.flows {
		scores, weights = append(scores, p.only(flow).score()), append(weights, weight(flow))
	}
	return weighed(scores, weights)
}

// weighed is the weighted mean of scores.
func weighed(scores []string, weights []float64) string {
	terms, all := make([]string, len(scores)), 0.0
	for i, score := range scores {
		terms[i] = fmt.Sprintf("%s * (%s)", number(weights[i]), score)
		all += weights[i]
	}
	return fmt.Sprintf("(%s) / %s", strings.Join(terms, " + "), number(all))
}

// burn is the burn rate of a score over a window.
func burn(score string, objective float64, over time.Duration) string {
	return fmt.Sprintf("(1 - avg_over_time((%s)[%s:%s])) / %s", score, duration(over), duration(sliceWidth), number(1-objective))
}

// budget is the share of the error budget of a score that is left.
func budget(score string, objective float64, over time.Duration) string {
	return "1 - " + burn(score, objective, over)
}

// alarm is where a flow needs somebody, by the burn rates that the SRE workbook recommends for a budget of 30 days.
func alarm(score string) string {
	both := func(long, short time.Duration, factor float64) string {
		return fmt.Sprintf("((%[1]s) > %[3]g and (%[2]s) > %[3]g)", burn(score, flowObjective, long), burn(score, flowObjective, short), factor)
	}
	return strings.Join([]string{
		both(time.Hour, 5*time.Minute, 14.4), both(6*time.Hour, 30*time.Minute, 6), both(3*24*time.Hour, 6*time.Hour, 1),
	}, " or ")
}
