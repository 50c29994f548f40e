package plan

import (
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// overWindows are the measures whose points are over windows, which are as long as the step unless the query states another.
var overWindows = []query.Measure{query.Score, query.Value, query.Coverage, query.Impact}

// noteStep says of the points of a long range that they are averages over its step, or samples with gaps between them.
func (b *builder) noteStep() {
	q, step := b.plan.Query, b.times.step()
	if q.Format != query.Timeseries || q.Long > 0 || !slices.Contains(overWindows, q.Measure) ||
		b.plan.Range.Len() < 2 || step < 2*b.plan.Catalog.Window {
		return
	}
	longest, fills := b.seen(step)
	if fills {
		b.note(cer.Notice{Text: fmt.Sprintf("each point is an average over %s, so shorter dips are not visible and the lowest point is not the lowest %s; choose a shorter range, or a window",
			model.Duration(step), q.Measure)})
	} else {
		b.note(cer.Notice{Text: fmt.Sprintf("the points are %s apart and each covers %s, so dips between them are not visible and the lowest point is not the lowest %s; choose a shorter range",
			model.Duration(step), spanInWords(longest), q.Measure)})
	}
}

// seen returns how far before its instant a point shows at most, and whether points show all the time between them. An
// indicator that looks at one instant shows nothing before it.
func (b *builder) seen(step time.Duration) (longest time.Duration, fills bool) {
	if b.plan.Instants == nil {
		return 0, false
	}
	for i := range b.plan.Instants.Flows {
		for _, sli := range b.plan.Instants.Flows[i].SLIs {
			if own, _ := b.plan.Catalog.IndicatorsOf(sli.SLI); sli.Shown && !own.LooksAtInstant() {
				longest = max(longest, sli.Window)
			}
		}
	}
	return longest, longest >= step
}

// spanInWords says how far before its instant a point shows.
func spanInWords(span time.Duration) string {
	if span == 0 {
		return "one instant"
	}
	return "the " + model.Duration(span).String() + " before it"
}
