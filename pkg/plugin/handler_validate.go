package plugin

import (
	"context"
	"net/http"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
)

// validateRequest is the body of POST /validate.
type validateRequest struct {
	Definition string `json:"definition"`
	// History asks for a hint on objectives above what the last days show, which takes the store longer than the rest.
	History bool `json:"history"`
}

// validateAnswer is the answer of POST /validate.
type validateAnswer struct {
	// Valid is true if the definition makes a catalog without faults. One with faults for which flows are withheld makes a
	// catalog all the same.
	Valid bool `json:"valid"`
	// Catalog is that catalog; nil if there is none.
	Catalog   *catalogAnswer      `json:"catalog,omitempty"`
	Issues    []issue             `json:"issues"`
	Unmatched []unmatchedSelector `json:"unmatched"`
	// StoreError says why the store could not be asked about the catalog; "" if it was.
	StoreError string `json:"storeError,omitempty"`
}

// postValidate answers POST /validate: it checks a definition without saving it.
func (d *snapshot) postValidate(r *http.Request) (any, error) {
	var req validateRequest
	if err := readJSON(r, &req); err != nil {
		return nil, err
	}
	state, err := d.shared.checks.load(r.Context(), req.Definition)
	if err != nil {
		return nil, err
	}
	answer := validateAnswer{Valid: state.catalog != nil && !state.issues.Faulty(), Issues: issuesOf(state.issues), Unmatched: []unmatchedSelector{}}
	if state.catalog == nil {
		return answer, nil
	}
	answer.Issues = append(answer.Issues, hintsOf(state.catalog.Catalog)...)
	described := describe(state.catalog)
	answer.Catalog = &described
	if d.broken != nil {
		answer.StoreError = d.broken.Error()
		return answer, nil
	}
	unmatched, err := unmatchedSelectors(r.Context(), d.store, state.catalog, d.now())
	if err != nil {
		answer.StoreError = faultOf(err).message
	}
	answer.Unmatched = append(answer.Unmatched, unmatched...)
	if answer.StoreError == "" {
		d.addRemarks(r.Context(), req.Definition, state.catalog, &answer)
	}
	if answer.StoreError == "" && req.History {
		answer.Issues = append(answer.Issues, d.overspent(r.Context(), state.catalog)...)
	}
	return answer, nil
}

// addRemarks adds warnings on what the telemetry says of the SLIs of a definition.
func (d *snapshot) addRemarks(ctx context.Context, yaml string, c *catalog.Catalog, answer *validateAnswer) {
	remarks, err := d.remarks(ctx, c)
	if err != nil {
		answer.StoreError = faultOf(err).message
		return
	}
	remarks = append(remarks, d.resting(ctx, c)...)
	answer.Issues = append(answer.Issues, issuesOf(definition.WarningsOf(definition.Source{Name: sourceName, Content: []byte(yaml)}, remarks))...)
}
