package plugin

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
)

// traceDestination is where a trace opens whose ID is in a label of exemplars: in another data source, or at an address. Its fields are
// those of Grafana's Prometheus data source. The frontend makes the links.
type traceDestination struct {
	// Name is the name of the label.
	Name string `json:"name"`
	// DatasourceUID is that of a data source of traces.
	DatasourceUID string `json:"datasourceUid"`
	// URL is an address with ${__value.raw} in the place of the ID.
	URL string `json:"url"`
	// URLDisplayLabel is the text of the link.
	URLDisplayLabel string `json:"urlDisplayLabel"`
}

// maxTraceDestinations is the number of destinations that settings may have.
const maxTraceDestinations = 20

// traceLabels returns the names of the labels that have the IDs of traces, each once; none for the usual ones. The error says which
// destination can't be used.
func (s settings) traceLabels() (names []string, err error) {
	if n := len(s.ExemplarTraceIDDestinations); n > maxTraceDestinations {
		return nil, fmt.Errorf("the setting exemplarTraceIdDestinations has %d destinations, more than %d; leave some out", n, maxTraceDestinations)
	}
	for i, d := range s.ExemplarTraceIDDestinations {
		if err := d.check(); err != nil {
			return nil, fmt.Errorf("the setting exemplarTraceIdDestinations, number %d: %w", i+1, err)
		}
		names = list.Union(names, strings.TrimSpace(d.Name))
	}
	return names, nil
}

// check says what is wrong with a destination.
func (d traceDestination) check() error {
	switch {
	case strings.TrimSpace(d.Name) == "":
		return fmt.Errorf("it has no name; write that of the label of exemplars with the trace ID, such as trace_id")
	case strings.TrimSpace(d.DatasourceUID+d.URL) == "":
		return fmt.Errorf("%q has neither a datasourceUid nor a url; choose a data source of traces, or write an address such as https://tempo.example/${__value.raw}", d.Name)
	case d.DatasourceUID != "":
		return nil
	}
	address, err := url.Parse(strings.TrimSpace(strings.ReplaceAll(d.URL, "${", "")))
	if err != nil || address.Scheme != "http" && address.Scheme != "https" && !strings.HasPrefix(d.URL, "/") {
		return fmt.Errorf("the url of %q is %q; an address that begins with https://, http:// or / is needed", d.Name, d.URL)
	}
	return nil
}
