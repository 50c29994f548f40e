package bench

import (
	"encoding/json"
	"time"
)

// scenario is something that users, or Grafana for them, look at again and again.
type scenario struct {
	catalog catalog
	// at returns what is asked at an instant.
	at func(now time.Time) question
}

// asked returns the JSON of a query.
func asked(fields map[string]any) string {
	text, err := json.Marshal(fields)
	if err != nil {
		panic("what a query has can be written as JSON: " + err.Error())
	}
	return string(text)
}

// scorePanel is a panel of the overall score over a range, or an expression of it.
func scorePanel(c catalog, span, step time.Duration, promQL string) scenario {
	return scenario{catalog: c, at: func(now time.Time) question {
		from := now.Add(-span)
		return question{
			panels:  []panel{{queries: []query{{json: asked(map[string]any{"measure": "score"}), from: from, to: now, interval: step}}}},
			instead: []expression{during(promQL, from, now, step)},
			atOnce:  1, same: map[int]int{0: 0},
		}
	}}
}

// budgetPanel is a panel of the overall error budget and of burn rates over some windows, or one subquery each.
func budgetPanel(c catalog, span, step time.Duration, windows []time.Duration) scenario {
	score := c.composed().inSlices().whole()
	return scenario{catalog: c, at: func(now time.Time) question {
		from := now.Add(-span)
		q := question{atOnce: len(windows) + 1, panels: make([]panel, 1), same: map[int]int{}}
		add := func(promQL string, fields map[string]any) {
			q.same[len(q.instead)] = len(q.instead)
			q.panels[0].queries = append(q.panels[0].queries, query{json: asked(fields), from: from, to: now, interval: step})
			q.instead = append(q.instead, during(promQL, from, now, step))
		}
		add(budget(score, wholeObjective, c.budgetWindow), map[string]any{"measure": "budget"})
		for _, w := range windows {
			add(burn(score, wholeObjective, w), map[string]any{"measure": "burn", "window": duration(w)})
		}
		return q
	}}
}

// alertRules are the rules on each flow: on scores, values and burn rates, as they are evaluated each minute. Grafana
// evaluates some at the same time.
func alertRules(c catalog, windows []time.Duration) scenario {
	return scenario{catalog: c, at: func(now time.Time) question {
		r := rules{catalog: c, now: now, question: question{atOnce: 10, same: map[int]int{}}}
		for flow := range c.flows {
			r.add(flow, windows)
		}
		return r.question
	}}
}

// rules collects alert rules.
type rules struct {
	catalog  catalog
	now      time.Time
	question question
}

// rule adds one, and the expression of it.
func (r *rules) rule(promQL string, fields map[string]any) {
	fields["format"] = "latest"
	q := &r.question
	q.panels = append(q.panels, panel{
		headers: map[string]string{"FromAlert": "true"},
		queries: []query{{json: asked(fields), from: r.now.Add(-10 * time.Minute), to: r.now, interval: time.Minute}},
	})
	q.instead = append(q.instead, expression{promQL: promQL, end: r.now.Truncate(r.catalog.scrape)})
}

// exact adds a rule whose number is that of the expression. That of others differs by where slices end.
func (r *rules) exact(promQL string, fields map[string]any) {
	r.question.same[len(r.question.panels)] = len(r.question.instead)
	r.rule(promQL, fields)
}

// add adds the rules on a flow.
func (r *rules) add(flow int, windows []time.Duration) {
	p, name := r.catalog.composed().only(flow), flowName(flow)
	scores, values := p.scores(), p.values()
	r.exact(p.score(), map[string]any{"level": "flow", "flows": name})
	r.exact(weighed(scores[2:], sliWeights[2:]), map[string]any{"level": "component", "flows": name, "components": "latency"})
	r.exact(scores[1], map[string]any{"level": "component", "flows": name, "components": "correctness"})
	r.exact(p.rate(requestsMetric, ""), map[string]any{"measure": "traffic", "level": "flow", "flows": name})
	for i, sli := range sliNames {
		r.exact(values[i], map[string]any{"measure": "value", "level": "sli", "slis": name + "/" + sli})
	}
	r.exact(scores[4], map[string]any{"level": "sli", "slis": name + "/p99"})
	for _, w := range windows {
		r.rule(burn(p.inSlices().score(), flowObjective, w), map[string]any{"measure": "burn", "level": "flow", "flows": name, "window": duration(w)})
	}
	for _, w := range []time.Duration{5 * time.Minute, time.Hour} {
		for i, lost := range p.lost(w) {
			r.rule("("+lost+") / "+number(1-eventObjective), map[string]any{"measure": "burn", "level": "sli", "slis": name + "/" + sliNames[i], "window": duration(w)})
		}
	}
}
