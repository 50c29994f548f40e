package command

import (
	"context"
	"errors"
	"strings"
)

// flagNames has, for settings of the data source that errors name, the flags that stand for them.
var flagNames = strings.NewReplacer(
	"raise queryTimeout in the data source's settings", "raise --timeout",
	"shorter than queryTimeout", "shorter than --timeout",
	"the data source's URL", "--store",
	"Check the authentication in the data source's settings", "Check the authentication in --http.config.file and --header",
	"Set prometheusType in the data source's settings to what the store is", "State what the store is by --prometheus-type",
	", such as the HTTP timeout in the data source's settings", "",
	"Refresh less often, or lower concurrency in the data source's settings", "Ask less often",
	"Set httpMethod to POST in the data source's settings, raise that limit", "Raise that limit",
	", or raise maxSeries in the data source's settings", "",
	", or raise queryBytes in the data source's settings", "",
)

// sentence returns what an error says, in terms of flags.
func sentence(err error) string {
	if errors.Is(err, context.Canceled) {
		return "it was interrupted before there was an answer"
	}
	return flagNames.Replace(err.Error())
}
