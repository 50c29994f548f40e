package plan

import (
	"fmt"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// Plan is what is asked of the store for one query, and the score tree that is made of the answers.
type Plan struct {
	Query   Query
	Catalog *cer.Catalog
	Range   Range
	// Leaves are distinct.
	Leaves []Leaf
	// Flows are those that have to be evaluated, in the order of the catalog.
	Flows []Flow
	// Notices say what was chosen, and what a reader should know of it.
	Notices []cer.Notice
}

// Flow is a flow of the plan.
type Flow struct {
	Flow *cer.Flow
	// Shown reports whether the query is about the flow; others are there because its numbers depend on them.
	Shown bool
	// SLIs are those that have to be evaluated, in the order of the flow.
	SLIs []SLI
}

// SLI is an SLI of the plan.
type SLI struct {
	SLI    *cer.SLI
	Shown  bool
	Window time.Duration
	// Forms are the ways to get its value, in order of preference.
	Forms []Form
}

// Form is an expand.Form whose PromQL has become leaves of the plan.
type Form struct {
	Of    expand.Of
	Parts []Part
	// Total is the index of the leaf that counts all events, or NoLeaf.
	Total      int
	Complement bool
	Ceiling    float64
}

// Part is an expand.Part whose PromQL has become a leaf of the plan.
type Part struct {
	Leaf         int
	Factor       float64
	Role         string
	ZeroIfAbsent bool
}

// NoLeaf stands for a leaf that a form does without.
const NoLeaf = -1

// Histograms returns the histograms whose facts Build needs for a query, each once.
func Histograms(q Query, c *cer.Catalog) ([]expand.HistogramSelector, error) {
	var selectors []expand.HistogramSelector
	seen := map[expand.HistogramSelector]bool{}
	err := scope{q}.each(c, func(_ *cer.Flow, sli *cer.SLI) error {
		selector, ok, err := expand.HistogramSelectorOf(sli.Indicator, c.TrustOf(sli))
		if ok && !seen[selector] {
			seen[selector] = true
			selectors = append(selectors, selector)
		}
		return err
	})
	return selectors, err
}

// each calls do for every SLI that has to be evaluated, until it fails.
func (s scope) each(c *cer.Catalog, do func(*cer.Flow, *cer.SLI) error) error {
	for i := range c.Flows {
		f := &c.Flows[i]
		for j := range f.SLIs {
			if s.needsFlow(f) && s.needsSLI(f, &f.SLIs[j]) {
				if err := do(f, &f.SLIs[j]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Build plans a query. It fails, with an Invalid error, where the query names what the catalog does not have, or asks
// for more points than a query may.
func Build(q Query, c *cer.Catalog, times Times, facts expand.Facts) (*Plan, error) {
	s := scope{q}
	if err := s.checkNames(c); err != nil {
		return nil, err
	}
	b := &builder{
		plan:  &Plan{Query: q, Catalog: c, Range: rangeOf(q, times)},
		times: times, facts: facts, leaves: map[string]int{},
	}
	for i := range c.Flows {
		if f := &c.Flows[i]; s.needsFlow(f) {
			if err := b.addFlow(f, s); err != nil {
				return nil, err
			}
		}
	}
	if len(b.plan.Flows) == 0 {
		b.plan.Notices = append(b.plan.Notices, cer.Notice{Text: "no SLI of the catalog is what the query asks for"})
	}
	return b.plan, b.checkSize()
}

// rangeOf returns the instants at which a query wants numbers.
func rangeOf(q Query, times Times) Range {
	switch q.Format {
	case Latest:
		return Instant(times.latest())
	case Table:
		return times.both()
	default:
		return times.grid()
	}
}

// builder collects a plan.
type builder struct {
	plan   *Plan
	times  Times
	facts  expand.Facts
	leaves map[string]int
	// short says that a window was found to be too short.
	short bool
}

// addFlow plans the SLIs of a flow that have to be evaluated.
func (b *builder) addFlow(f *cer.Flow, s scope) error {
	planned := Flow{Flow: f, Shown: s.showsFlow(f)}
	for j := range f.SLIs {
		sli := &f.SLIs[j]
		if !s.needsSLI(f, sli) {
			continue
		}
		one, err := b.sli(f, sli)
		if err != nil {
			return err
		}
		one.Shown = s.showsSLI(f, sli)
		planned.SLIs = append(planned.SLIs, one)
	}
	if len(planned.SLIs) > 0 {
		b.plan.Flows = append(b.plan.Flows, planned)
	}
	return nil
}

// sli expands an SLI into leaves.
func (b *builder) sli(f *cer.Flow, sli *cer.SLI) (SLI, error) {
	window, err := b.plan.Query.window(b.times, b.plan.Catalog.WindowOf(sli))
	if err != nil {
		return SLI{}, err
	}
	expansion, err := expand.Indicator(sli.Indicator, expand.Config{
		Window: window, Trust: b.plan.Catalog.TrustOf(sli), Facts: b.facts,
	})
	if err != nil {
		return SLI{}, fmt.Errorf("%s/%s: %w", f.Name, sli.Name, err)
	}
	if s := b.plan.Query; s.Level == SLIs && !b.countsOnly() || s.Format == Definition {
		for _, note := range expansion.Notes {
			b.plan.Notices = append(b.plan.Notices, cer.Notice{Severity: cer.Info, Subject: f.Name + "/" + sli.Name, Text: note})
		}
	}
	b.noteShort(window)
	one := SLI{SLI: sli, Window: window}
	for _, form := range expansion.Forms {
		one.Forms = append(one.Forms, b.form(form))
	}
	return one, nil
}

// form replaces the PromQL of a form by leaves.
func (b *builder) form(x expand.Form) Form {
	form := Form{Of: x.Of, Total: NoLeaf, Complement: x.Complement, Ceiling: x.Ceiling}
	if x.Total != "" {
		form.Total = b.leaf(x.Total)
	}
	if b.countsOnly() {
		return form
	}
	for _, part := range x.Parts {
		form.Parts = append(form.Parts, Part{
			Leaf: b.leaf(part.PromQL), Factor: part.Factor, Role: part.Role, ZeroIfAbsent: part.ZeroIfAbsent,
		})
	}
	return form
}

// noteShort says that a window is too short for rates, which would look like lost telemetry.
func (b *builder) noteShort(window time.Duration) {
	if window >= 2*b.times.Scrape || b.short {
		return
	}
	b.short = true
	b.plan.Notices = append(b.plan.Notices, cer.Notice{Severity: cer.Warning, Text: fmt.Sprintf(
		"the window %s is under twice the scrape interval %s, so that rates find too few samples; choose a longer one",
		model.Duration(window), model.Duration(b.times.Scrape))})
}

// countsOnly reports whether the query is after numbers of events alone, so that parts are not needed.
func (b *builder) countsOnly() bool {
	return b.plan.Query.Measure == Traffic && b.plan.Query.Format != Table
}

// leaf returns the index of the leaf for an expression, which it adds if it is not there yet.
func (b *builder) leaf(promQL string) int {
	if i, ok := b.leaves[promQL]; ok {
		return i
	}
	i := len(b.plan.Leaves)
	b.leaves[promQL] = i
	b.plan.Leaves = append(b.plan.Leaves, Leaf{PromQL: promQL, Range: b.plan.Range})
	return i
}

// checkSize refuses what would be too much for the store, for memory or for a reader.
func (b *builder) checkSize() error {
	slis := 0
	for _, f := range b.plan.Flows {
		slis += len(f.SLIs)
	}
	if points := slis * b.plan.Range.Len(); points > MaxPoints {
		return invalid("the query asks for %d points (%d instants of %d SLIs), more than %d; choose a larger interval (max data points of the panel), a shorter range, or fewer flows",
			points, b.plan.Range.Len(), slis, MaxPoints)
	}
	if q := b.plan.Query; q.Measure == Impact || q.Format == Table {
		if steps := slis * len(b.plan.Flows) * b.plan.Range.Len(); steps > MaxImpact {
			return invalid("the impact of %d SLIs on %d flows at %d instants is too much to compute; ask for it with the format latest or table, or over a shorter range",
				slis, len(b.plan.Flows), b.plan.Range.Len())
		}
	}
	return nil
}

// DefinedAs returns the SLIs, as flow/sli, that an expression is asked for, and whether it is one that the definition
// states as a whole rather than one made of a selector.
func (p *Plan) DefinedAs(promQL string) (slis []string, whole bool) {
	for _, f := range p.Flows {
		for _, s := range f.SLIs {
			for _, leaf := range s.Leaves() {
				if p.Leaves[leaf].PromQL == promQL {
					slis = append(slis, f.Flow.Name+"/"+s.SLI.Name)
					whole = whole || expand.StatesWhole(s.SLI.Indicator)
				}
			}
		}
	}
	return slis, whole
}
