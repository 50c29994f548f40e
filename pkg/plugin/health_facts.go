package plugin

import (
	"context"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// maxFacts is the number of facts that the message of Save & test lists; its details have all of them.
const maxFacts = 10

// facts returns sentences on what was found of the store over the last days, and those on what is likely wrong, such as windows
// that are too short for the samples that there are.
func (d *snapshot) facts(ctx context.Context) (facts, doubts []string, err error) {
	session := d.engine.Session(ctx)
	defer session.Close()
	now := d.now()
	q := query.Query{Measure: query.Score, Level: query.LevelSLI, Format: query.Definition, Window: query.WindowAuto}
	explanation, err := d.engine.Explain(ctx, session, d.request(q, plan.Times{From: now.Add(-time.Minute), To: now, Now: now, Interval: time.Minute}))
	if err != nil {
		return nil, nil, err
	}
	for _, p := range explanation.Plans {
		for _, notice := range p.Notices {
			switch {
			case notice.Severity == cer.Warning:
				doubts = append(doubts, notice.String())
			case notice.Subject == "":
				facts = append(facts, notice.Text)
			}
		}
	}
	for _, remark := range d.gauges(ctx, d.catalog) {
		doubts = append(doubts, remark.Flow+"/"+remark.SLI+": "+remark.Text)
	}
	return facts, doubts, nil
}
