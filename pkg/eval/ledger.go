package eval

import (
	"math"
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// column is one number an instant, NaN where there is none.
type column []float64

// newColumn returns a column of n instants without numbers.
func newColumn(n int) column {
	c := make(column, n)
	for i := range c {
		c[i] = math.NaN()
	}
	return c
}

// cohort holds a value for each dimension that numbers are split by; "" where none is known, or where series do not
// tell.
type cohort []string

// key is the cohort as the key of a map. The values of labels are UTF-8, which has no such byte.
func (c cohort) key() string { return strings.Join(c, "\xff") }

// columns are those of one leaf by the cohort, as its key, that they are of.
type columns map[string]column

// ledger holds the answers to a plan by leaf and cohort.
type ledger struct {
	plan    *plan.Plan
	answers []series.Answer
	// numbers are the positions of leaves.
	numbers plan.Numbers
	// kept are the sums of pages.
	kept Kept
	// split remembers the columns of leaves, which several SLIs and cohorts share.
	split map[splitKey]columns
	// cohorts remembers which cohorts flows have.
	cohorts map[*cer.Flow]*set
	// calendar remembers when maintenances are on that intervals speak of.
	calendar map[*plan.Maintenance]maintenance
	// evaluated remembers the evaluations of cohorts, which states and several subjects share.
	evaluated map[evaluatedKey]*evaluation
	// parts are the ledgers of the parts of the plan, which have the same answers.
	parts map[*plan.Plan]*ledger
	*remarks
}

// remarks are what the ledgers of a plan and of its parts have to say.
type remarks struct {
	// conflicts are at how many points expressions have several series for a cohort, by their PromQL, and conflicting
	// the leaves of which that is known.
	conflicts   map[string]*conflict
	conflicting map[int]bool
	// warned are the words of the store.
	warned []string
	// crowded is the error of more cohorts than a query may ask for; nil where there are fewer.
	crowded error
}

// evaluatedKey names a group of flows, by its number, and a cohort, by its key.
type evaluatedKey struct {
	group int
	of    string
}

// splitKey names a leaf, and the labels that it is split by.
type splitKey struct {
	leaf   int
	labels string
}

func newLedger(p *plan.Plan, answers []series.Answer, kept Kept) *ledger {
	numbers := plan.NumbersOf(p.Leaves)
	l := newPart(p, answers, numbers, kept, &remarks{conflicts: map[string]*conflict{}, conflicting: map[int]bool{}})
	l.parts = map[*plan.Plan]*ledger{}
	for _, part := range p.Parts() {
		l.parts[part] = newPart(part, answers, numbers, kept, l.remarks)
		l.parts[part].parts = l.parts
	}
	l.parts[p] = l
	for _, answer := range answers {
		l.warn(answer.Warnings)
	}
	for _, part := range p.Parts() {
		for _, sums := range l.parts[part].pages() {
			l.warn(sums.warned)
			for promQL, found := range sums.conflicts {
				l.conflict(promQL, found)
			}
		}
	}
	return l
}

// newPart returns the ledger of a part of a plan.
func newPart(p *plan.Plan, answers []series.Answer, numbers plan.Numbers, kept Kept, said *remarks) *ledger {
	return &ledger{plan: p, answers: answers, numbers: numbers, kept: kept, split: map[splitKey]columns{}, cohorts: map[*cer.Flow]*set{},
		calendar: map[*plan.Maintenance]maintenance{}, evaluated: map[evaluatedKey]*evaluation{}, remarks: said}
}

// answer returns the answer to an expression over a range.
func (l *ledger) answer(expr *expand.Expr, over series.Range) series.Answer {
	return l.answers[l.numbers.Of(expr, over)]
}

// columns returns those of an expression over a range by the values of labels, of which "" is one that it is not split by.
func (l *ledger) columns(expr *expand.Expr, over series.Range, labels []string) columns {
	leaf := l.numbers.Of(expr, over)
	key := splitKey{leaf, cohort(labels).key()}
	if known, ok := l.split[key]; ok {
		return known
	}
	byKey := map[string][]series.Series{}
	for _, s := range l.answers[leaf].Series {
		of := cohortOf(s.Labels.Get, labels).key()
		byKey[of] = append(byKey[of], s)
	}
	found := columns{}
	conflicts := 0
	for of, together := range byKey {
		merged, n := merge(together, over.Len())
		found[of] = merged
		conflicts += n
	}
	if conflicts > 0 && !l.conflicting[leaf] {
		l.conflicting[leaf] = true
		l.conflict(expr.String(), conflict{conflicts, over.Len()})
	}
	l.split[key] = found
	return found
}

// cohortOf returns the cohort that labels are of.
func cohortOf(value func(label string) string, labels []string) cohort {
	of := make(cohort, len(labels))
	for k, label := range labels {
		if label != "" {
			of[k] = value(label)
		}
	}
	return of
}

// merge lays series over each other. Where several have a number at the same instant nobody can tell which is meant:
// there the column has none, and the instant is counted as a conflict.
func merge(together []series.Series, n int) (merged column, conflicts int) {
	if len(together) == 1 {
		return together[0].Values, 0
	}
	merged = newColumn(n)
	for i := range merged {
		found := 0
		for _, s := range together {
			switch v := s.Values[i]; {
			case !math.IsNaN(v):
				merged[i] = v
				found++
			case series.IsUndefined(v) && found == 0:
				merged[i] = v
			}
		}
		if found > 1 {
			merged[i] = math.NaN()
			conflicts++
		}
	}
	return merged, conflicts
}
