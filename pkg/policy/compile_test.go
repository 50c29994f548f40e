package policy_test

import (
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/policy"
)

const choices = "choose from score, coverage, budget, revenueAtRisk, burn, component, delta, sli"

// TestProblems says of each text what is wrong, and where: at the character after ^, which is no part of the text.
func TestProblems(t *testing.T) {
	tests := map[string]string{
		"^":                       "a condition is needed here, such as score < 0.9",
		"^  ":                     "a condition is needed here, such as score < 0.9",
		"^score":                  "a condition is true or false, and this is a number; compare it, such as score < 0.9",
		"^score < 1 ? 1 : 2":      "a condition is true or false, and this is a number; compare it, such as score < 0.9",
		`score > ^"a"`:            `this is text, which can't be compared with a number; text is used in brackets only, such as burn("1h")`,
		`score > ^"0.9"`:          "this is text, which can't be compared with a number; write 0.9 without quotes",
		"score == ^null":          "a comparison with a missing number is always unknown; leave null out",
		`score == ^b"a"`:          "only numbers, true and false are supported here",
		"^scor < 0.9":             "there is no scor here; did you mean score? Otherwise " + choices,
		"score < 1 && ^x < 1":     "there is no x here; " + choices,
		"^value < 1":              `only an SLI has a value; write sli("success").value`,
		"^burn > 2":               `burn needs brackets; write burn("1h")`,
		"^score() > 2":            "score takes nothing in brackets; leave them out",
		"score < 1 || ^brun(1)>2": "there is no function brun here; did you mean burn? Otherwise " + choices,
		"^has(score.a)":           "there is no function has here; " + choices,
		"^burn(score) < 1":        `burn takes one window that is fixed, as text; write burn("1h")`,
		`^burn("1h", "5m") < 1`:   `burn takes one window that is fixed, as text; write burn("1h")`,
		`burn(^"1x") > 2`:         `a window is a duration above 0, such as "5m", "1h" or "3d"`,
		`burn(^"0s") > 2`:         `a window is a duration above 0, such as "5m", "1h" or "3d"`,

		`sli(^"succes").score < 1`:          "there is no SLI succes here; did you mean success? Otherwise choose from success, fast",
		`component(^"latencies").score < 1`: "there is no component latencies here; did you mean latency? Otherwise choose from availability, latency, correctness, dependency, security, experience, delivery, telemetry",
		`^sli("success") < 1`:               `sli has several numbers; choose one, such as sli("success").score`,
		`^sli(score).score < 1`:             `sli takes one name in quotes, such as sli("success").score`,
		`sli("success").^scor < 1`:          `there is no scor of an SLI or a component; did you mean score? Otherwise choose from score, value, coverage, burn("1h")`,
		`sli("success").^burn < 1`:          `burn needs a window; write burn("1h")`,
		`sli("success").^max("1h") < 1`:     `there is no max(...) of an SLI or a component; choose from score, value, coverage, burn("1h")`,
		`sli("success").^burn(1) < 1`:       `burn takes one window that is fixed, as text; write burn("1h")`,
		`component("latency").^value < 1`:   `a component has no value, because its SLIs have different units; write sli("success").value`,
		"^score.a":                          `only an SLI or a component has numbers of its own; write sli("success").score or component("latency").score`,
		`^"a".size() > 1`:                   `only an SLI or a component has numbers of its own; write sli("success").score or component("latency").score`,

		`delta(^"regio", "a", "b") < 0`:  "there is no dimension regio here; did you mean region? Otherwise choose from region, release",
		`delta("region", "a", ^"a") < 0`: "candidate and baseline are the same; name another baseline",
		`^delta("region", "a") < 0`:      `delta takes a dimension and two of its values, as text; write delta("release", "canary", "stable")`,

		"score ^in [1]":    "this operator is not supported here; compare numbers and combine comparisons, such as score < 0.9 && coverage > 0.7",
		"score^[0] > 1":    "this operator is not supported here; compare numbers and combine comparisons, such as score < 0.9 && coverage > 0.7",
		"score ^% 2 == 0":  "% is not supported here; write 0.5 for 50%",
		"score == ^[1]":    "lists and maps are not supported here; compare numbers, such as score < 0.9",
		"^{1: 2}":          "lists and maps are not supported here; compare numbers, such as score < 0.9",
		"^score && true":   "&& and || combine conditions, and this is a number; compare it, such as score < 0.9",
		"true || ^score":   "&& and || combine conditions, and this is a number; compare it, such as score < 0.9",
		"^!score < 1":      "! goes with what is true or false, not with a number",
		"true ^< score":    "< goes with numbers, not with something true or false and a number",
		"^-true":           "- goes with numbers, not with something true or false",
		"score ^== true":   "== compares a number with a number",
		"1 ^? 2 : 3":       "a choice needs a condition, and two numbers or two conditions; write score < 0.9 ? 1 : 2",
		"true ^? 2 : true": "a choice needs a condition, and two numbers or two conditions; write score < 0.9 ? 1 : 2",

		"score <^":                       "the condition ends too early",
		"score < 0.9 &&^ ":               "the condition ends too early",
		"budget < 50%^":                  "the condition ends too early; write 0.5 for 50%",
		"budget < 50% ^&& true":          "this is not valid here; write 0.5 for 50%",
		"score < 0.9 ^and budget < 1":    "this is not valid here; write && for and",
		"score < 0.9 ^or budget < 1":     "this is not valid here; write || for or",
		"not ^score":                     "this is not valid here; write ! for not",
		"score ^= 1":                     "this is not valid here; write == or >=",
		"score < 1 ^& budget < 1":        "this is not valid here; write &&",
		"score < 0.9 ^# hot":             "this is not valid here; write no remarks here",
		"score < 0.9 ^for 5":             "this is not valid here; write for: 5m as a field of the policy",
		"burn(1^h) > 2":                  `this is not valid here; write a window in quotes, such as burn("1h")`,
		`burn("1h" > 2^`:                 "the condition ends too early; close the bracket",
		"score ^~ 1":                     "this is not valid here",
		"\n  score <\n    0.9 ^and true": "this is not valid here; write && for and",
	}
	for marked, want := range tests {
		text := strings.Replace(marked, "^", "", 1)
		p, problems := policy.Compile(text, shop)
		if p != nil || len(problems) == 0 {
			t.Errorf("%s: nothing is wrong", text)
			continue
		}
		if first := problems[0]; first.Message != want || first.Offset != strings.Index(marked, "^") {
			t.Errorf("%s\ngot  %d: %s\nwant %d: %s", text, first.Offset, first.Message, strings.Index(marked, "^"), want)
		}
	}
}

