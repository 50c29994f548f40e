package plugin

import (
	"errors"
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
	if req.Trust == nil && d.catalog != nil {
		req.Trust = d.catalog.Trust
	}
	answer, err := discover.Run(r.Context(), d.store, req, d.now())
	var invalid discover.Invalid
	if errors.As(err, &invalid) {
		return nil, userError(invalid)
	}
	return answer, err
}
