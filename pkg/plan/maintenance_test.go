package plan_test

import (
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// The expression of a maintenance is read over other instants than SLIs where time slices are counted, which is no reason
// to keep from its author what became of it.
func TestNoticesOnMaintenancesAreKeptForBudgetsAndStates(t *testing.T) {
	c := policed(tense)
	c.Flows[1].Objective = .9
	c.Maintenance = []cer.Maintenance{{Name: "works", Effect: cer.EffectExclude, PromQL: "absent(up)", Trust: []string{}}}
	for _, text := range []string{
		`{"level":"flow","flows":["search"],"by":["region"],"measure":"budget","format":"latest"}`,
		`{"level":"flow","flows":["search"],"by":["region"],"measure":"state","format":"latest"}`,
		`{"by":["region"],"format":"events"}`,
	} {
		p, err := ask(text, c)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, notice := range p.Notices {
			if notice.Subject == "the maintenance works" && strings.HasPrefix(notice.Text, "can't be split by region") {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s: %d of the notices are on the maintenance, want 1: %v", text, n, p.Notices)
		}
	}
}

var tense = cer.AlertPolicy{Name: "tense", Severity: cer.PageSeverity, When: "score < 0.6"}
