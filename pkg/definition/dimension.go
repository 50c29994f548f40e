package definition

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

const (
	// maxDimensions and maxValues bound how many cohorts a query can be about.
	maxDimensions = 8
	maxValues     = 100
	// maxLabel is how many bytes the name of a label of series may have.
	maxLabel = 128
	// maxReadDimensions is how many dimensions are read of a list that is too long.
	maxReadDimensions = 50
)

// dimensionList reads the dimensions of the catalog.
func (r *reader) dimensionList(n node) ([]cer.Dimension, bool) {
	all := dimensions{names: r.dimensions, labels: map[string]string{}}
	if len(n.Content) > maxDimensions && n.Kind == yaml.SequenceNode {
		n.refuse("a catalog has at most %d dimensions; leave out those that are not used", maxDimensions)
		if len(n.Content) > maxReadDimensions {
			return nil, false
		}
	}
	return list(all.read)(n)
}

// dimensions are those that were read so far.
type dimensions struct {
	names names
	// labels hold the name of the dimension that has a label.
	labels map[string]string
	// weighted is where weights stand.
	weighted *node
}

// read reads a dimension.
func (all *dimensions) read(n node) (cer.Dimension, bool) {
	var d cer.Dimension
	f, ok := fieldsOf(n, schema.Dimension)
	if !ok {
		return d, false
	}
	read(f, "name", &d.Name, func(n node) (string, bool) { return all.names.take(n, dimensionName) })
	all.readLabel(f, &d)
	read(f, "values", &d.Values, cohorts)
	read(f, "weights", &d.Weights, cohortWeights)
	f.end()
	if max(len(d.Values), len(d.Weights)) > maxValues || len(d.Listed()) > maxValues {
		n.refuse("a dimension lists at most %d values; list those that must always have an answer, the others are found in the telemetry", maxValues)
	}
	all.checkWeighted(f)
	return d, d.Name != ""
}

// dimensionName reads a name that can be a label of answers.
func dimensionName(n node) (string, bool) {
	s, ok := text(n)
	switch {
	case !ok:
		return "", false
	case !labelName.MatchString(s):
		n.refuse("a dimension becomes a label of answers, so its name is made of letters, digits and _, and starts with no digit")
	case strings.HasPrefix(s, "__"):
		n.refuse("names that start with __ are reserved by the store; choose another")
	case slices.Contains(ownLabels, s):
		n.refuse("this label is reserved by the data source; choose another name")
	default:
		return s, true
	}
	return "", false
}

// readLabel reads what the dimension is called on series, which is its name unless stated.
func (all *dimensions) readLabel(f *fields, d *cer.Dimension) {
	at, stated := f.values["label"]
	if !stated {
		at = f.values["name"]
	}
	if d.Name == "" {
		return
	}
	label, ok := seriesLabel(at)
	if !ok {
		return
	}
	d.Label = label
	switch other, twice := all.labels[label]; {
	case label == cer.NoLabel:
		at.refuse("none means that the series of an SLI do not have the label; write the label that most series have")
	case twice:
		at.refuse("the dimension %s has the label %s too; write another label, or leave one of them out", other, label)
	default:
		all.labels[label] = d.Name
	}
}

// seriesLabel reads the label of series that tells cohorts apart.
func seriesLabel(n node) (string, bool) {
	s, ok := text(n)
	switch {
	case !ok:
		return "", false
	case strings.ContainsAny(s, "{}=\"'\n"), len(s) > maxLabel:
		n.refuse("the name of a label is needed here, as the series have it, such as region or service.name")
	case strings.HasPrefix(s, "__"):
		n.refuse("labels that start with __ are reserved by the store; choose another label")
	case s == "le" || s == "quantile":
		n.refuse("the label %s belongs to histograms and summaries, and can't be a dimension; choose another label", s)
	default:
		return s, true
	}
	return "", false
}

// cohorts reads the values of a dimension, which are distinct.
func cohorts(n node) ([]string, bool) {
	taken := names{}
	return list(func(n node) (string, bool) {
		s, ok := cohort(n)
		if first, twice := taken[s]; ok && twice {
			n.refuse("this value is listed twice, first at %s; leave one of them out", first.where())
			return "", false
		}
		taken[s] = n
		return s, ok
	})(n)
}

// cohort reads the value of a label. A number, or true, stands for its text as it is written.
func cohort(n node) (string, bool) {
	switch {
	case !n.is(textTag, integerTag, floatTag, booleanTag, timeTag):
		n.refuseKind("the value of a label")
		return "", false
	case strings.TrimSpace(n.Value) == "":
		n.refuse("a value can't be empty, because series without the label count for every cohort; leave it out")
		return "", false
	}
	return n.Value, true
}

// cohortWeights reads the importance of cohorts.
func cohortWeights(n node) (map[string]float64, bool) {
	f, ok := entriesOf(n, "the map of weights")
	if !ok {
		return nil, false
	}
	weights := map[string]float64{}
	right, sum := !f.partial, 0.0
	for _, key := range f.names {
		value, named := cohort(f.keys[key])
		v, weighs := weight(f.values[key])
		right = right && named && weighs
		weights[value], sum = v, sum+v
	}
	if right && sum == 0 {
		n.refuse("weights need one above 0, such as { premium: 4, standard: 1 }; leave them out if all cohorts weigh the same")
	}
	return weights, right
}

// checkWeighted refuses the weights of a second dimension.
func (all *dimensions) checkWeighted(f *fields) {
	switch _, stated := f.values["weights"]; {
	case !stated:
	case all.weighted != nil:
		f.keys["weights"].refuse("only one dimension can have weights, and another has them at %s; leave one of them out", all.weighted.where())
	default:
		at := f.keys["weights"]
		all.weighted = &at
	}
}

// sliLabels reads what dimensions are called on the series of an SLI.
func (r *reader) sliLabels(n node) (map[string]string, bool) {
	f, ok := entriesOf(n, "the map of labels")
	if !ok {
		return nil, false
	}
	labels := map[string]string{}
	for _, name := range f.names {
		if _, known := r.dimensions[name]; !known {
			r.refuseDimension(f.keys[name], "labels name dimensions", "labels")
		}
		if label, ok := seriesLabel(f.values[name]); ok {
			labels[name] = label
		}
	}
	r.checkLabels(f, labels)
	return labels, true
}

// refuseDimension refuses the name of a dimension that the catalog does not have. use says what a field does with dimensions.
func (r *reader) refuseDimension(n node, use, field string) {
	var known []string
	for _, d := range r.catalog.Dimensions {
		known = append(known, d.Name)
	}
	if len(known) == 0 {
		n.refuse("%s, and the catalog has none; add dimensions: [{ name: region }] to the spec, or leave %s out", use, field)
		return
	}
	n.refuse("the catalog has no such dimension; %s", n.choices(n.Value, known))
}

// checkLabels refuses a label that two dimensions have on the series of an SLI, of which it states one.
func (r *reader) checkLabels(f *fields, labels map[string]string) {
	s := cer.SLI{Labels: labels}
	first := map[string]string{}
	for _, d := range r.catalog.Dimensions {
		label := s.LabelOf(d)
		other, twice := first[label]
		first[label] = d.Name
		if !twice || label == "" {
			continue
		}
		at, stated := f.values[d.Name]
		if !stated {
			at, stated, other = f.values[other], f.has(other), d.Name
		}
		if stated {
			at.refuse("the dimension %s has the label %s on these series too; give each a label of its own, or none", other, label)
		}
	}
}
