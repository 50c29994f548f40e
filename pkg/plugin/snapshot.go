package plugin

import (
	"context"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// snapshot is a data source as one request sees it. Its catalog stays the same until the request is answered, while
// that of the data source may change with the operator's folder.
type snapshot struct {
	*DataSource
	catalogState
	// role is the role of the user.
	role role
}

// snapshot returns the data source for a request of a user, with the catalog of this moment.
func (d *DataSource) snapshot(ctx context.Context, user *backend.User) *snapshot {
	state := d.source.current(ctx)
	state.catalog = d.shared.changeLog.withHistory(d.key, state.catalog)
	return &snapshot{DataSource: d, catalogState: state, role: roleOf(user)}
}

// ready returns why queries can't be answered; nil if they can.
func (d *snapshot) ready() error {
	if d.broken != nil {
		return userError(d.broken.Error())
	}
	if d.catalog == nil {
		return userError(d.problem(d.role))
	}
	return nil
}

// sent loads a definition that a request sends. The error says why it makes no catalog.
func (d *snapshot) sent(ctx context.Context, yaml string) (catalogState, error) {
	state, err := d.shared.checks.load(ctx, yaml)
	if err == nil && state.catalog == nil {
		err = userError(state.problem(viewer))
	}
	return state, err
}
