package query

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Invalid is the error of a query that can't be answered, whatever the store has.
type Invalid struct {
	Message string
	// Unstated says that the query is about something that the catalog does not state, such as events, rather than wrong.
	Unstated bool
}

// Error returns a sentence for the author of the query.
func (e *Invalid) Error() string { return e.Message }

// maxQuoted is the number of bytes of a text that an error quotes, such as a name of the query, or a list of those that there are.
const maxQuoted = 1 << 10

// Unstatedf returns an *Invalid error of a query about something that the catalog does not state.
func Unstatedf(format string, args ...any) error {
	return &Invalid{Message: fmt.Sprintf(format, args...), Unstated: true}
}

// Invalidf returns an *Invalid error. Texts among the arguments that are very long are shortened.
func Invalidf(format string, args ...any) error {
	args = slices.Clone(args)
	for i, arg := range args {
		if text := reflect.ValueOf(arg); text.Kind() == reflect.String && text.Len() > maxQuoted {
			args[i] = strings.ToValidUTF8(text.String()[:maxQuoted], "") + "…"
		}
	}
	return &Invalid{Message: fmt.Sprintf(format, args...)}
}
