package plugin

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
)

// loaded is what there is of a data source's catalog at a time.
type loaded struct {
	// catalog is what queries are answered by; nil where there is none.
	catalog  *cer.Catalog
	revision string
	// issues are those of the definition as it stands now: warnings beside a catalog, or why it was refused.
	issues definition.Issues
	// empty says that the settings hold no definition, so that there is nothing to go on with.
	empty bool
	// stale says that the catalog is the last good one, since the definition as it stands was refused.
	stale bool
	// operators says that the definition is the operator's: its issues are shown to Admins only. All others are told why
	// it is not used as it stands, "" where it is.
	operators bool
	told      string
}

// sourceName is what errors call the definition in the settings.
const sourceName = "definition"

// load reads a definition from the settings.
func load(yaml string) loaded {
	if strings.TrimSpace(yaml) == "" {
		return loaded{empty: true, issues: definition.Issues{{
			Message: "the data source has no definition yet; write a catalog of flows (apiVersion: cer/v1) in its settings"}}}
	}
	if len(yaml) > maxDefinition {
		return loaded{issues: definition.Issues{{Message: fmt.Sprintf(
			"the definition has %d bytes, and the settings hold %d at most; shorten it", len(yaml), maxDefinition)}}}
	}
	catalog, issues := definition.Load(definition.Source{Name: sourceName, Content: []byte(yaml)})
	if catalog == nil {
		return loaded{issues: issues}
	}
	return loaded{catalog: catalog, revision: catalog.Revision(), issues: issues}
}

// problem says to a user why there is no catalog, or why it is not the one that the settings hold or name; "" where all
// is well.
func (l loaded) problem(to role) string {
	switch {
	case l.operators && (l.told == "" || len(l.issues) == 0):
		return l.told
	case l.operators && to < admin:
		return l.told + "; an Admin sees why in Save & test"
	case l.operators:
		return l.told + ". " + l.issues.Error()
	case l.stale:
		return "the definition was refused, and the last good one is used instead. " + l.issues.Error()
	case l.catalog == nil:
		return l.issues.Error()
	default:
		return ""
	}
}

// issuesFor returns the issues that a user may see.
func (l loaded) issuesFor(to role) definition.Issues {
	if l.operators && to < admin {
		return nil
	}
	return l.issues
}

// shelf keeps the last good catalog of each data source for as long as the process lives, so that a broken edit takes
// nothing from those who look. It is safe for concurrent use.
type shelf struct {
	mu   sync.Mutex
	good map[shelfKey]loaded
}

// shelfKey names a data source, whose UID is unique within an organisation only.
type shelfKey struct {
	org       int64
	namespace string
	uid       string
}

// shelfKeyOf returns the key of a data source. Newer Grafana names the organisation by a namespace, older by a number.
func shelfKeyOf(ctx context.Context, instance backend.DataSourceInstanceSettings) shelfKey {
	plugin := backend.PluginConfigFromContext(ctx)
	return shelfKey{
		org:       plugin.OrgID, // It is all that Grafana 10.1 sends.
		namespace: plugin.Namespace,
		uid:       instance.UID,
	}
}

// keep puts what was loaded on the shelf if it is good, and else returns the last good one, if there is any.
func (s *shelf) keep(key shelfKey, now loaded) loaded {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.good == nil {
		s.good = map[shelfKey]loaded{}
	}
	if now.catalog != nil {
		s.good[key] = now
		return now
	}
	if now.empty {
		delete(s.good, key)
	}
	last, ok := s.good[key]
	if !ok {
		return now
	}
	last.issues, last.stale = now.issues, true
	return last
}
