package plugin

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/cer-reliability/cer-datasource/pkg/discover"
)

// postDiscover answers POST /discover: it says which presets the store has the telemetry of, and of which services, and proposes a
// definition. Without trust in the request the matchers are those of the catalog. Nothing is saved.
func (d *snapshot) postDiscover(r *http.Request) (any, error) {
	var req discover.Request
	if err := readJSON(r, &req); err != nil {
		return nil, err
	}
	if d.broken != nil {
		return nil, userError(d.broken.Error())
	}
	if !d.replays.TryAcquire(1) {
		return nil, busy
	}
	defer d.replays.Release(1)
	if req.Trust == nil && d.catalog != nil {
		req.Trust = d.catalog.Trust
	}
	answer, err := discover.Run(r.Context(), d.store, req, d.now())
	var invalid discover.Invalid
	switch {
	case errors.As(err, &invalid):
		return nil, userError(invalid)
	case err != nil:
		return nil, err
	}
	if n := len(answer.Definition); n > maxDefinition {
		answer.Issues = append(answer.Issues, discover.Issue{Severity: discover.Warning,
			Message: fmt.Sprintf("the definition has %d bytes, and the settings hold %d at most; choose fewer services, or put it into the folder on the server", n, maxDefinition)})
	}
	return answer, nil
}
