package plan

import (
	"fmt"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// MaxExemplarSLIs is the number of SLIs whose exemplars a query may ask for. Each is a request to the store.
const MaxExemplarSLIs = 200

// Exemplars says how the exemplars of an SLI are requested.
type Exemplars struct {
	Flow *cer.Flow
	SLI  *cer.SLI
	// Question has the selectors, and tells slow and failed events.
	Question *expand.ExemplarQuestion
	// Labels are those of the plan's dimensions on the series of the SLI; "" where they have none.
	Labels []string
}

// Subject names the SLI with its flow.
func (e Exemplars) Subject() string { return e.Flow.Name + "/" + e.SLI.Name }

// addExemplars plans the exemplars of the SLIs that are asked for, and says which have none.
func (b *builder) addExemplars() error {
	var without []string
	asked := 0
	for _, f := range b.scope.shownFlows(b.plan.Catalog) {
		for j := range f.SLIs {
			sli := &f.SLIs[j]
			if !b.scope.showsSLI(f, sli) {
				continue
			}
			asked++
			one, err := b.exemplarsOf(f, sli)
			switch {
			case err != nil:
				return err
			case one.Question != nil:
				b.plan.Exemplars = append(b.plan.Exemplars, one)
			case sli.Fault == "":
				without = append(without, one.Subject())
			}
		}
	}
	if n := len(b.plan.Exemplars); n > MaxExemplarSLIs {
		return query.Invalidf("the query asks for the exemplars of %d SLIs, more than %d; name flows or SLIs", n, MaxExemplarSLIs)
	}
	switch {
	case asked == 0:
		b.note(noSLI)
	case len(without) > 0:
		b.note(cer.Notice{Text: fmt.Sprintf("only counters and histograms have exemplars; there are none of %s", list.First(without, maxNamed))})
	}
	return nil
}

// exemplarsOf plans the exemplars of an SLI; its question is nil where the SLI has none, or is withheld.
func (b *builder) exemplarsOf(f *cer.Flow, sli *cer.SLI) (one Exemplars, err error) {
	one = Exemplars{Flow: f, SLI: sli}
	if sli.Fault != "" {
		b.note(cer.Notice{Severity: cer.Warning, Subject: one.Subject(), Text: sli.Fault})
		return one, nil
	}
	one.Labels, _ = labelsOf(sli, b.plan.By)
	own, _ := b.plan.Catalog.IndicatorsOf(sli)
	filters := b.scope.cohorts.on(b.plan.Catalog.Catalog, sli)
	if one.Question, err = own.Exemplars(filters, sli.CurveBound().Seconds()); err != nil {
		return one, fmt.Errorf("%s: %w", one.Subject(), err)
	}
	return one, nil
}
