package frame

import (
	"fmt"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// OfDefinition returns the table of the expressions of plans: what each of them is for, and the expression by which it is
// requested, which others may share. Equal numbers of leaves are requested once.
func OfDefinition(explained *engine.Explanation) data.Frames {
	var leaves []expand.Leaf
	var notices cer.Annotations
	for _, p := range explained.Plans {
		leaves = append(leaves, p.Leaves...)
		notices.Merge(p.Notices)
	}
	rows := definitionRows{numbers: plan.NumbersOf(leaves), requests: explained.Requests}
	for _, p := range explained.Plans {
		for _, segment := range p.Segments() {
			rows.addSegment(segment)
		}
	}
	return finish(data.Frames{rows.frame()}, explained.Plans[0], explained.Requests, notices, Meta{})
}

// definitionRows collects the rows of a definition, one for each expression of each SLI.
type definitionRows struct {
	numbers  plan.Numbers
	requests engine.Requests

	slis, roles, windows, formulas, queries, asked []string
	leaves                                         []int64
}

// addSegment adds the rows of a segment's SLIs.
func (d *definitionRows) addSegment(s *plan.Segment) {
	for _, f := range s.Flows {
		for i := range f.SLIs {
			sli := &f.SLIs[i]
			for _, source := range sli.Sources() {
				for _, form := range source.Forms {
					d.addForm(f.Flow.Name+"/"+sli.SLI.Name, source.Over(s.Range), sli, form)
				}
			}
		}
	}
}

// addForm adds the rows of a form.
func (d *definitionRows) addForm(name string, over series.Range, sli *plan.SLI, form expand.Form) {
	if over = form.Holds.In(over); over.Len() == 0 {
		return
	}
	formula := plan.FormulaOf(form, d.numbers.Names(over))
	add := func(role string, expr *expand.Expr) {
		promQL := expr.String()
		d.slis, d.roles, d.formulas = append(d.slis, name), append(d.roles, role), append(d.formulas, formula)
		d.windows = append(d.windows, model.Duration(sli.Window).String())
		d.leaves, d.queries, d.asked = append(d.leaves, int64(d.numbers.Within(expr, over))), append(d.queries, promQL), append(d.asked, strings.Join(d.requests.For(promQL), "\n"))
	}
	for _, part := range form.Parts {
		add(part.Role, part.Expr)
	}
	for _, part := range form.Total {
		add(total(sli.SLI), part.Expr)
	}
	for _, part := range form.Bounded {
		add(part.Role, part.Expr)
	}
}

// frame returns the table of the rows.
func (d *definitionRows) frame() *data.Frame {
	return data.NewFrame("",
		data.NewField(labelSLI, nil, d.slis), data.NewField("role", nil, d.roles), data.NewField("leaf", nil, d.leaves),
		data.NewField("formula", nil, d.formulas), data.NewField("window", nil, d.windows), data.NewField("promql", nil, d.queries), data.NewField("request", nil, d.asked))
}

// total says what the total of an SLI's forms counts.
func total(s *cer.SLI) string {
	if s.Indicator.Kind() == cer.KindProbe {
		return "all checks"
	}
	return fmt.Sprintf("all events (%s)", s.Indicator.Kind())
}
