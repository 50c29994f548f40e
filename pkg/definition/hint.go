package definition

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"
)

// What is written in here is what other tools take: percentages, seconds without a unit, numbers in quotes.

// withoutQuotes says to leave out the quotes around text that is of one of the tags without them, else nothing.
func withoutQuotes(n node, tags ...string) string {
	bare := yaml.Node{Kind: yaml.ScalarNode, Value: strings.TrimSpace(n.Value)}
	if n.is(textTag) && slices.Contains(tags, bare.ShortTag()) {
		return fmt.Sprintf("; write %s without quotes", excerpt(bare.Value, 0))
	}
	return ""
}

// share reads a number that holds, such as an objective, and says what to write for a percentage: example is a format
// of the share and of the percentage, usual one that is often meant.
func share(holds func(float64) bool, needed, example string, usual float64) reading[float64] {
	advice := func(percent float64) string {
		return needed + "; write " + fmt.Sprintf(example, decimal(percent/100), decimal(percent))
	}
	return func(n node) (float64, bool) {
		if percent, ok := percentage(n); ok && holds(percent/100) {
			n.refuse("%s", advice(percent))
			return 0, false
		}
		return within(number, holds, advice(usual))(n)
	}
}

// weight reads a number that only counts in relation to its siblings', and says how to write a percentage of theirs.
func weight(n node) (float64, bool) {
	if percent, ok := percentage(n); ok && strings.HasSuffix(n.Value, "%") {
		n.refuse("a number is needed here, because only the ratios of weights matter; write %s for %s%%", decimal(percent), decimal(percent))
		return 0, false
	}
	return within(number, func(v float64) bool { return v >= 0 && v <= maxWeight },
		"a weight is a number from 0 to 1e9; only the ratios of weights matter")(n)
}

var percentages = regexp.MustCompile(`^p?(\d+(?:\.\d+)?)\s*(%?)$`)

// percentage returns the percentage that stands in the place of a share: 99.9, 99.9% or p99.
func percentage(n node) (float64, bool) {
	if !n.is(textTag, integerTag, floatTag) {
		return 0, false
	}
	match := percentages.FindStringSubmatch(strings.TrimSpace(n.Value))
	if match == nil {
		return 0, false
	}
	v, err := strconv.ParseFloat(match[1], 64)
	return v, err == nil && (v > 1 || match[2] != "")
}

// decimal writes a number without the noise of its last bits.
func decimal(v float64) string { return strconv.FormatFloat(v, 'g', 12, 64) }

// withUnitOfTime says how to write a number without a unit, or the fraction of one, as a duration, else nothing.
func withUnitOfTime(n node) string {
	written := strings.TrimSpace(n.Value)
	if v, err := strconv.ParseFloat(written, 64); err == nil {
		return durationFor(v)
	}
	short := shortUnits.Replace(written)
	if d, err := time.ParseDuration(short); err == nil && isWhole(d.Seconds()) {
		return "; write " + model.Duration(d).String()
	}
	if d, err := model.ParseDuration(short); err == nil && d > 0 {
		return "; write " + d.String()
	}
	return ""
}

// shortUnits writes units of time that are spelt out as Prometheus does.
var shortUnits = strings.NewReplacer("milliseconds", "ms", "millisecond", "ms", "seconds", "s", "second", "s", "secs", "s", "sec", "s",
	"minutes", "m", "minute", "m", "mins", "m", "min", "m", "hours", "h", "hour", "h", "days", "d", "day", "d", "weeks", "w", "week", "w", " ", "")

// manySeconds is the number from which on a duration without a unit may as well be in milliseconds.
const manySeconds = 30

// durationFor says how to write a number of seconds, or of milliseconds where it may be that, else nothing.
func durationFor(v float64) string {
	if !isWhole(v) {
		return ""
	}
	hint := fmt.Sprintf("; write %s for %s seconds", inSeconds(v), decimal(v))
	if v >= manySeconds && v == math.Trunc(v) {
		hint += fmt.Sprintf(", or %s for %s milliseconds", inSeconds(v/1000), decimal(v))
	}
	return hint
}

// isWhole reports whether a number of seconds is one of whole milliseconds, above 0 and up to some years.
func isWhole(seconds float64) bool {
	rounded := math.Round(seconds * 1000)
	return rounded >= 1 && rounded <= 1e11 && math.Abs(seconds*1000-rounded) < 1e-6
}

// inSeconds writes a number of seconds as a duration.
func inSeconds(v float64) string {
	return model.Duration(math.Round(v*1000) * float64(time.Millisecond)).String()
}
