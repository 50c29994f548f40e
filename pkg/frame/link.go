package frame

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/graph"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

const (
	// debugBoard is the path of the dashboard cer debug. Grafana puts its own sub path before it.
	debugBoard = "/d/cer-debug/cer-debug"
	// debugTitle is the title of links to it.
	debugTitle = "Open in cer debug"
)

// WithLinks puts links to the dashboard cer debug on the series, rows and nodes of an answer, with their flow, SLI, cohort, filters
// and time range, and on incidents links to their reports. dataSource is the UID of the data source; without one there are no links.
func WithLinks(frames data.Frames, q query.Query, dataSource string) data.Frames {
	if q.IsOfGate() || dataSource == "" {
		return frames
	}
	l := linker{query: q, dataSource: dataSource}
	for _, f := range frames {
		switch q.Format {
		case query.Timeseries, query.Latest:
			l.linkSeries(f)
		case query.Table, query.Summary, query.Events:
			l.linkRows(f)
		case query.Incidents:
			l.linkRows(f)
			l.linkReports(f)
		case query.Graph:
			l.linkNodes(f)
		}
	}
	return frames
}

// linker makes links from the answer to a query.
type linker struct {
	query      query.Query
	dataSource string
}

// linkSeries puts a link on each field of numbers, with what its labels say.
func (l linker) linkSeries(f *data.Frame) {
	for _, field := range f.Fields {
		if field.Name == fieldTime || field.Labels == nil {
			continue
		}
		cohort := slices.DeleteFunc(slices.Clone(l.query.By), func(name string) bool { return field.Labels[name] == "" })
		to := l.start(cohort...)
		to.flows(l.query.Flows, field.Labels[labelFlow])
		to.set("var-sli", field.Labels[labelSLI])
		for _, name := range cohort {
			to.filter(equals(name, field.Labels[name]))
		}
		link(field, to)
	}
}

// linkedColumns are the columns of tables whose cells are links, besides those of cohorts, and whether a link is about the SLI of the
// row.
var linkedColumns = map[string]bool{
	fieldTitle: false, fieldFlowTitle: false, string(query.State): false, fieldStatus: false, fieldSummary: false,
	cer.StatePage.String(): false, cer.StateTicket.String(): false, cer.StateUnknown.String(): false, cer.StateOK.String(): false,
	fieldMaintenance: false,
	fieldSLITitle:    true, fieldImpactPoints: true,
}

// linkRows puts links on the columns that name what a row is about. Grafana fills in the fields of each row.
func (l linker) linkRows(f *data.Frame) {
	cohort := slices.DeleteFunc(slices.Clone(l.query.By), func(name string) bool { return !has(f, name) || !plainName.MatchString(name) })
	for _, field := range f.Fields {
		ofSLI, linked := linkedColumns[field.Name]
		if !linked && !slices.Contains(l.query.By, field.Name) || l.query.Format == query.Incidents && field.Name == fieldTitle {
			continue // The title of an incident is for annotations.
		}
		to := l.start(cohort...)
		if has(f, labelFlow) {
			to.setRow("var-flow=", labelFlow)
		} else {
			to.flows(l.query.Flows, "")
		}
		if ofSLI && has(f, labelSLI) {
			to.setRow("var-sli=", labelSLI)
		}
		for _, name := range cohort {
			to.setRow("var-filters="+escape(name+"|=|"), name)
		}
		link(field, to)
	}
}

// linkNodes puts a link on the nodes of a graph.
func (l linker) linkNodes(f *data.Frame) {
	field, at := f.FieldByName(fieldID)
	if at < 0 || !has(f, fieldPlace) {
		return // Edges
	}
	to := l.start()
	to.pairs = append(to.pairs, "${__data.fields."+fieldPlace+":raw}")
	link(field, to)
}

// fieldPlace has the parameters of a node in links.
const fieldPlace = "place"

// placeOf returns the parameters of a node: Grafana takes one without a value for nothing, not for all.
func placeOf(n graph.Node) string {
	to := &parameters{}
	to.set("var-flow", n.Flow)
	to.set("var-sli", n.SLI)
	return strings.Join(to.pairs, "&")
}

