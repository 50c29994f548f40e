package policy_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/policy"
)

// shop is what conditions of these tests may speak of.
var shop = policy.Scope{SLIs: []string{"success", "fast"}, Dimensions: []string{"region", "release"}}

// compile returns a condition with nothing wrong.
func compile(t testing.TB, text string) *policy.Program {
	t.Helper()
	p, problems := policy.Compile(text, shop)
	if len(problems) > 0 {
		t.Fatalf("%s: %v", text, problems)
	}
	return p
}

// decide evaluates a condition over numbers by their names; one that is not among them is missing.
func decide(t testing.TB, text string, numbers map[string]float64) cer.Truth {
	t.Helper()
	p := compile(t, text)
	var values []float64
	for _, use := range p.Uses() {
		v, known := numbers[use.String()]
		if !known {
			v = math.NaN()
		}
		values = append(values, v)
	}
	return p.Eval(values)
}

// TestOperators goes through every operator with numbers that are known and one, budget, that is missing.
func TestOperators(t *testing.T) {
	known := map[string]float64{"score": 0.9, "coverage": 0.5}
	tests := map[cer.Truth][]string{
		cer.True: {
			"score > 0.8", "score >= 0.9", "score < 1", "score <= 0.9", "score == 0.9", "score != 0.8", "true", "!false",
			"score + 1 == 1.9", "score - 1 == -0.1", "score * 2 == 1.8", "1 / 2 == coverage", "-score < 0", "-(score - 1) > 0",
			"score > 0.8 && coverage < 1", "score < 0.8 || coverage < 1", "(score > 0.8 ? 1 : 2) == 1", "score > 0.8 ? true : false",
			"true == (score > 0.8)", "(score > 0.8) != (coverage > 0.8)", "score + coverage * 2 == 1.9", "2u * score == 1.8",
			// What is missing does not matter to these.
			"budget > 1 || score > 0.8", "score > 0.8 || budget > 1", "!(budget > 1 && score < 0.8)", "score > 0.8 ? true : budget > 1",
		},
		cer.False: {
			"score > 0.9", "score >= 0.91", "score < 0.9", "score <= 0.89", "score == 0.8", "score != 0.9", "false", "!true",
			"score > 0.8 && coverage > 1", "score < 0.8 || coverage > 1", "score > 0.8 ? false : true", "(score > 0.8) == (coverage > 0.8)",
			"budget > 1 && score < 0.8", "score < 0.8 && budget > 1", "!(budget > 1 || score > 0.8)", "score < 0.8 ? budget > 1 : false",
		},
		cer.Unknown: {
			"budget > 0", "budget >= 0", "budget < 0", "budget <= 0", "budget == 0", "budget != 0", "0 > budget", "budget == budget", "!(budget > 0)",
			"budget + 1 > 0", "budget - 1 > 0", "2 * budget > 0", "1 / budget > 0", "-budget > 0", "budget > 0 && score > 0.8", "budget > 0 || score < 0.8",
			"budget > 0 ? true : true", "score > 0.8 ? budget > 0 : true", "(budget > 0) == true", "(budget > 0) != true",
			"(budget > 0 ? 1 : 1) == 1", "budget > 0 && burn(\"1h\") > 1", "budget * 0 == 0",
			// A division by 0 has no result.
			"score / 0 > 1", "0 / 0 == 0", "score / (coverage - 0.5) > 1",
		},
	}
	for want, texts := range tests {
		for _, text := range texts {
			if got := decide(t, text, known); got != want {
				t.Errorf("%s is %s, want %s", text, got, want)
			}
		}
	}
}

// TestRoundingDoesNotDecide holds the comparisons to cer.Meets on both sides of a threshold.
func TestRoundingDoesNotDecide(t *testing.T) {
	const tiny, slight = 1e-12, 1e-6
	for text, want := range map[string][5]cer.Truth{ // Slightly under, under by rounding, equal, over by rounding, slightly over.
		"score >= 14.4": {cer.False, cer.True, cer.True, cer.True, cer.True},
		"score > 14.4":  {cer.False, cer.False, cer.False, cer.False, cer.True},
		"score <= 14.4": {cer.True, cer.True, cer.True, cer.True, cer.False},
		"score < 14.4":  {cer.True, cer.False, cer.False, cer.False, cer.False},
		"score == 14.4": {cer.False, cer.True, cer.True, cer.True, cer.False},
		"score != 14.4": {cer.True, cer.False, cer.False, cer.False, cer.True},
	} {
		for i, off := range []float64{-slight, -tiny, 0, tiny, slight} {
			if got := decide(t, text, map[string]float64{"score": 14.4 * (1 + off)}); got != want[i] {
				t.Errorf("%s is %s at %g beside it", text, got, off)
			}
		}
	}
}

