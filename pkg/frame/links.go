package frame

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// DebugBoard is the path of the dashboard on which the cause of a loss is looked for.
const DebugBoard = "/d/cer-debug/cer-debug"

// Link adds the links that need the uid of the data source to the frames of a query: of the nodes of a graph to the dashboard cer
// debug, and of incidents to their reports. Paths begin with a slash, before which Grafana puts that of its own.
func Link(frames data.Frames, q query.Query, uid string) {
	if len(frames) == 0 || uid == "" {
		return
	}
	switch q.Format {
	case query.Graph:
		link(frames[0], fieldID, data.DataLink{Title: "Drill down/cer debug", URL: debugURL(q, uid)})
	case query.Incidents:
		link(frames[0], fieldReport, data.DataLink{Title: "Report of the incident", URL: reportURL(q, uid, frames[0].Meta), TargetBlank: true})
	}
}

// link adds a link to the field of a name, if there is one.
func link(f *data.Frame, name string, l data.DataLink) {
	if field, at := f.FieldByName(name); at >= 0 {
		config := configured(field)
		config.Links = append(config.Links, l)
	}
}

// debugURL is the address of the dashboard cer debug for a row with a flow and an SLI.
func debugURL(q query.Query, uid string) string {
	return DebugBoard + "?var-datasource=" + url.QueryEscape(uid) + "&var-flow=${__data.fields.flow}&var-sli=${__data.fields.sli}" +
		parameters("var-filters", filtersOf(q)) + "&${__url_time_range}"
}

// reportURL is the address of the report of the incident in a row, in Markdown, as it looks at the end of the range of the table.
func reportURL(q query.Query, uid string, meta *data.FrameMeta) string {
	address := "/api/datasources/uid/" + url.PathEscape(uid) + "/resources/incidents/${__value.raw}?format=markdown" + parameters("filter", filtersOf(q))
	if of, ok := meta.Custom.(Meta); ok && of.EvaluatedAt != "" {
		address += "&to=" + url.QueryEscape(of.EvaluatedAt)
	}
	for _, name := range q.By {
		address += "&filter=" + url.QueryEscape(name+"|=|") + `${__data.fields["` + name + `"]:percentencode}`
	}
	return address
}

// parameters returns parameters of an address of one name.
func parameters(name string, values []string) string {
	var text strings.Builder
	for _, value := range values {
		text.WriteString("&" + name + "=" + url.QueryEscape(value))
	}
	return text.String()
}

// filtersOf returns the filters of a query as addresses of dashboards spell ad hoc filters: region|=|eu.
func filtersOf(q query.Query) []string {
	filters, err := q.Filters()
	if err != nil { // It was answered, so that there is none.
		return nil
	}
	var texts []string
	for _, f := range filters {
		equal, value := "=", f.Pattern
		switch {
		case len(f.Values) == 1:
			value = f.Values[0]
		case len(f.Values) > 1:
			equal, value = "=~", alternatives(f.Values)
		default:
			equal = "=~"
		}
		if f.Not {
			equal = strings.Replace("!"+equal, "!=~", "!~", 1)
		}
		texts = append(texts, f.Key+"|"+equal+"|"+value)
	}
	return texts
}

// alternatives returns an expression for any of some values.
func alternatives(values []string) string {
	quoted := make([]string, len(values))
	for i, value := range values {
		quoted[i] = regexp.QuoteMeta(value)
	}
	return strings.Join(quoted, "|")
}
