package query

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/prometheus/common/model"
)

// windowLimits are the longest window of a kind that a query may state, and the one that applies where it states none.
type windowLimits struct {
	Longest model.Duration `json:"longest"`
	Default model.Duration `json:"default,omitempty"`
	// Formats are those in which there are such windows; none for all.
	Formats []Format `json:"formats,omitempty"`
}

// MeasuresJSON returns the table of measures as the editor reads it, src/measures.gen.json: an object with a line for each
// measure, in the order of the table, from whose keys TypeScript derives the type of a measure; and the limits of windows.
func MeasuresJSON() ([]byte, error) {
	rows := make([]string, len(measures))
	for i, row := range measures {
		text, err := json.Marshal(row)
		if err != nil {
			return nil, err
		}
		rows[i] = fmt.Sprintf("    %q: %s", row.Measure, text)
	}
	windows, err := json.Marshal(map[WindowKind]windowLimits{
		AnyWindow:  {Longest: model.Duration(MaxWindow)},
		LongWindow: {Longest: model.Duration(MaxBurnWindow), Formats: longFormats},
		BurnWindow: {Longest: model.Duration(MaxBurnWindow), Default: model.Duration(DefaultBurnWindow)},
	})
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "{\n  \"measures\": {\n%s\n  },\n  \"windows\": %s\n}\n", strings.Join(rows, ",\n"), windows), nil
}
