package plugin

import (
	"context"
	"strconv"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// dataSourceKey identifies a data source within the process. A UID is unique within an organisation only. Newer
// versions of Grafana send the organisation as a namespace, older ones as a number.
type dataSourceKey struct {
	org       int64
	namespace string
	uid       string
}

// keyOf returns the key of the data source that ctx and its settings belong to.
func keyOf(ctx context.Context, instance backend.DataSourceInstanceSettings) dataSourceKey {
	pluginContext := backend.PluginConfigFromContext(ctx)
	return dataSourceKey{
		org:       pluginContext.OrgID, // Grafana 10.1 sends no namespace.
		namespace: pluginContext.Namespace,
		uid:       instance.UID,
	}
}

// Prefixes of namespaces: org-<id> is an organisation other than the first one, whose namespace is default, and
// stacks-<id> is the only organisation of a hosted Grafana.
const (
	orgPrefix   = "org-"
	stackPrefix = "stacks-"
)

// orgID returns the number of the organisation, from its namespace if Grafana sent no number; 0 if it is unknown.
func (k dataSourceKey) orgID() int64 {
	if k.org > 0 {
		return k.org
	}
	if k.namespace == "default" || strings.HasPrefix(k.namespace, stackPrefix) {
		return 1
	}
	text, ok := strings.CutPrefix(k.namespace, orgPrefix)
	id, err := strconv.ParseInt(text, 10, 64)
	if !ok || err != nil || id < 1 {
		return 0
	}
	return id
}

// orgLabel returns the organisation as logs and metrics name it: its number, or its namespace if that number is
// unknown or the process serves several hosted Grafanas, in which all organisations have the number 1.
func (k dataSourceKey) orgLabel() string {
	id := k.orgID()
	if id == 0 || strings.HasPrefix(k.namespace, stackPrefix) {
		return k.namespace
	}
	return strconv.FormatInt(id, 10)
}
