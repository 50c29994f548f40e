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

// catalog has two flows with an objective and one, help, without.
func catalog() *cer.Catalog {
	const day = 24 * time.Hour
	return &cer.Catalog{
		Name: "shop", Objective: 0.95,
		Budget:     cer.Budgeting{Window: 30 * day, Slice: 5 * time.Minute, Lookback: 10 * time.Minute},
		Dimensions: []cer.Dimension{{Name: "region"}, {Name: "release"}},
		Flows: []cer.Flow{
			{Name: "checkout", Weight: 5, Objective: 0.99, Labels: map[string]string{"team": "payments"}, Revenue: &cer.Money{Currency: "EUR"},
				SLIs: []cer.SLI{{Name: "success", Component: cer.Availability, Objective: 0.999}, {Name: "fast", Component: cer.Latency}}},
			{Name: "search", Weight: 4, Objective: 0.9, SLIs: []cer.SLI{{Name: "success", Component: cer.Availability}}},
			{Name: "help", Weight: 1, SLIs: []cer.SLI{{Name: "up", Component: cer.Availability}}},
		},
	}
}

// hour is the burn condition of a share of the budget in an hour.
func hour(share float64) *cer.BurnCondition { return &cer.BurnCondition{Share: share, Long: time.Hour} }

func names(flows ...string) cer.FlowSelection { return cer.FlowSelection{Names: flows} }

