package plugin

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

const (
	// maxNames is the number of names that are listed.
	maxNames = 1000
	// namesSpan is how far back series are searched.
	namesSpan = 24 * time.Hour
	// namesTimeout is how long the store has to answer, since nobody waits longer for a completion.
	namesTimeout = 10 * time.Second
)

// namesAnswer is the answer of GET /metric-names, /labels and /label-values.
type namesAnswer struct {
	Values []string `json:"values"`
	// More says that there are more than are listed.
	More bool `json:"more"`
}

// getMetricNames lists the names of metrics.
func (d *snapshot) getMetricNames(r *http.Request) (any, error) {
	return d.names(r, model.MetricNameLabel)
}

// getLabels lists the names of labels, but for __name__.
func (d *snapshot) getLabels(r *http.Request) (any, error) {
	answer, err := d.names(r, "")
	answer.Values = slices.DeleteFunc(answer.Values, func(name string) bool { return name == model.MetricNameLabel })
	return answer, err
}

// getLabelValues lists the values of the label that ?label= names.
func (d *snapshot) getLabelValues(r *http.Request) (any, error) {
	label := r.URL.Query().Get("label")
	if label == "" {
		return nil, userError("a label is needed; name one as ?label=code")
	}
	return d.names(r, label)
}

// names lists the values of a label, or the names of labels where label is "", that series had in the last 24 hours: those of the
// metric that ?metric= names, that contain ?match=, of series that every ?trust= matches. Without any ?trust= the matchers are
// those of the catalog; an empty one is none.
func (d *snapshot) names(r *http.Request, label string) (namesAnswer, error) {
	if d.broken != nil {
		return namesAnswer{}, userError(d.broken.Error())
	}
	asked := r.URL.Query()
	lookup := expand.Lookup{Metric: asked.Get("metric"), Label: label, Contains: asked.Get("match"), Trust: asked["trust"]}
	if lookup.Trust == nil && d.catalog != nil {
		lookup.Trust = d.catalog.Trust
	}
	lookup.Trust = slices.DeleteFunc(slices.Clone(lookup.Trust), func(matcher string) bool { return matcher == "" })
	selector, err := lookup.Selector()
	if err != nil {
		return namesAnswer{}, userError(err.Error())
	}
	ctx, cancel := context.WithTimeout(r.Context(), namesTimeout)
	defer cancel()
	now := d.now()
	found, more, err := d.store.Names(ctx, label, selector, now.Add(-namesSpan), now, maxNames)
	if err != nil {
		return namesAnswer{}, err
	}
	return namesAnswer{Values: append([]string{}, found...), More: more}, nil
}

// getSchema answers GET /schema with the JSON Schema of definitions.
func (d *snapshot) getSchema(*http.Request) (any, error) {
	text, err := schema.JSON()
	return json.RawMessage(text), err
}
