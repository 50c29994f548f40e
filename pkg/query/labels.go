package query

import (
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
)

// Labels that answers may bear beside the labels of flows. The title is that of the flow at every level.
const (
	LabelOwner   = "owner"
	LabelRunbook = "runbook"
	LabelTitle   = "title"
)

// ByPolicy stands in By, with the measure state, for a state of each policy. A dimension or a label of flows of that name is meant
// where the catalog has one.
const ByPolicy = "policy"

var (
	// labelFormats are those of answers that can bear labels of flows. A definition shows what is asked for the others.
	labelFormats = []Format{Timeseries, Latest, Table, Incidents, Definition}
	// policyFormats are those in which states may be split by policy.
	policyFormats = []Format{Timeseries, Latest, Definition}
	// taken are the labels by which the members of an answer are told apart.
	taken = []string{"flow", "component", "sli", "currency", "gate", "quantile", ByPolicy}
)

// validateLabels says which labels answers can't bear, whatever the catalog.
func (q Query) validateLabels() error {
	switch {
	case len(q.Labels) == 0 || q.Format == Events: // An event has no flow, whatever else is stated.
		return nil
	case len(q.Labels) > MaxLabels:
		return Invalidf("labels has %d names, more than %d; name fewer", len(q.Labels), MaxLabels)
	case q.IsOfGate() || !slices.Contains(labelFormats, q.Format):
		return Invalidf("labels go with numbers of flows, as %s; leave them out", list.Or(labelFormats))
	case q.Level == LevelOverall:
		return Invalidf("labels are those of flows, and the overall score is of all flows; write level flow, component or sli, or leave labels out")
	}
	for _, name := range q.Labels {
		switch {
		case slices.Contains(q.By, name):
			return Invalidf("by and labels both name %q; by adds that label already, so leave it out of labels", name)
		case slices.Contains(taken, name):
			return Invalidf("labels names %q, which is a label of answers already; leave it out", name)
		}
	}
	return CheckInterpolated(q.Labels)
}

// CheckByPolicy returns the *Invalid error of a query that can't be split by policy.
func (q Query) CheckByPolicy() error {
	if q.Measure != State || !slices.Contains(policyFormats, q.Format) {
		return Invalidf("by names %q, which splits states alone; write measure state and format %s, or leave it out", ByPolicy, list.Or([]Format{Timeseries, Latest}))
	}
	return nil
}
