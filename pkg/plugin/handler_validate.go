package plugin

import (
	"net/http"
)

// validateRequest is the body of POST /validate.
type validateRequest struct {
	Definition string `json:"definition"`
}

// validateAnswer says what became of a definition.
type validateAnswer struct {
	// Valid says that the definition would be used.
	Valid bool `json:"valid"`
	// Catalog describes what the definition says; nil where it is not valid.
	Catalog   *catalogAnswer `json:"catalog,omitempty"`
	Issues    []issue        `json:"issues"`
	Unmatched []unmatched    `json:"unmatched"`
	// StoreError says why nobody knows which selectors match; "" where that is known.
	StoreError string `json:"storeError,omitempty"`
}

// postValidate checks a definition without saving it.
func (d *DataSource) postValidate(r *http.Request) (any, error) {
	var asked validateRequest
	if err := readJSON(r, &asked); err != nil {
		return nil, err
	}
	l := loadDefinition(asked.Definition)
	answer := validateAnswer{Valid: l.catalog != nil, Issues: issuesOf(l.issues), Unmatched: []unmatched{}}
	if l.catalog == nil {
		return answer, nil
	}
	described, err := describe(l.catalog, l.revision)
	if err != nil {
		return nil, err
	}
	answer.Catalog = &described
	if d.broken != nil {
		answer.StoreError = d.broken.Error()
		return answer, nil
	}
	found, err := d.unmatched(r.Context(), l.catalog)
	if err != nil {
		answer.StoreError = faultOf(err).message
	}
	answer.Unmatched = append(answer.Unmatched, found...)
	return answer, nil
}