func TestIssues(t *testing.T) {
	tests := map[string]struct {
		stated cer.AlertPolicy
		want   []string // field, at the offset of the condition, and warning: message
	}{
		"nothing is wrong": {cer.AlertPolicy{Flows: names("checkout"), Burn: hour(0.02), When: "coverage > 0.7", Clear: `burn("1h") < 1`}, nil},
		"conditions that can't be read": {cer.AlertPolicy{When: "scor < 1", Clear: "true &&"}, []string{
			"when 0: there is no scor here; did you mean score? Otherwise " + choices, "clear 7: the condition ends too early"}},
		"an SLI of a flow that is not picked": {cer.AlertPolicy{Flows: names("search"), When: `sli("fast").score < 1`}, []string{
			"when 4: there is no SLI fast here; choose from success"}},
		"a flow without the SLI": {cer.AlertPolicy{Flows: names("checkout", "search"), When: `true && sli("fast").score < 1`}, []string{
			"warning: when 20: the policy does not apply to search, which has no SLI fast; add it, or name the flows that the policy applies to"}},
		"a component that no flow has": {cer.AlertPolicy{When: `component("security").score < 1`}, []string{
			"when 22: the policy applies to no flow, because checkout, like all that it selects, has no SLI of the component security; add it, or leave this out"}},
		"a flow without objective": {cer.AlertPolicy{Burn: hour(0.005)}, []string{
			"warning: burn 0: the policy does not apply to help, which has no objective; add it, or name the flows that the policy applies to"}},
		"no flow with objective": {cer.AlertPolicy{Flows: names("help"), When: "budget < 0.5"}, []string{
			"when 0: the policy applies to no flow, because help, like all that it selects, has no objective; add it, or leave this out"}},
		"an SLI without objective": {cer.AlertPolicy{Flows: names("search"), When: `sli("success").burn("1h") > 1`}, []string{
			"when 15: the policy applies to no flow, because search, like all that it selects, has no objective of its SLI success; add it, or leave this out"}},
		"no flow is picked": {cer.AlertPolicy{Flows: cer.FlowSelection{Labels: map[string]string{"team": "nobody"}}, When: "score < 1"}, []string{
			"flows 0: no flow matches; leave flows out for all of them, or filter less"}},
		"a flow without revenue": {cer.AlertPolicy{Flows: names("checkout", "help"), When: "revenueAtRisk > 1000"}, []string{
			"warning: when 0: the policy does not apply to help, which has no revenue; add it, or name the flows that the policy applies to"}},
		"a burn rate that some never reach": {cer.AlertPolicy{Flows: names("checkout", "search"), Burn: hour(0.02)}, []string{
			"warning: burn 0: a burn rate of 14.4 is never reached by search: with an objective of 0.9 even a full outage burns at 10; write a smaller share of the budget, or a longer window"}},
		"a burn rate that none ever reaches": {cer.AlertPolicy{Flows: names("search"), Burn: hour(0.02)}, []string{
			"burn 0: a burn rate of 14.4 is never reached by search: with an objective of 0.9 even a full outage burns at 10; write a smaller share of the budget, or a longer window"}},
		"a written burn rate that none ever reaches": {cer.AlertPolicy{Flows: names("search"), When: `coverage > 0.7 && burn("1h") >= 14.4`}, []string{
			"when 18: a burn rate of 14.4 is never reached by search: with an objective of 0.9 even a full outage burns at 10; write a lower one"}},
		"one that is reached but for rounding": {cer.AlertPolicy{Flows: names("search"), When: `burn("1h") >= 10.000000001`}, nil},
		"the burn rate of an SLI": {cer.AlertPolicy{Flows: names("checkout"), When: `sli("success").burn("1h") >= 1001`}, []string{
			"when 15: a burn rate of 1001 is never reached by checkout: with an objective of 0.999 even a full outage burns at 1000; write a lower one"}},
		"a choice of burn rates": {cer.AlertPolicy{Flows: names("search"), When: `burn("1h") >= 14.4 || burn("6h") >= 6`}, nil},
		"a window that slices do not fill": {cer.AlertPolicy{Burn: &cer.BurnCondition{Share: 0.1, Long: 62 * time.Minute}}, []string{
			"burn 0: the window 1h2m is not a multiple of the time slices, which are 5m; write 1h, or a timeSliceWindow that divides it"}},
		"a short window that slices do not fill": {cer.AlertPolicy{When: `score < 1 && burn("2m") > 1`}, []string{
			"when 13: the window 2m is not a multiple of the time slices, which are 5m; write 5m, or a timeSliceWindow that divides it"}},
		"a window beyond the budget's": {cer.AlertPolicy{When: `burn("31d") > 1`}, []string{
			"when 0: the window 31d is longer than the budget's window, which is 30d; write a shorter one"}},
		"a comparison within a cohort": {cer.AlertPolicy{By: []string{"release"}, When: `delta("release", "canary", "stable") < -0.1`}, []string{
			"when 0: the policy has a state for each release, so there is nothing to compare; leave release out of by"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p, issues := policy.New(catalog(), &test.stated)
			refused := false
			var got []string
			for _, i := range issues {
				got = append(got, said(i))
				refused = refused || !i.Warning
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
			if (p == nil) != refused {
				t.Errorf("there is a policy: %v", p != nil)
			}
		})
	}
}

// said writes an issue on a line.
func said(i policy.Issue) string {
	text := i.Field + " " + string('0'+rune(i.Offset%10)) + ": " + i.Message
	if i.Offset > 9 {
		text = i.Field + " " + string('0'+rune(i.Offset/10)) + string('0'+rune(i.Offset%10)) + ": " + i.Message
	}
	if i.Warning {
		return "warning: " + text
	}
	return text
}

// bind returns a policy that works.
func bind(t *testing.T, stated cer.AlertPolicy) *policy.Policy {
	t.Helper()
	p, issues := policy.New(catalog(), &stated)
	if p == nil {
		t.Fatal(issues)
	}
	return p
}

func TestTheShorthandIsWrittenOut(t *testing.T) {
	tests := map[string]struct {
		burn cer.BurnCondition
		when string
		want string
	}{
		"the SRE workbook's page":     {cer.BurnCondition{Share: 0.02, Long: time.Hour}, "", `burn("1h") >= 14.4 && burn("5m") >= 14.4`},
		"its slower page":             {cer.BurnCondition{Share: 0.05, Long: 6 * time.Hour}, "", `burn("6h") >= 6 && burn("30m") >= 6`},
		"its ticket":                  {cer.BurnCondition{Share: 0.1, Long: 72 * time.Hour}, "", `burn("3d") >= 1 && burn("6h") >= 1`},
		"a short window is one slice": {cer.BurnCondition{Share: 0.01, Long: 15 * time.Minute}, "", `burn("15m") >= 28.8 && burn("5m") >= 28.8`},
		"with a condition":            {cer.BurnCondition{Share: 0.02, Long: time.Hour}, "coverage > 0.7 || true", `burn("1h") >= 14.4 && burn("5m") >= 14.4 && (coverage > 0.7 || true)`},
	}
	for name, test := range tests {
		p := bind(t, cer.AlertPolicy{Flows: names("checkout"), Burn: &test.burn, When: test.when})
		if got := p.When(); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}

func TestAbout(t *testing.T) {
	tests := map[string]struct {
		stated cer.AlertPolicy
		want   string
	}{
		"all that has an objective":  {cer.AlertPolicy{When: `burn("1h") > 1`}, "the whole, checkout, search"},
		"all that has a score":       {cer.AlertPolicy{When: "score < 1"}, "the whole, checkout, search, help"},
		"flows of a share":           {cer.AlertPolicy{Flows: cer.FlowSelection{MinShare: 0.4}, When: "score < 1"}, "checkout, search"},
		"flows with a label":         {cer.AlertPolicy{Flows: cer.FlowSelection{Labels: map[string]string{"team": "payments"}}, When: "score < 1"}, "checkout"},
		"all that has an SLI":        {cer.AlertPolicy{When: `sli("success").score < 1`}, "checkout, search"},
		"all that clear speaks of":   {cer.AlertPolicy{When: "score < 1", Clear: `sli("success").score > 0.9`}, "checkout, search"},
		"all that has a component":   {cer.AlertPolicy{When: `component("latency").score < 1`}, "checkout"},
		"all that has revenue":       {cer.AlertPolicy{When: "revenueAtRisk > 5"}, "the whole, checkout"},
		"names and a share together": {cer.AlertPolicy{Flows: cer.FlowSelection{MinShare: 0.4, Names: []string{"search", "help"}}, When: "score < 1"}, "search"},
	}
	for name, test := range tests {
		p := bind(t, test.stated)
		var got []string
		if p.About(nil) {
			got = append(got, "the whole")
		}
		for _, f := range catalog().Flows {
			if p.About(&f) {
				got = append(got, f.Name)
			}
		}
		if strings.Join(got, ", ") != test.want {
			t.Errorf("%s: got %s, want %s", name, strings.Join(got, ", "), test.want)
		}
	}
}

func TestDecide(t *testing.T) {
	p := bind(t, cer.AlertPolicy{Flows: names("checkout"), Burn: hour(0.02), When: "coverage > 0.7", Clear: `burn("1h") < 1`, KeepFor: 2 * time.Minute})
	want := []policy.Reference{
		{Number: policy.Burn, Window: time.Hour}, {Number: policy.Burn, Window: 5 * time.Minute}, {Number: policy.Coverage},
	}
	if got := p.Needs(); !slices.Equal(got, want) {
		t.Fatalf("it needs %v", got)
	}
	reach := p.Rule().Reach()
	if reach != 12 {
		t.Fatalf("it reaches back %d minutes", reach)
	}
	nan := math.NaN()
	long := []float64{0, 14.4, 20, 5, nan, nan, 0.5, 0.5, 0.5, 0}
	n := reach + len(long)
	columns := [][]float64{make([]float64, n), make([]float64, n), make([]float64, n)}
	for i := range n {
		columns[2][i] = 1
		if i >= reach {
			columns[0][i], columns[1][i] = long[i-reach], long[i-reach]
		}
	}
	got := p.Decide(n, columns)
	const off, on = cer.False, cer.True
	if want := []cer.Truth{off, on, on, on, on, on, on, on, off, off}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestAlertsAfterAnOutage reads off the grid when the page of the workbook is due: of a full outage after 51.84 s, of
// 2 % of errors after 43.2 min, and never of 1 %, which burns at 10 only.
func TestAlertsAfterAnOutage(t *testing.T) {
	c := catalog()
	c.Flows[0].Objective = 0.999
	stated := cer.AlertPolicy{Flows: names("checkout"), Burn: hour(0.02)}
	p, issues := policy.New(c, &stated)
	if p == nil {
		t.Fatal(issues)
	}
	for errors, want := range map[float64]int{1: 1, 0.02: 44, 0.01: -1} {
		n := p.Rule().Reach() + 200
		columns := [][]float64{make([]float64, n), make([]float64, n)}
		start := p.Rule().Reach()
		for i := start; i < n; i++ {
			columns[0][i] = cer.Burn(errors*math.Min(float64(i-start), 60)/60, 0.999)
			columns[1][i] = cer.Burn(errors*math.Min(float64(i-start), 5)/5, 0.999)
		}
		if got := slices.Index(p.Decide(n, columns), cer.True); got != want {
			t.Errorf("%g of errors page after %d minutes, want %d", errors, got, want)
		}
	}
}

func TestDefaultPolicies(t *testing.T) {
	c := catalog()
	kept, left := policy.Default(c)
	var got []string
	for i := range kept {
		p, issues := policy.New(c, &kept[i])
		if p == nil {
			t.Fatal(issues)
		}
		var about []string
		for f := range c.Flows {
			if p.About(&c.Flows[f]) {
				about = append(about, c.Flows[f].Name)
			}
		}
		got = append(got, string(kept[i].Severity)+" "+kept[i].Name+" "+strings.Join(about, "+")+": "+p.When())
	}
	want := []string{
		`page fast-burn checkout+search: burn("1h") >= 14.4 && burn("5m") >= 14.4`,
		`page steady-burn checkout+search: burn("6h") >= 6 && burn("30m") >= 6`,
		`page half-spent checkout+search: burn("1h") >= 3 && burn("5m") >= 3 && (budget < 0.5)`,
		`ticket slow-burn checkout+search: burn("3d") >= 1 && burn("6h") >= 1`,
	}
	if !slices.Equal(got, want) || len(left) > 0 {
		t.Errorf("got\n%s\nwant\n%s\nleft %v", strings.Join(got, "\n"), strings.Join(want, "\n"), left)
	}
}

func TestDefaultPoliciesThatAreLeftOut(t *testing.T) {
	tests := map[string]struct {
		change func(*cer.Catalog)
		want   string
	}{
		"without objectives there is none": {func(c *cer.Catalog) { c.Objective, c.Flows[0].Objective, c.Flows[1].Objective = 0, 0, 0 }, ""},
		"an objective that allows no fast burn": {func(c *cer.Catalog) { c.Flows[0].Objective = 0.9 },
			"steady-burn half-spent slow-burn"},
		"a budget of two days":     {func(c *cer.Catalog) { c.Budget.Window = 48 * time.Hour }, "fast-burn steady-burn half-spent"},
		"slices of seven minutes":  {func(c *cer.Catalog) { c.Budget.Slice = 7 * time.Minute }, ""},
		"slices of an hour fit in": {func(c *cer.Catalog) { c.Budget.Slice = time.Hour }, "fast-burn steady-burn half-spent slow-burn"},
	}
	for name, test := range tests {
		c := catalog()
		test.change(c)
		kept, _ := policy.Default(c)
		var got []string
		for _, p := range kept {
			got = append(got, p.Name)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: got %v, want %s", name, got, test.want)
		}
	}
}

func TestPoliciesOfACatalog(t *testing.T) {
	c := catalog()
	c.Policies = []cer.AlertPolicy{{Name: "low", When: "score < 0.9"}, {Name: "fast", Flows: names("checkout"), Burn: hour(0.02)}}
	all, err := policy.Of(c)
	if err != nil || len(all) != 2 || all[1].Stated.Name != "fast" {
		t.Errorf("got %v: %v", all, err)
	}
	c.Policies[0].When = "scor"
	if _, err := policy.Of(c); err == nil || !strings.HasPrefix(err.Error(), "the policy low: when: there is no scor") {
		t.Errorf("got %v", err)
	}
}

// TestReferenceUnreachableBurnRate is about 2 % of a budget of 30 days in an hour, which 14.4 would spend: with an
// objective of 0.90 nothing burns at more than 10.
func TestReferenceUnreachableBurnRate(t *testing.T) {
	for objective, reachable := range map[float64]bool{.9: false, .93: false, .931: true, .99: true, .999: true} {
		c := catalog()
		f, _ := c.Flow("search")
		f.Objective = objective
		p, issues := policy.New(c, &cer.AlertPolicy{Name: "fast", Severity: cer.PageSeverity, Flows: names("search"), Burn: hour(.02)})
		if (p != nil) != reachable {
			t.Errorf("an objective of %v: it can be reached: %v, want %v: %+v", objective, p != nil, reachable, issues)
		}
	}
}
