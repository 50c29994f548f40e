package plugin

import (
	"net/http"
)

// catalogsAnswer is the answer of GET /catalogs.
type catalogsAnswer struct {
	// Folder is true if the operator has configured a folder of catalogs.
	Folder bool `json:"folder"`
	// Catalogs are the names of the catalogs in it that the data source may use.
	Catalogs []string `json:"catalogs"`
}

// getCatalogs answers GET /catalogs with the values that the setting catalog can have.
func (d *snapshot) getCatalogs(r *http.Request) (any, error) {
	answer := catalogsAnswer{Folder: d.shared.folder != nil, Catalogs: []string{}}
	if answer.Folder {
		answer.Catalogs = append(answer.Catalogs, d.shared.folder.Names(r.Context(), d.key.orgID())...)
	}
	return answer, nil
}
