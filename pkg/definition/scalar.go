package definition

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"
)

// text reads a text that is not empty.
func text(n node) (string, bool) {
	if !n.is(textTag) {
		hint := ""
		if n.Kind == yaml.ScalarNode && !n.is(nullTag) {
			hint = "; put it in quotes"
		}
		n.refuse("text is needed here, not %s%s", n.kindInWords(), hint)
		return "", false
	}
	if strings.TrimSpace(n.Value) == "" {
		n.refuse("text is needed here; write it or leave the field out")
		return "", false
	}
	return n.Value, true
}

var simpleName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_-]{0,62}$`)

// name reads a name that can be part of flow/sli and the value of a label.
func name(n node) (string, bool) {
	s, ok := text(n)
	if ok && !simpleName.MatchString(s) {
		n.refuse("a name starts with a letter, followed by letters, digits, _ and -, at most 63 characters in all")
		return "", false
	}
	return s, ok
}

// names holds the names that siblings have, and where.
type names map[string]node

// new reads a name that no sibling has yet.
func (taken names) new(n node) (string, bool) {
	return taken.take(n, name)
}

// take reads a name in its own way, which no sibling has yet.
func (taken names) take(n node, as reading[string]) (string, bool) {
	s, ok := as(n)
	if !ok {
		return "", false
	}
	if first, twice := taken[s]; twice {
		n.refuse("this name is already used at %s; choose another", first.where())
		return "", false
	}
	taken[s] = n
	return s, true
}

// truth reads true or false.
func truth(n node) (bool, bool) {
	var v bool
	if !n.is(booleanTag) || n.Decode(&v) != nil {
		n.refuse("true or false is needed here, not %s%s", n.kindInWords(), withoutQuotes(n, booleanTag))
		return false, false
	}
	return v, true
}

// number reads a finite number.
func number(n node) (float64, bool) {
	var v float64
	if !n.is(integerTag, floatTag) || n.Decode(&v) != nil {
		n.refuse("a number is needed here, not %s%s", n.kindInWords(), withoutQuotes(n, integerTag, floatTag))
		return 0, false
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		n.refuse("a finite number is needed here")
		return 0, false
	}
	return v + 0, true // -0 + 0 is 0, so that both have one revision.
}

// within reads a value for which holds is true, and otherwise says what is needed.
func within[T any](as reading[T], holds func(T) bool, needed string) reading[T] {
	return func(n node) (T, bool) {
		v, ok := as(n)
		if ok && !holds(v) {
			n.refuse("%s", needed)
			return v, false
		}
		return v, ok
	}
}

// maxWeight keeps sums of weights finite; only their ratios matter.
const maxWeight = 1e9

var (
	objective = share(inside, "an objective is a share between 0 and 1, both excluded", "%s for %s%%", 99)
	coverage  = share(func(v float64) bool { return v >= 0 && v <= 1 }, "a coverage is a share from 0 to 1", "%s for %s%%", 50)
	rank      = share(inside, "q is a share between 0 and 1, both excluded", "%s for p%s", 99)
	count     = within(number, func(v float64) bool { return v >= 0 },
		"a number of events is 0 or more")
	bound = within(fineDuration, func(d time.Duration) bool { return d > 0 },
		"a duration above 0 is needed here")
	span = within(duration, func(d time.Duration) bool { return d > 0 && d <= maxSpan },
		"a duration above 0 and up to 1d is needed here")
	age = within(duration, func(d time.Duration) bool { return d >= time.Minute && d <= time.Hour },
		"a duration from 1m to 1h is needed here, since scores are kept a minute at a time")
)

// maxSpan is the longest window.
const maxSpan = 24 * time.Hour

// inside reports whether v is between 0 and 1.
func inside(v float64) bool { return v > 0 && v < 1 }

// duration reads a duration as Prometheus writes it.
func duration(n node) (time.Duration, bool) {
	if !n.is(textTag) {
		n.refuse("a duration such as 5m, 1h30m or 800ms is needed here, not %s%s", n.kindInWords(), withUnitOfTime(n))
		return 0, false
	}
	d, err := model.ParseDuration(n.Value)
	if err != nil {
		n.refuse("a duration such as 5m, 1h30m or 800ms is needed here, in whole numbers of y, w, d, h, m, s and ms%s", withUnitOfTime(n))
		return 0, false
	}
	return time.Duration(d), true
}

// fineDuration reads a duration that may be under a millisecond, or a fraction, such as 500us or 0.5ms.
func fineDuration(n node) (time.Duration, bool) {
	if d, err := time.ParseDuration(n.Value); n.is(textTag) && err == nil {
		return d, true
	}
	return duration(n)
}

// lag reads how late telemetry may be.
func lag(n node) (time.Duration, bool) {
	if n.is(integerTag) && n.Value == "0" {
		n.refuse("a delay is a duration; write 0s for none")
		return 0, false
	}
	return within(duration, func(d time.Duration) bool { return d >= 0 && d <= time.Hour },
		"a delay is a duration from 0s to 1h")(n)
}

// quantity reads a number, or a duration as seconds.
func quantity(n node) (float64, bool) {
	if n.is(integerTag, floatTag) || withoutQuotes(n, integerTag, floatTag) != "" {
		return number(n)
	}
	if !n.is(textTag) {
		n.refuseKind("a number or a duration such as 300ms")
		return 0, false
	}
	d, ok := fineDuration(n)
	return d.Seconds(), ok
}

// oneOf reads one of the words.
func oneOf[T ~string](known []string) reading[T] {
	return func(n node) (T, bool) {
		if n.is(textTag) && slices.Contains(known, n.Value) {
			return T(n.Value), true
		}
		if n.Kind != yaml.ScalarNode {
			n.refuseKind("one of " + strings.Join(known, ", "))
		} else {
			n.refuse("this value is not known here; %s", n.choices(n.Value, known))
		}
		return "", false
	}
}

// only reads the one word that is understood.
func only(word string) reading[string] {
	return within(text, func(s string) bool { return s == word }, word+" is needed here; other kinds are not supported")
}

// list reads a list, which may be empty but is never nil.
func list[T any](as reading[T]) reading[[]T] {
	return func(n node) ([]T, bool) {
		if n.Kind != yaml.SequenceNode {
			n.refuseKind("a list")
			return nil, false
		}
		values := make([]T, 0, len(n.Content))
		for i, item := range n.Content {
			child := n.child(item, index(i))
			if child.stops() {
				return nil, false
			}
			n.file.budget.Spend(stepsOfItem)
			if v, ok := as(child); ok {
				values = append(values, v)
			}
		}
		return values, true
	}
}