// linkReports puts a link to its report on each incident, in Markdown, as it looks at the end of the range of the table.
func (l linker) linkReports(f *data.Frame) {
	field, at := f.FieldByName(fieldReport)
	if at < 0 {
		return
	}
	to := &parameters{pairs: []string{"format=markdown"}}
	for _, filter := range l.filters() {
		to.set("filter", filter.Key+"|"+filter.Operator+"|"+filter.Value)
	}
	if of, ok := f.Meta.Custom.(Meta); ok {
		to.set("to", of.EvaluatedAt)
	}
	for _, name := range l.query.By {
		to.pairs = append(to.pairs, "filter="+escape(name+"|=|")+`${__data.fields["`+name+`"]:percentencode}`)
	}
	address := "/api/datasources/uid/" + url.PathEscape(l.dataSource) + "/resources/incidents/${__value.raw}?" + strings.Join(to.pairs, "&")
	config := configured(field)
	config.Links = append(config.Links, data.DataLink{Title: "Report of the incident", URL: address, TargetBlank: true})
}

// plainName matches names that may stand in a variable of Grafana.
var plainName = regexp.MustCompile(`^\w+$`)

// has reports whether a frame has a field.
func has(f *data.Frame, name string) bool {
	field, _ := f.FieldByName(name)
	return field != nil
}

// link puts a link on a field.
func link(field *data.Field, to *parameters) {
	config := configured(field)
	config.Links = append(config.Links, data.DataLink{Title: debugTitle, URL: debugBoard + "?" + to.String()})
}

// parameters are those of a link to a dashboard.
type parameters struct{ pairs []string }

// start returns the parameters that all links of an answer have: the data source, and the filters of the query. Those of the
// dimensions of a cohort are left out: its own are narrower.
func (l linker) start(cohort ...string) *parameters {
	to := &parameters{}
	to.set("var-datasource", l.dataSource)
	for _, filter := range l.filters() {
		if !slices.Contains(cohort, filter.Key) {
			to.filter(filter)
		}
	}
	return to
}

// filters returns the filters of the query, all as ad hoc filters.
func (l linker) filters() []query.AdhocFilter {
	var all []query.AdhocFilter
	for _, name := range slices.Sorted(maps.Keys(l.query.Where)) {
		switch values := l.query.Where[name]; len(values) {
		case 0:
		case 1:
			all = append(all, equals(name, values[0]))
		default:
			quoted := make([]string, len(values))
			for i, value := range values {
				quoted[i] = regexp.QuoteMeta(value)
			}
			all = append(all, query.AdhocFilter{Key: name, Operator: "=~", Value: strings.Join(quoted, "|")})
		}
	}
	return append(all, l.query.AdhocFilters...)
}

// equals is the filter that keeps one value of a dimension.
func equals(dimension, value string) query.AdhocFilter {
	return query.AdhocFilter{Key: dimension, Operator: "=", Value: value}
}

// flows sets the flow of a link, or those of the query where it is about several.
func (p *parameters) flows(several []string, one string) {
	if one != "" {
		several = []string{one}
	}
	for _, name := range several {
		p.set("var-flow", name)
	}
}

// filter adds an ad hoc filter.
func (p *parameters) filter(f query.AdhocFilter) { p.set("var-filters", inLink(f)) }

// inLink returns an ad hoc filter as it stands in links to dashboards, where Grafana writes __gfp__ for a separator in its parts.
func inLink(f query.AdhocFilter) string {
	escape := func(part string) string { return strings.ReplaceAll(part, "|", "__gfp__") }
	return escape(f.Key) + "|" + escape(f.Operator) + "|" + escape(f.Value)
}

// set adds a parameter, unless its value is empty.
func (p *parameters) set(name, value string) {
	if value != "" {
		p.pairs = append(p.pairs, name+"="+escape(value))
	}
}

// setRow adds a parameter that ends with the value of a field in the row of a cell.
func (p *parameters) setRow(before, field string) {
	p.pairs = append(p.pairs, before+"${__data.fields."+field+":percentencode}")
}

// String returns the parameters, and the time range of the panel.
func (p *parameters) String() string {
	return strings.Join(append(slices.Clip(p.pairs), "${__url_time_range}"), "&")
}

// escape escapes a value for a URL. Grafana reads a plus as such in some places.
func escape(value string) string { return strings.ReplaceAll(url.QueryEscape(value), "+", "%20") }
