package annotate

import (
	"fmt"
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// WeightMissing says that there is no data for the dynamic weight of a flow.
func WeightMissing(subject string, p Points, instead float64) Finding {
	return warning(subject, p, fmt.Sprintf("its dynamic weight has no data at %s; the weight is %g there", p, instead))
}

// WeightUnusable says that the dynamic weight of a flow is one that it can't have.
func WeightUnusable(subject string, p Points, instead float64) Finding {
	return warning(subject, p, fmt.Sprintf("its weight is negative or infinite at %s; the weight is %g there", p, instead))
}

// Unweighted says that there is telemetry of values of the weighted dimension without a weight. instants is how many there
// are.
func Unweighted(values []string, dimension string, instants int) Finding {
	text := fmt.Sprintf("%s has no weight in the dimension %s, so its users do not count; add it to the weights", strings.Join(values, ", "), dimension)
	return Finding{Notice: cer.Notice{Severity: cer.Warning, Text: text}, Points: instants, Now: true}
}
