package importer

import (
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/internal/work"
)

// check finds out about a piece of PromQL within a budget.
type check func(string, *work.Budget) expand.Checked

// query returns a query of another tool as PromQL of a definition, and reports whether it is PromQL.
func (n node) query() (string, bool) {
	text := n.asText()
	if text == "" {
		return "", false
	}
	t := expand.Translate(text)
	switch {
	case t.Pinned:
		n.warn("the window is part of a name or a text, where it can't follow the catalog's; %s stands there now", expand.PinnedWindow)
	case t.IsRange:
		n.warn("the range [%s] is [%s] now, so that it follows the window", t.Replaced, expand.WindowMacro)
	}
	return t.Text, n.checks(t.Text, expand.CheckExpression)
}

// selector returns a query that is the plain selector of series, and reports whether it is one.
func (n node) selector() (string, bool) {
	text := n.asText()
	return text, text != "" && n.checks(text, expand.CheckSelector)
}

// checks reports whether a check finds nothing wrong with PromQL, and says what is.
func (n node) checks(text string, as check) bool {
	for _, problem := range as(text, n.file.budget).Problems {
		if !problem.Warning {
			n.add(false, "%s", problem.Message)
			return false
		}
	}
	if n.file.budget.Exhausted() {
		n.add(false, "the sources are too complex up to here; import fewer files at once")
		return false
	}
	return true
}

// doubts passes on what is doubtful about PromQL in its place in the catalog, and reports whether it can stand there.
func (n node) doubts(text string, as check) bool {
	for _, problem := range as(text, n.file.budget).Problems {
		if !problem.Warning {
			n.add(false, "%s", problem.Message)
			return false
		}
		n.warn("%s", problem.Message)
	}
	return !n.file.budget.Exhausted()
}

// ratioOf returns an SLI of events: of good or bad ones, and all.
func ratioOf(name string, part node, partText string, total node, totalText string) (indicator, bool) {
	partText, totalText = expand.CounterOf(partText), expand.CounterOf(totalText)
	fine := part.doubts(partText, expand.CheckCounter)
	fine = total.doubts(totalText, expand.CheckTotal) && fine
	i := indicator{kind: "ratio", fields: []field{{name: name, text: partText}, {name: "total", text: totalText}}}
	if expand.Buckets(partText) || expand.Buckets(totalText) {
		i.component = "latency"
	}
	return i, fine
}

// rawRatio returns an SLI of a share that a query yields, of bad events unless they are good ones.
func rawRatio(at node, text string, good bool, component string) (indicator, bool) {
	if metric := expand.MetricName(text); metric != "" {
		name := "errorRatio"
		if good {
			name = "ratio"
		}
		return indicator{kind: "recorded", fields: []field{{name: name, text: text}}, component: component}, true
	}
	if part, total, complement, ok := expand.QuotientOf(text); ok {
		name := "bad"
		if good != complement {
			name = "good"
		}
		return ratioOf(name, at, part, at, total)
	}
	if !good {
		text = expand.Complement(text)
	}
	return indicator{kind: "value", fields: []field{{name: "promql", text: text}}, component: component}, at.doubts(text, expand.CheckValue)
}
