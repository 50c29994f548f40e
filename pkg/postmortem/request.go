package postmortem

import (
	"net/url"
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// Last stands for the start of the newest incident.
const Last = "last"

// Request is a question for the report of an incident.
type Request struct {
	// Flow is its name.
	Flow string
	// Start is the onset of the incident, or a time at which it was under way; zero for the newest incident.
	Start time.Time
	// To is the newest time to look at; the share of the error budget is that of this time. Zero is an hour after the end, or now.
	To time.Time
	// Filters keep cohorts, as those of the query whose incidents are meant.
	Filters []query.AdhocFilter
}

// parameters are those of a request. The format is a matter of those who answer it.
var parameters = []string{"format", "filter", "to"}

// ParseRequest reads a request: the onset as RFC 3339, as milliseconds or seconds since 1970, or as Last; and as parameters to, a time,
// and filter, such as region|=|eu. One without a value filters nothing. The error is a *query.Invalid one.
func ParseRequest(flow, start string, values url.Values) (Request, error) {
	if err := query.CheckParameters(values, parameters); err != nil {
		return Request{}, err
	}
	r := Request{Flow: flow}
	if start != Last {
		at, ok := parseTime(start)
		if !ok {
			return r, query.Invalidf("%q is not a time; write the start of the incident as 2026-03-04T12:00:00Z, in milliseconds since 1970, or as last for the newest incident", start)
		}
		r.Start = at
	}
	if text := values.Get("to"); text != "" {
		at, ok := parseTime(text)
		if !ok {
			return r, query.Invalidf("to is %q, which is not a time; write one such as 2026-03-04T12:00:00Z, or milliseconds since 1970", text)
		}
		r.To = at
	}
	for _, text := range values["filter"] {
		parts := strings.SplitN(text, "|", 3)
		if len(parts) < 3 {
			return r, query.Invalidf("the filter %q has no operator and value; write region|=|eu", text)
		}
		if parts[2] != "" {
			r.Filters = append(r.Filters, query.AdhocFilter{Key: parts[0], Operator: parts[1], Value: parts[2]})
		}
	}
	return r, r.query(query.Incidents, query.State).Validate()
}

// parseTime reads a time. The zero one is none: it stands for none in a Request.
func parseTime(text string) (time.Time, bool) {
	at, ok := query.ParseTime(text)
	return at, ok && !at.IsZero()
}

// query returns a query about the flow, in a format.
func (r Request) query(format query.Format, measure query.Measure) query.Query {
	return query.Query{Format: format, Measure: measure, Level: query.LevelFlow, Window: query.WindowAuto, Flows: query.Names{r.Flow}, AdhocFilters: r.Filters}
}
