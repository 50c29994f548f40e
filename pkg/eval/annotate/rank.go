package annotate

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// maxNotices is how many notices of a kind a result carries; the others are counted.
const maxNotices = 10

// Finding is a notice with what its rank depends on.
type Finding struct {
	cer.Notice
	// Points is at how many instants it holds, and Now whether it holds at the newest.
	Points int
	Now    bool
	// gap is what it is merged by with others of the same flow; empty for most.
	gap gap
}

// Findings are the findings on the numbers of a query, by kind: those on scores, budgets and states, those on SLIs, and
// those on weights and money.
type Findings struct {
	Scores, SLIs, Weights []Finding
}

// Annotations returns the worst findings of each kind.
func (f *Findings) Annotations() cer.Annotations {
	var all cer.Annotations
	for _, kind := range [][]Finding{f.Scores, merged(f.SLIs, f.Scores), f.Weights} {
		all.Merge(Worst(kind))
	}
	return all
}

// Worst returns the worst 10 findings, and counts the others: first those that hold at the newest instant, then by the
// number of instants.
func Worst(findings []Finding) cer.Annotations {
	ranked := slices.Clone(findings)
	slices.SortStableFunc(ranked, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(rank(b.Now), rank(a.Now)), cmp.Compare(b.Points, a.Points))
	})
	var all cer.Annotations
	for _, f := range ranked {
		all = append(all, f.Notice)
	}
	return First(all)
}

// First returns the first 10 annotations, and counts the others.
func First(all cer.Annotations) cer.Annotations {
	rest := len(all) - maxNotices
	if rest <= 0 {
		return all
	}
	return append(slices.Clip(all[:maxNotices]), cer.Notice{Text: fmt.Sprintf("and %d more notices like these", rest)})
}

// rank orders what holds now before what does not.
func rank(now bool) int {
	if now {
		return 1
	}
	return 0
}

// info returns a finding that explains numbers.
func info(subject string, p Points, text string) Finding {
	return Finding{Notice: cer.Notice{Severity: cer.Info, Subject: subject, Text: text}, Points: p.Count, Now: p.IsNow()}
}

// warning returns a finding that casts doubt on numbers: a warning while it holds at the newest instant.
func warning(subject string, p Points, text string) Finding {
	f := info(subject, p, text)
	if f.Now {
		f.Severity = cer.Warning
	}
	return f
}
