package plan

import (
	"maps"
	"slices"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// birthsOf returns the questions which series of the flows' counters began in the windows of their SLIs.
func birthsOf(c *catalog.Catalog, flows []Flow) []expand.BirthQuestion {
	windows := map[time.Duration][]*expand.Indicator{}
	for _, f := range flows {
		for _, sli := range f.SLIs {
			own, _ := c.IndicatorsOf(sli.SLI)
			windows[sli.Window] = append(windows[sli.Window], own)
		}
	}
	var questions []expand.BirthQuestion
	for _, window := range slices.Sorted(maps.Keys(windows)) {
		questions = append(questions, expand.BirthQuestions(windows[window], window)...)
	}
	return questions
}

// BirthLeaf is what is asked of the store for a question in Births.
func (p *Plan) BirthLeaf(i int) expand.Leaf {
	return expand.Leaf{Expr: p.Births[i].Expr, Range: series.Instant(p.Range.End)}
}