// TestNumbersThatAreNone are missing, also where an infinite one could be compared.
func TestNumbersThatAreNone(t *testing.T) {
	p := compile(t, "score < 2")
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got := p.Eval([]float64{v}); got != cer.Unknown {
			t.Errorf("%g < 2 is %s", v, got)
		}
	}
}

func TestUses(t *testing.T) {
	text := `burn("1h") >= 3 && sli("success").burn("60m") > 2 && component("latency").coverage < 1 && burn("60m") > delta("release", "canary", "stable") && sli('fast').value > 0.3 && revenueAtRisk > 5`
	want := []policy.Use{
		{Reference: policy.Reference{Number: policy.Burn, Window: time.Hour}, Offset: 0},
		{Reference: policy.Reference{Number: policy.Burn, SLI: "success", Window: time.Hour}, Offset: strings.Index(text, `burn("60m") > 2`)},
		{Reference: policy.Reference{Number: policy.Coverage, Component: cer.Latency}, Offset: strings.Index(text, "coverage")},
		{Reference: policy.Reference{Number: policy.Delta, Dimension: "release", Candidate: "canary", Baseline: "stable"}, Offset: strings.Index(text, "delta")},
		{Reference: policy.Reference{Number: policy.Value, SLI: "fast"}, Offset: strings.Index(text, "value")},
		{Reference: policy.Reference{Number: policy.RevenueAtRisk}, Offset: strings.Index(text, "revenueAtRisk")},
	}
	p := compile(t, text)
	if got := p.Uses(); !slices.Equal(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	if p.String() != text {
		t.Errorf("the text is %s", p)
	}
	for _, use := range p.Uses() {
		again := compile(t, use.String()+" > 0").Uses()
		if len(again) != 1 || again[0].Reference != use.Reference {
			t.Errorf("%s reads as %+v", use, again)
		}
	}
}

func TestThresholds(t *testing.T) {
	tests := map[string][]float64{
		`burn("1h") >= 14.4 && burn("5m") > 14`:                         {14.4, 14},
		`6 <= burn("6h") && score < 1 && (burn("1h") >= 3 && true)`:     {6, 3},
		`burn("1h") >= 14 || burn("6h") >= 6`:                           nil,
		`!(burn("1h") >= 14) && burn("1h") < 3`:                         nil,
		`score >= 14 && burn("1h") >= score && burn("1h") * 2 > 3`:      nil,
		`sli("success").burn("1h") > 3 && budget < 0.5 && coverage > 0`: {3},
	}
	for text, want := range tests {
		var got []float64
		for _, threshold := range compile(t, text).Thresholds() {
			got = append(got, threshold.Least)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
}

func TestEvalIsSafeForSeveralGoroutines(t *testing.T) {
	p := compile(t, `burn("1h") >= 14.4 && burn("5m") >= 14.4`)
	done := make(chan bool)
	for range 4 {
		go func() {
			right := true
			for i := range 2000 {
				v := float64(i % 30)
				right = right && p.Eval([]float64{v, 20}) == cer.TruthOf(v >= 14.4)
			}
			done <- right
		}()
	}
	for range 4 {
		if !<-done {
			t.Error("a condition was decided by the numbers of another goroutine")
		}
	}
}

func BenchmarkEval(b *testing.B) {
	for name, text := range map[string]string{
		"burn":  `burn("1h") >= 14.4 && burn("5m") >= 14.4`,
		"guide": `burn("1h") >= 3 && burn("5m") >= 3 && budget < 0.5 && coverage > 0.7`,
	} {
		b.Run(name, func(b *testing.B) {
			p := compile(b, text)
			values := []float64{20, 20, 0.1, 1}[:len(p.Uses())]
			b.ReportAllocs()
			for b.Loop() {
				p.Eval(values)
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		compile(b, `burn("1h") >= 14.4 && burn("5m") >= 14.4`)
	}
}
