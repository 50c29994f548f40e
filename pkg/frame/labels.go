package frame

import (
	"slices"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// labelsOf are those of a flow, which may be nil, that a query names; what the flow does not state is left out.
func labelsOf(f *cer.Flow, q query.Query) data.Labels {
	l := data.Labels{}
	for _, name := range q.Labels {
		if value := labelOf(f, name); value != "" {
			l[name] = value
		}
	}
	return l
}

// labelOf returns what a flow, which may be nil, says under a name; "" where it says nothing.
func labelOf(f *cer.Flow, name string) string {
	switch {
	case f == nil:
		return ""
	case name == query.LabelOwner:
		return f.Owner
	case name == query.LabelRunbook:
		return f.Runbook
	case name == query.LabelTitle:
		return f.DisplayName()
	default:
		return f.Labels[name]
	}
}

// labelColumns are the names of those labels that tables of flows have no column of anyway.
func labelColumns(q query.Query) []string {
	return slices.DeleteFunc(slices.Clone(q.Labels), func(name string) bool {
		return slices.Contains([]string{query.LabelOwner, query.LabelRunbook, query.LabelTitle}, name)
	})
}
