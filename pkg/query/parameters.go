package query

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
)

// CheckParameters returns an *Invalid error where a request of a resource has a parameter that is none of the known ones.
func CheckParameters(values url.Values, known []string) error {
	for name := range values {
		if !slices.Contains(known, name) {
			return Invalidf("there is no parameter %q; there are %s", name, list.First(known, len(known)))
		}
	}
	return nil
}

// ParseTime reads a time as requests of resources state it: as RFC 3339, or in seconds or milliseconds since 1970. ok is false for
// other texts.
func ParseTime(text string) (at time.Time, ok bool) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, true
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return time.Time{}, false
	}
	if n < 1e11 { // In milliseconds that is before 1973.
		n *= 1000
	}
	return time.UnixMilli(n).UTC(), true
}
