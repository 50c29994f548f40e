package query_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// TestErrorsQuoteLittleOfAQuery refuses queries with a field of a megabyte.
func TestErrorsQuoteLittleOfAQuery(t *testing.T) {
	for _, character := range []string{"x", "ü", "世"} {
		long := strings.Repeat(character, 1<<20/len(character))
		for _, fields := range []map[string]any{
			{"measure": long}, {"level": long}, {"format": long}, {"legend": long}, {"where": map[string][]string{long: {""}}},
			{"flows": "$" + long}, {"adhocFilters": []map[string]string{{"key": "region", "operator": long, "value": "a"}}},
		} {
			body, err := json.Marshal(fields)
			if err != nil {
				t.Fatal(err)
			}
			_, err = query.Parse(body)
			if err == nil {
				t.Errorf("%.40s is taken", body)
			} else if len(err.Error()) > 4<<10 || !utf8.ValidString(err.Error()) {
				t.Errorf("%.40s: the error has %d bytes", body, len(err.Error()))
			}
		}
	}
}
