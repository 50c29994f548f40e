package annotate

import (
	"fmt"
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// Exemplars are the facts about the answers to exemplar queries that notices are made of.
type Exemplars struct {
	// Asked is the number of SLIs, and Shown that of the exemplars that were found.
	Asked, Shown int
	// Shortened is the number of exemplars beyond the limits of an answer, and Foreign that of exemplars of series that were not asked for.
	Shortened, Foreign int
	// IsCut says that an answer of the store was too long to be read to its end.
	IsCut bool
	// Untraced says that some of those that are shown have no trace ID.
	Untraced bool
	// Refused is the error of a store that does not answer exemplar queries; "" of one that does. KeepsNone says that it is known to keep
	// none.
	Refused   string
	KeepsNone bool
}

// enable says how stores are configured to keep exemplars.
const enable = "Prometheus keeps exemplars with --enable-feature=exemplar-storage, Mimir with max_global_exemplars_per_user"

// Notices returns the notices, given the names of the labels in which trace IDs are looked for.
func (e Exemplars) Notices(traceLabels []string) cer.Annotations {
	var all cer.Annotations
	if e.Asked > 0 {
		e.explainNone(&all)
	}
	if e.IsCut || e.Shortened > 0 {
		all.Add(cer.Notice{Text: fmt.Sprintf("there are more exemplars than the %d that are shown; name flows or SLIs, filter cohorts, or choose a shorter range", e.Shown)})
	}
	if e.Foreign > 0 {
		all.Add(cer.Notice{Severity: cer.Warning, Text: fmt.Sprintf("%d exemplars in the answer of the store are of series that were not asked for; they are left out", e.Foreign)})
	}
	if e.Untraced {
		all.Add(cer.Notice{Text: fmt.Sprintf("some exemplars have no trace ID, which is looked for in the labels %s; add another label to exemplarTraceIdDestinations in the data source's settings",
			strings.Join(traceLabels, ", "))})
	}
	return all
}

// explainNone says why there are no exemplars.
func (e Exemplars) explainNone(all *cer.Annotations) {
	switch {
	case e.Refused != "":
		all.Add(cer.Notice{Text: fmt.Sprintf("the store does not answer exemplar queries: %s. %s", strings.TrimRight(e.Refused, ". "), enable)})
	case e.Shown > 0:
	case e.KeepsNone:
		all.Add(cer.Notice{Text: "the store is VictoriaMetrics, which keeps no exemplars; traces can be found by time and service in the trace data source"})
	default:
		all.Add(cer.Notice{Text: "the store has no exemplars for this query in the time range; " + enable + ", and the instrumentation of the services has to add them"})
	}
}
