package schema_test

import "regexp"

// structural are the sentences of the reader on fields that there are not, fields that are missing, and values of another type or
// word, which a schema can know. To YAML 1.2 dates, and what has a tag of its own, are text.
var structural = regexp.MustCompile(
	`has no field of this name|has no fields; leave it out|needs the field |needs at least one SLI|needs (?:exactly )?one of` +
		`|is needed here, not (?:a mapping|a list|text|a number|true or false|nothing)|this value is not known here` +
		`|a name starts with a letter|has exactly one of|has only two of good, bad and total|needs good or bad|needs ratio` +
		`|has either ratio or errorRatio|has either perHour or promql|needs an amount per hour|follows either traffic|needs traffic: true|needs a condition; add` +
		`|a gate needs compare|needs a comparison|a maintenance (?:needs|has)|an interval without limits` +
		`|needs a component; add|needs a curve|add maxDelay|how long missing: hold keeps|a curve is exactly one` +
		`|there is no interval in the list|names is empty; leave|has either a rolling window or` +
		`|needs an objective of the SLI|dependsOn is for SLIs|is an objective|a coverage is a share|is a share between`,
)

// oddNumber matches a sentence on text that YAML 1.2 does not tell from a number that the reader takes, such as "1_000" from 1_000.
var oddNumber = regexp.MustCompile(`\(here: [-+]?(?:0[bBoOxX][0-9a-fA-F_]+|[0-9][0-9.eE+-]*_[0-9._eE+-]*)\)$`)

// isStructural reports whether the reader says something that the schema has to say too.
func isStructural(sentence string) bool { return structural.MatchString(sentence) }
