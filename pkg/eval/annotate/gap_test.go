package annotate_test

import (
	"slices"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
)

// gapFrom returns n of 61 points, a minute each and without a break, from that at the position first on.
func gapFrom(first, n int) annotate.Points {
	start := time.Date(2026, 3, 4, 23, 30, 0, 0, time.UTC)
	at := func(i int) time.Time { return start.Add(time.Duration(i) * time.Minute) }
	return annotate.Points{Count: n, First: first, Last: first + n - 1, All: 61, From: at(first), To: at(first + n - 1)}
}

func TestGapsOfAFlowAreOneFinding(t *testing.T) {
	missing := func(sli string, p annotate.Points) annotate.Finding {
		return annotate.Missing(annotate.SLISubject{Flow: "shop", SLI: sli}, p, cer.Ignore, false)
	}
	tests := map[string]struct {
		findings []annotate.Finding
		want     cer.Notice
	}{
		"they reach from the first to the last point": {
			[]annotate.Finding{missing("a", gapFrom(5, 3)), missing("b", gapFrom(2, 4)), missing("c", gapFrom(6, 4))},
			cer.Notice{Subject: "shop", Text: "no telemetry of a, b, c at 4 of 61 points (4 Mar 23:32 to 23:39 UTC); left out, so that coverage falls"},
		},
		"over midnight": {
			[]annotate.Finding{missing("a", gapFrom(29, 1)), missing("b", gapFrom(31, 1))},
			cer.Notice{Subject: "shop", Text: "no telemetry of a, b at 1 of 61 points (4 Mar 23:59 to 5 Mar 00:01 UTC); left out, so that coverage falls"},
		},
		"one that holds now makes all a warning": {
			[]annotate.Finding{missing("a", gapFrom(29, 2)), missing("b", gapFrom(60, 1))},
			cer.Notice{Severity: cer.Warning, Subject: "shop", Text: "no telemetry of a, b at 2 of 61 points (4 Mar 23:59 to 5 Mar 00:30 UTC); left out, so that coverage falls"},
		},
		"some are counted": {
			[]annotate.Finding{missing("a", gapFrom(0, 61)), missing("b", gapFrom(0, 61)), missing("c", gapFrom(0, 61)), missing("d", gapFrom(0, 61)),
				missing("e", gapFrom(0, 61)), missing("f", gapFrom(0, 61))},
			cer.Notice{Severity: cer.Warning, Subject: "shop", Text: "no telemetry of a, b, c, d, e and 1 more at all 61 points; left out, so that coverage falls"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			all := annotate.Findings{SLIs: test.findings}
			if got := all.Annotations(); !slices.Equal(got, cer.Annotations{test.want}) {
				t.Errorf("the notices are\n%+v\nwant\n%+v", got, test.want)
			}
		})
	}
}

func TestAGapAllTheTimeIsNotMergedWithOneNowAndThen(t *testing.T) {
	all := annotate.Findings{}
	for sli, p := range map[string]annotate.Points{"always": gapFrom(0, 61), "once": gapFrom(3, 1)} {
		all.SLIs = append(all.SLIs, annotate.Missing(annotate.SLISubject{Flow: "shop", SLI: sli}, p, cer.Ignore, false))
	}
	if got := all.Annotations(); len(got) != 2 || got[0].Subject != "shop/always" || got[1].Subject != "shop/once" {
		t.Errorf("the notices are %+v", got)
	}
}

// What policies score is said, and that coverage falls where it does.
func TestWhatIsMissingIsSaidToBeCoveredOnlyWhereItIs(t *testing.T) {
	for policy, want := range map[cer.Policy]string{
		cer.Ignore: "left out, so that coverage falls", cer.Bad: "scored 0 by its policy", cer.Good: "scored 1 by its policy, but coverage falls",
		cer.Fail: "no score without it, by its policy",
	} {
		all := annotate.Findings{SLIs: []annotate.Finding{
			annotate.Missing(annotate.SLISubject{Flow: "shop", SLI: "a"}, gapFrom(0, 61), policy, false),
		}}
		text := "no telemetry at all 61 points; " + want
		if got, want := all.Annotations(), (cer.Annotations{{Severity: cer.Warning, Subject: "shop/a", Text: text}}); !slices.Equal(got, want) {
			t.Errorf("%s: the notices are %+v, want %+v", policy, got, want)
		}
	}
}
