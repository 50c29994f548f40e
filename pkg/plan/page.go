package plan

import (
	"crypto/sha256"
	"fmt"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/policy"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

const (
	// PageSlices is how many slices a page has.
	PageSlices = 240
	// leastPages is how many pages have to fit into a range, unless it has very many points, so that it pays to ask for a
	// page as a whole of which only some slices are needed.
	leastPages = 4
)

// Page is slices side by side that lie at a fixed place in time, so far back that late samples change them no more. What
// they add to losses is worked out page by page, and kept for whoever needs it next: so a window of 90 days takes no
// more memory, and no more work when it is asked for again, than its sums do.
type Page struct {
	// Range is the instants at which the slices end.
	Range series.Range
	build func() (*Plan, error)
}

// Plan returns the plan of the page alone, whose slices are Coarse.
func (p *Page) Plan() (*Plan, error) { return p.build() }

// Number counts pages since 1970.
func (p *Page) Number() int64 {
	return p.Range.Start / p.Range.Step / PageSlices
}

// First returns the end of the first slice of a stretch and of its pages, in Unix milliseconds.
func (s *Stretch) First() int64 {
	if len(s.Pages) > 0 {
		return s.Pages[0].Range.Start
	}
	return s.Range.Start
}

// Pages returns those of the plan and of its parts, by the plan that they belong to.
func (p *Plan) Pages() map[*Plan][]*Page {
	all := map[*Plan][]*Page{}
	for _, part := range p.Parts() {
		if part.Coarse != nil && len(part.Coarse.Pages) > 0 {
			all[part] = part.Coarse.Pages
		}
	}
	return all
}

// PagePoints is how many points all pages are made of.
func (p *Plan) PagePoints() uint64 {
	points := 0
	for part, pages := range p.Pages() {
		for _, leaf := range p.Leaves {
			if leaf.Range == part.Coarse.Range {
				points += len(pages) * PageSlices
			}
		}
	}
	return uint64(points)
}

// PageKey identifies what the sums of pages are of, whatever the range and the measure of the query: what the catalog
// says at a revision, whose losses are counted, and which expressions of the store they are read by.
func (p *Plan) PageKey(revision string) string {
	hash, q := sha256.New(), p.Query
	fmt.Fprintf(hash, "%s\x00%s\x00%q\x00%q\x00%q\x00%q\x00%q\x00%q\x00%q\x00", revision, q.Level, q.Flows, q.SLIs, q.Components,
		q.By, q.Where, q.AdhocFilters, p.Counted)
	told := map[string]bool{}
	for _, leaf := range p.Leaves {
		if !told[leaf.PromQL] {
			told[leaf.PromQL] = true
			fmt.Fprintf(hash, "%s\x00", leaf.PromQL)
		}
	}
	return string(hash.Sum(nil))
}

// paged returns the pages of a range of slices, and the rest of it. Slices that are split by dimensions have none, since
// which cohorts there are is only known when all of them are there.
func (b *builder) paged(over series.Range) (pages []*Page, rest series.Range, err error) {
	if b.times.Overlap <= 0 || b.isShort(over) || len(b.plan.By) > 0 || b.plan.Weighted != nil {
		return nil, over, nil
	}
	if b.plan.Range.Len() == 0 { // Nobody wants to know of any of them.
		return nil, series.Range{Start: over.End, End: over.End, Step: over.Step}, nil
	}
	if subjects := max(1, b.summed()); over.Len() > MaxSums/subjects {
		return nil, over, query.Invalidf("the query adds up %d slices for each of %d flows, components or SLIs, more than %d in all; choose a shorter range or window, a longer timeSliceWindow in the definition, or fewer flows",
			over.Len(), subjects, MaxSums)
	}
	settled := b.times.Now.Add(-b.times.Overlap).UnixMilli()
	span := PageSlices * over.Step
	for start := series.Floor(over.Start, span); ; start += span {
		page := series.Range{Start: start, End: start + span - over.Step, Step: over.Step}
		if page.End >= settled || page.End >= over.End {
			return pages, series.Range{Start: start, End: over.End, Step: over.Step}, nil
		}
		pages = append(pages, &Page{Range: page, build: func() (*Plan, error) { return b.page(page) }})
	}
}

// isShort reports whether it is as well to ask for all slices of a range, since they are few.
func (b *builder) isShort(over series.Range) bool {
	slis := 0
	for i := range b.plan.Catalog.Flows {
		slis += len(b.scope.needed(&b.plan.Catalog.Flows[i]))
	}
	return over.Len() < leastPages*PageSlices && slis*over.Len() < MaxPoints/4
}

// summed is whose slices are added up, at most: what the query shows, and the SLIs and components that its policies name.
func (b *builder) summed() int {
	if b.plan.Query.Level == query.LevelOverall && len(b.plan.FlowLabels) == 0 {
		return 1
	}
	named := map[policy.Reference]bool{}
	for _, number := range b.plan.Counted {
		named[policy.Reference{SLI: number.SLI, Component: number.Component}] = true
	}
	n := 0
	for _, f := range b.shownFlows() {
		n += len(named)
		for i := range f.SLIs {
			if i == 0 || b.plan.Query.Level != query.LevelFlow && b.scope.showsSLI(f, &f.SLIs[i]) {
				n++
			}
		}
	}
	return n
}

// page plans the slices of a page.
func (b *builder) page(over series.Range) (*Plan, error) {
	apart := newBuilder(b.scope, b.plan.Catalog, b.times, b.facts, newShared(b.shared.expanded))
	apart.plan.Range, apart.plan.Counted, apart.slices = series.Instant(over.End), b.plan.Counted, b.slices
	var err error
	if apart.plan.Coarse, err = apart.stretch(over); err != nil {
		return nil, err
	}
	apart.plan.Leaves = apart.shared.leaves
	return apart.plan, apart.checkSize()
}

// notePages says where a definition does not list what is asked for.
func (b *builder) notePages(n int) {
	if n > 0 && b.plan.Query.Format == query.Definition {
		b.note(cer.Notice{Text: fmt.Sprintf("the slices before, %d pages of %d, are asked for by the same expressions, a page at a time, and their sums are kept", n, PageSlices)})
	}
}
