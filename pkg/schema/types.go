package schema

// Type is what a field holds: a Scalar, Words, a List, a Map, AnyOf several, or a Mapping.
type Type interface {
	jsonSchema() object
	// parts are the types that it is made of.
	parts() []Type
}

// Scalar is a value without parts.
type Scalar struct{ schema object }

func (s Scalar) jsonSchema() object { return s.schema }
func (Scalar) parts() []Type        { return nil }

// Word is one of the words that a field chooses from, and what it means.
type Word struct{ Word, Doc string }

// Words are those that a field chooses from.
type Words []Word

func (w Words) jsonSchema() object {
	choices := make([]object, len(w))
	for i, word := range w {
		choices[i] = object{{"const", word.Word}, {"description", word.Doc}}
	}
	return object{{"type", "string"}, {"oneOf", choices}}
}

func (Words) parts() []Type { return nil }

// list returns the words alone.
func (w Words) list() []string {
	all := make([]string, len(w))
	for i, word := range w {
		all[i] = word.Word
	}
	return all
}

// List is a list of values of one type; most is how many at most, 0 for any number.
type List struct {
	Of          Type
	least, most int
}

func (l List) jsonSchema() object {
	schema := object{{"type", "array"}, {"items", l.Of.jsonSchema()}}
	if l.least > 0 {
		schema = append(schema, member{"minItems", l.least})
	}
	if l.most > 0 {
		schema = append(schema, member{"maxItems", l.most})
	}
	return schema
}

func (l List) parts() []Type { return []Type{l.Of} }

// Map is a mapping whose keys are the author's own; names is a pattern that they match, "" for any.
type Map struct {
	Of    Type
	names string
}

func (m Map) jsonSchema() object {
	schema := object{{"type", "object"}, {"additionalProperties", m.Of.jsonSchema()}}
	if m.names != "" {
		schema = append(schema, member{"propertyNames", object{{"pattern", m.names}}})
	}
	return schema
}

func (m Map) parts() []Type { return []Type{m.Of} }

// AnyOf is a value of any of the types.
type AnyOf []Type

func (a AnyOf) jsonSchema() object {
	choices := make([]object, len(a))
	for i, t := range a {
		choices[i] = t.jsonSchema()
	}
	return object{{"anyOf", choices}}
}

func (a AnyOf) parts() []Type { return a }

// What scalars look like. Durations are those that Prometheus reads, fine ones also those with fractions and units under a
// millisecond.
const (
	notBlank     = `\S`
	namePattern  = `^[a-zA-Z][a-zA-Z0-9_-]{0,62}$`
	labelPattern = `^[a-zA-Z_][a-zA-Z0-9_]*$`
	units        = `([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?`
	fineUnits    = `(([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+`
	oddNumber    = `^[-+]?(0[bBoOxX][0-9a-fA-F_]+|[0-9][0-9.eE+-]*_[0-9._eE+-]*)$`
	percent      = `^[\s\p{Zs}]*p?[0-9]+(\.[0-9]+)?\s*%[\s\p{Zs}]*$`
)

// pattern returns text that matches a pattern.
func pattern(of string) Scalar { return Scalar{object{{"type", "string"}, {"pattern", of}}} }

// number returns a number within bounds, each a keyword of JSON Schema and its value.
func number(bounds ...member) Scalar { return numeric("number", bounds) }

// numeric returns a type of numbers. What the reader takes for a number and YAML 1.2 for text, such as 1_000, is text with a
// pattern, to which bounds do not apply.
func numeric(kind string, bounds []member) Scalar {
	return Scalar{append(object{{"type", []string{kind, "string"}}, {"pattern", oddNumber}}, bounds...)}
}

// portion returns a share as a number within bounds, or as a percentage.
func portion(bounds ...member) AnyOf { return AnyOf{number(bounds...), pattern(percent)} }

// duration returns text that matches a pattern of durations, which all match nothing, too.
func duration(of string) Scalar {
	return Scalar{object{{"type", "string"}, {"minLength", 1}, {"pattern", of}}}
}

// The media types of text that the editor completes from the store.
const (
	mediaPromQL   = "text/x-promql"
	mediaMatchers = "text/x-promql-matchers"
)

// written returns text in a language.
func written(media string) Scalar {
	return Scalar{object{{"type", "string"}, {"pattern", notBlank}, {"contentMediaType", media}}}
}

var (
	above0 = member{"exclusiveMinimum", 0}
	from0  = member{"minimum", 0}
	upTo1  = member{"maximum", 1}
	under1 = member{"exclusiveMaximum", 1}
)

// The scalars.
var (
	text         = pattern(notBlank)
	anyText      = Scalar{object{{"type", "string"}}}
	name         = pattern(namePattern)
	truth        = Scalar{object{{"type", "boolean"}}}
	share        = number(above0, under1)
	wholeShare   = number(from0, upTo1)
	amount       = number(from0)
	weight       = number(from0, member{"maximum", 1e9})
	organisation = numeric("integer", []member{{"minimum", 1}})
	span         = duration("^(0|" + units + ")$")
	fineSpan     = duration("^([+-]?0|[+-]?" + fineUnits + "|" + units + ")$")
	// unitSpan is a duration with a unit, also where 0 has none elsewhere.
	unitSpan = duration("^([+-]?" + fineUnits + "|" + units + ")$")
	promQL   = written(mediaPromQL)
	matchers = List{Of: written(mediaMatchers)}
	// cohort is the value of a label; a number, or true, stands for its text as it is written.
	cohort = Scalar{object{{"type", []string{"string", "number", "boolean"}}, {"pattern", notBlank}}}
	// namedOrNumbered is what Alertmanager's time intervals list.
	namedOrNumbered = Scalar{object{{"type", []string{"string", "number"}}}}
)
