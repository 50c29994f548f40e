package plugin

import (
	"context"
	"regexp"
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/folder"
)

// catalogSource provides the catalog of a data source.
type catalogSource interface {
	// current returns the catalog as it is now. It waits for the operator's folder to be read the first time, unless ctx
	// is done.
	current(ctx context.Context) catalogState
	// refresh reads the definition again, so that current returns its latest version.
	refresh(ctx context.Context)
}

// staticSource provides the catalog of a definition in the settings, which is the same as long as the data source
// lives.
type staticSource catalogState

func (s staticSource) current(context.Context) catalogState { return catalogState(s) }
func (s staticSource) refresh(context.Context)              {}

// folderSource provides a catalog of the folder on the server, as an organisation may see it.
type folderSource struct {
	folder *folder.Folder
	name   string
	org    int64
}

func (s folderSource) current(ctx context.Context) catalogState {
	found := s.folder.Catalog(ctx, s.name, s.org)
	return catalogState{
		catalog: found.Catalog, issues: found.Issues,
		stale: found.Catalog != nil && found.State != folder.Good, fromFolder: true, folderProblem: found.Problem(),
		changedFiles: found.Changed,
	}
}

func (s folderSource) refresh(ctx context.Context) { s.folder.Refresh(ctx) }

// catalogName matches the names that a definition may give its catalog.
var catalogName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_-]{0,62}$`)

// catalogSource returns the source that the settings of a data source choose: their own definition, or a catalog of the
// operator's folder.
func (s *sharedState) catalogSource(cfg settings, key dataSourceKey) catalogSource {
	name := strings.TrimSpace(cfg.Catalog)
	switch {
	case name == "":
		return staticSource(s.lastGood.update(key, loadDefinition(cfg.Definition)))
	case strings.TrimSpace(cfg.Definition) != "":
		return staticSource(s.lastGood.update(key, noCatalog("the settings contain a catalog (definition) and also name one of the folder on the server (catalog); remove one of them")))
	case !catalogName.MatchString(name):
		return staticSource(noCatalog("the setting catalog is %.70q, which can't be the name of a catalog; write the metadata.name of one", name))
	case s.folder == nil:
		return staticSource(noCatalog("the settings name the catalog %s, but there is no folder of catalogs on the server; an administrator can set definitions_path under [plugin.%s] in Grafana's configuration", name, ID))
	default:
		return folderSource{folder: s.folder, name: name, org: key.orgID()}
	}
}