func TestProblemsAfterOtherScripts(t *testing.T) {
	scope := policy.Scope{SLIs: []string{"größe"}}
	text := `sli("größe").score < 1 && scor < 1`
	_, problems := policy.Compile(text, scope)
	if len(problems) != 1 || problems[0].Offset != strings.Index(text, "scor <") {
		t.Errorf("got %+v", problems)
	}
}

func TestSeveralProblemsAtOnce(t *testing.T) {
	_, problems := policy.Compile(`brun("1h") > 1 && scoer < 1`, shop)
	if len(problems) != 2 || problems[1].Offset != 18 {
		t.Errorf("got %+v", problems)
	}
}

func TestComparisonsDoNotChain(t *testing.T) {
	_, problems := policy.Compile("0.5 < score < 0.9", shop)
	if len(problems) != 1 || problems[0].Message != "< goes with numbers, not with something true or false and a number" || problems[0].Offset != 12 {
		t.Errorf("got %+v", problems)
	}
}

func TestNamesWhereThereAreNone(t *testing.T) {
	_, problems := policy.Compile(`sli("success").score < 1`, policy.Scope{})
	if len(problems) != 1 || problems[0].Message != "there is no SLI success here, nor any other" {
		t.Errorf("got %+v", problems)
	}
}

func TestLimits(t *testing.T) {
	references := "burn(\"1m\") > 1"
	for i := 2; i <= 21; i++ {
		references += ` && burn("` + strings.Repeat("1", i%3+1) + `m") > 1`
	}
	many := `true`
	for _, window := range strings.Fields("1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 11m 12m 13m 14m 15m 16m 17m 18m 19m 20m 21m") {
		many += ` && burn("` + window + `") > 1`
	}
	tests := map[string]struct{ text, want string }{
		"a text of many pieces": {"score < 1" + strings.Repeat(" || score < 1", 160), "the condition is longer than 1 KiB; write several policies, or gates"},
		"many numbers":          {many, "a condition needs at most 20 different numbers; write several policies, or gates"},
		"deep brackets":         {strings.Repeat("(", 400) + "true" + strings.Repeat(")", 400), "the condition is nested too deeply; write several policies, or gates"},
		"deep negations":        {strings.Repeat("!(", 300) + "true" + strings.Repeat(")", 300), "the condition is nested too deeply; write several policies, or gates"},
		"numbers that repeat":   {references, ""},
	}
	for name, test := range tests {
		_, problems := policy.Compile(test.text, shop)
		got := ""
		if len(problems) > 0 {
			got = problems[0].Message
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

// FuzzCompile looks for texts that panic, that have a problem outside of them, or that can't be decided.
func FuzzCompile(f *testing.F) {
	for _, seed := range []string{
		`burn("1h") >= 14.4 && burn("5m") >= 14.4`, `sli("success").burn("5m") > 2`, `delta("release", "a", "b") < -0.1`,
		"score < 50%", "!(true ? budget : 1u) == null", "[1].map(x, x)", "has(a.b)", "'\\u00e4' + \"\"\"", "a{b: 1}", "1 < 2 < 3", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, problems := policy.Compile(text, shop)
		if (p == nil) != (len(problems) > 0) {
			t.Fatalf("%q: a program and %v", text, problems)
		}
		for _, problem := range problems {
			if problem.Offset < 0 || problem.Offset > len(text) || problem.Message == "" {
				t.Fatalf("%q: %+v", text, problem)
			}
		}
		if p != nil {
			p.Eval(make([]float64, len(p.Uses())))
		}
	})
}
