package command

import (
	"errors"
	"slices"
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/fetch"
)

// flagNames has, for settings of the data source and of Grafana that errors of a store speak of, the flags that stand for them.
var flagNames = strings.NewReplacer(
	"raise queryTimeout in the data source's settings", "raise --timeout",
	"shorter than queryTimeout ended the request, such as the HTTP timeout in the data source's settings", "shorter than --timeout ended the request",
	"the data source's URL", "--store",
	"Check the authentication in the data source's settings", "Check the authentication in --http.config.file and --header",
	"Set prometheusType in the data source's settings to the type of the store", "Set --prometheus-type to the type of the store",
	"Refresh less often, or lower concurrency in the data source's settings", "Ask less often",
	"Set httpMethod to POST in the data source's settings, raise that limit", "Raise that limit",
	", or raise maxSeries in the data source's settings", "",
	", or raise queryBytes in the data source's settings", "",
	", or raise memory_limit under [plugin.cer-reliability-datasource] in Grafana's configuration", "",
	"The plugin failed", "cer failed", "a bug in the plugin", "a bug in cer",
)

// inFlags returns an error of a store in terms of flags, and other errors as they are.
func inFlags(err error) error {
	failed := (*fetch.Error)(nil)
	if !errors.As(err, &failed) {
		return err
	}
	err = errors.New(flagNames.Replace(err.Error()))
	if slices.Contains(lasting, failed.Kind) {
		return refusal{err}
	}
	return err
}

// lasting are the kinds of errors of a store that come again as long as flags and rights are the same.
var lasting = []fetch.Kind{fetch.Settings, fetch.BadData, fetch.NotNumbers, fetch.Unauthorized, fetch.Forbidden, fetch.NotFound}

// refusal is an error that comes again as long as flags and rights are the same.
type refusal struct{ error }

// Unwrap returns the error itself.
func (r refusal) Unwrap() error { return r.error }
