package plugin

import (
	"fmt"
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/folder"
)

// catalogState is the catalog of a data source at one time.
type catalogState struct {
	// catalog answers queries; nil if there is none.
	catalog *catalog.Catalog
	// issues are those of the current definition: its warnings, or why it was refused.
	issues definition.Issues
	// empty is true if the settings hold no definition. The last good catalog is not used then.
	empty bool
	// stale is true if catalog is the last good one, because the current definition was refused.
	stale bool
	// fromFolder is true if the definition is in the folder on the server. Its issues quote files, so only Admins see them;
	// everybody sees folderProblem, which is "" if the files in the folder are in use.
	fromFolder    bool
	folderProblem string
	// changedFiles are those in the folder that make the catalog another one than before.
	changedFiles []folder.Changed
}

// sourceName is the name of the definition in the settings in the positions of its issues.
const sourceName = "definition"

// loadDefinition returns the catalog that a definition in the settings makes, or why it makes none.
func loadDefinition(yaml string) catalogState {
	if strings.TrimSpace(yaml) == "" {
		state := noCatalog("the data source has no catalog yet; write one (apiVersion: cer/v1) in its settings")
		state.empty = true
		return state
	}
	if len(yaml) > maxDefinition {
		return noCatalog("the catalog has %d bytes, and the settings hold %d at most; shorten it", len(yaml), maxDefinition)
	}
	loaded, issues := definition.Load(definition.Source{Name: sourceName, Content: []byte(yaml)})
	if loaded == nil {
		return catalogState{issues: issues}
	}
	compiled, err := catalog.Compile(loaded)
	if err != nil { // Loading has checked what is compiled.
		return noCatalog("the definition can't be compiled, which is a bug in the plugin: %v", err)
	}
	return catalogState{catalog: compiled, issues: issues}
}

// revision returns the revision of the catalog; "" if there is none.
func (s catalogState) revision() string {
	if s.catalog == nil {
		return ""
	}
	return s.catalog.Revision
}

// noCatalog returns the state of settings that make no catalog, for a reason.
func noCatalog(format string, args ...any) catalogState {
	return catalogState{issues: definition.Issues{{Message: fmt.Sprintf(format, args...)}}}
}

// problem returns, for a user of a role, why there is no catalog or why the current definition is not in use; "" if it
// is in use.
func (s catalogState) problem(to role) string {
	switch {
	case s.fromFolder && (s.folderProblem == "" || len(s.issues) == 0):
		return s.folderProblem
	case s.fromFolder && to < admin:
		return s.folderProblem + "; an Admin sees why in Save & test"
	case s.fromFolder:
		return s.folderProblem + ". " + s.issues.Error()
	case s.stale:
		return "the catalog was refused, and its last valid version is used instead. " + s.issues.Error()
	case s.catalog == nil:
		return s.issues.Error()
	default:
		return ""
	}
}

// issuesFor returns the issues that a user of a role may see.
func (s catalogState) issuesFor(to role) definition.Issues {
	if s.fromFolder && to < admin {
		return nil
	}
	return s.issues
}
