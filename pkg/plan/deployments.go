package plan

import (
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// addDeployments plans how deployments are read that may have led to the newest incident.
func (b *builder) addDeployments() (err error) {
	if b.plan.Query.Measure != query.NewestIncident {
		return nil
	}
	b.setPeriod(b.plan.States.Known, 0)
	b.plan.States.Deployments, err = b.events(func(e cer.Event) bool { return e.Kind == cer.Deployment })
	return err
}
