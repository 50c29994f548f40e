package catalog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
)

// gated is a shop whose checkout has all that may stand between telemetry and a score, and a gate.
func gated(change func(*cer.Gate)) *cer.Catalog {
	c := fixture.Shop()
	c.Budget = cer.Budgeting{Window: 30 * 24 * time.Hour, Slice: 5 * time.Minute, Lookback: 24 * time.Hour, Calendar: cer.NewCalendar(cer.Month, time.UTC)}
	c.Dimensions = []cer.Dimension{{Name: "tier", Label: "tier", Values: []string{"free"}, Weights: map[string]float64{"premium": 3, "standard": 1}}, {Name: "release", Label: "track"}}
	c.Events = []cer.Event{{Name: "deploys", PromQL: "changes(build_info[__window]) > 0"}}
	c.Policies = []cer.AlertPolicy{{Name: "low", Severity: cer.PageSeverity, When: "score < 0.9"}}
	c.Maintenance = []cer.Maintenance{
		{Name: "works", Effect: cer.EffectGood, PromQL: "works"},
		{Name: "search", Effect: cer.EffectExclude, Flows: cer.FlowSelection{Names: []string{"search"}}, Intervals: `[{"weekdays":["sunday"]}]`},
		{Name: "heavy", Effect: cer.EffectSuppress, Flows: cer.FlowSelection{MinShare: .5}, Intervals: `[{"weekdays":["monday"]}]`},
	}
	f := &c.Flows[0]
	f.Dynamic, f.Revenue = &cer.DynamicWeight{PromQL: "orders"}, &cer.Money{PerHour: 1, Currency: "EUR"}
	s := &f.SLIs[0]
	s.MinEvents, s.Missing, s.MaxDelay, s.Idle = 20, cer.Hold, time.Minute, cer.Bad
	s.Fallback = &cer.Fallback{Indicator: cer.Probe{Selector: "probe_success"}, Curve: cer.Identity{}}
	quantile := func(name string) cer.SLI {
		return cer.SLI{Name: name, Component: cer.Latency, Weight: 1, Missing: cer.Ignore, Idle: cer.Ignore,
			Indicator: cer.Quantile{Histogram: "duration_seconds", Unit: cer.Seconds, Q: .99}, Curve: cer.LogNormal{P10: .3, Median: .8}}
	}
	f.SLIs = append(f.SLIs, quantile("p99"), quantile("p50"), quantile("alone"))
	f.SLIs[5].Labels = map[string]string{"release": cer.NoLabel}
	g := cer.DefaultGate()
	g.Name, g.Flows = "canary", cer.FlowSelection{Names: []string{"checkout"}}
	g.Compare = &cer.Comparison{Dimension: "release", Candidate: "canary", Baseline: "stable"}
	g.Bounds = map[string]time.Duration{"p50": 200 * time.Millisecond}
	change(&g)
	c.Gates = []cer.Gate{g}
	return c
}

// gateOf compiles a catalog and returns it with its gate.
func gateOf(t *testing.T, stated *cer.Catalog) (*catalog.Catalog, *catalog.Gate) {
	t.Helper()
	c, err := catalog.Compile(stated)
	if err != nil {
		t.Fatal(err)
	}
	g, ok := c.Gate("canary")
	if !ok || g.Stated != &stated.Gates[0] {
		t.Fatal("the gate is not that of the catalog")
	}
	if _, ok := c.Gate("other"); ok {
		t.Fatal("there is another gate")
	}
	return c, g
}

func TestEvidenceHasNothingBetweenTelemetryAndScores(t *testing.T) {
	stated := gated(func(*cer.Gate) {})
	c, g := gateOf(t, stated)
	if g.Requirement != nil || g.Required != nil {
		t.Error("something is required")
	}
	e := g.Evidence
	if len(e.Catalog.Policies)+len(e.Policies)+len(e.Events)+len(e.Catalog.Gates)+len(e.Gates) > 0 || len(e.Flows) != 1 {
		t.Fatalf("it has more than flows: %+v", e.Catalog)
	}
	if e.Revision == c.Revision || e.Revision != e.Catalog.Revision() {
		t.Errorf("the revision %s is not its own", e.Revision)
	}
	f := &e.Flows[0]
	if f.Name != "checkout" || f.Dynamic != nil || f.Revenue != nil || f.Cost != nil || stated.Flows[0].Dynamic == nil {
		t.Errorf("the flow is %+v", f)
	}
	for i := range f.SLIs {
		s := &f.SLIs[i]
		own, fallback := e.IndicatorsOf(s)
		original, _ := c.IndicatorsOf(&stated.Flows[0].SLIs[i])
		if s.MinEvents > 0 || s.Fallback != nil || s.Missing != cer.Ignore || s.Idle != cer.Ignore || s.MaxDelay > 0 || fallback != nil {
			t.Errorf("%s may have a score that is not its own: %+v", s.Name, s)
		}
		if _, within := s.Indicator.(cer.LatencyShare); (own == original) == (within && s.Name != "fast") {
			t.Errorf("%s is compiled again: %v", s.Name, own != original)
		}
	}
	if before := &stated.Flows[0].SLIs[0]; before.MinEvents != 20 || before.Fallback == nil || before.Missing != cer.Hold {
		t.Errorf("the catalog has changed: %+v", before)
	}
	if _, weighs := e.Weighted(); weighs || strings.Join(e.Dimensions[0].Listed(), " ") != "free premium standard" || stated.Dimensions[0].Weights == nil {
		t.Errorf("the dimensions are %+v", e.Dimensions)
	}
	if question, ok := e.SpacingQuestion("duration_seconds"); !ok || question.Metric != "duration_seconds" {
		t.Error("nothing is known of how far apart the samples of the histogram are")
	}
}

func TestEvidenceOfQuantilesIsTheShareWithinABound(t *testing.T) {
	_, g := gateOf(t, gated(func(*cer.Gate) {}))
	for name, under := range map[string]time.Duration{"p99": 800 * time.Millisecond, "p50": 200 * time.Millisecond} {
		s, _ := g.Evidence.Flows[0].SLI(name)
		own, _ := g.Evidence.IndicatorsOf(s)
		want := cer.LatencyShare{Histogram: "duration_seconds", Unit: cer.Seconds, Under: under, ToEdge: true}
		if s.Indicator != cer.Indicator(want) || s.Curve != cer.Curve(cer.Identity{}) || own.Selectors()[0].Trusted != `{__name__=~"duration_seconds(_bucket)?",job="shop"}` {
			t.Errorf("%s is %+v scored by %+v, of %s", name, s.Indicator, s.Curve, own.Selectors()[0].Trusted)
		}
	}
	if s, _ := g.Evidence.Flows[0].SLI("alone"); s.Indicator.Kind() != cer.KindQuantile {
		t.Errorf("what is not compared is %+v", s.Indicator)
	}
}

func TestTimeSlicesOfEvidence(t *testing.T) {
	tests := map[string]struct {
		change   func(*cer.Catalog)
		slice    time.Duration
		ofBudget time.Duration
	}{
		"the gate's":                       {func(c *cer.Catalog) { c.Gates[0].Slice = 7 * time.Minute }, 7 * time.Minute, 43197 * time.Minute},
		"four times a scrape interval":     {func(c *cer.Catalog) { c.ScrapeInterval = time.Minute }, 4 * time.Minute, 720 * time.Hour},
		"the widest one, in whole":         {func(c *cer.Catalog) { c.Flows[0].SLIs[1].ScrapeInterval = 20 * time.Second }, 2 * time.Minute, 720 * time.Hour},
		"not that of what is no part":      {func(c *cer.Catalog) { c.Flows[1].SLIs[0].ScrapeInterval = time.Hour }, time.Minute, 720 * time.Hour},
		"not that of what has no label":    {func(c *cer.Catalog) { c.Flows[0].SLIs[5].ScrapeInterval = time.Hour }, time.Minute, 720 * time.Hour},
		"a budget that is shorter than it": {func(c *cer.Catalog) { c.Budget.Window, c.ScrapeInterval = time.Hour, time.Hour }, 4 * time.Hour, 4 * time.Hour},
	}
	for name, test := range tests {
		stated := gated(func(*cer.Gate) {})
		test.change(stated)
		_, g := gateOf(t, stated)
		if b := g.Evidence.Budget; b.Slice != test.slice || b.Window != test.ofBudget || b.Calendar != nil {
			t.Errorf("%s: slices of %v in %v, want %v in %v", name, b.Slice, b.Window, test.slice, test.ofBudget)
		}
	}
}

func TestMaintenanceOfEvidence(t *testing.T) {
	stated := gated(func(*cer.Gate) {})
	_, g := gateOf(t, stated)
	e := g.Evidence
	var got []string
	for i := range e.Maintenance {
		m := &e.Maintenance[i]
		got = append(got, m.Name+" "+string(m.Effect)+" "+strings.Join(m.Flows.Names, "+"))
		if (e.MaintenanceIndicator(m) != nil) != (m.PromQL != "") || (len(e.IntervalsOf(m)) > 0) != (m.Intervals != "") {
			t.Errorf("%s is not compiled", m.Name)
		}
	}
	if want := "works exclude , heavy suppress checkout"; strings.Join(got, ", ") != want {
		t.Errorf("got %q, want %s", got, want)
	}
	if stated.Maintenance[0].Effect != cer.EffectGood {
		t.Error("the catalog has changed")
	}
}

func TestRequiredIsTheCatalogWithOnePolicy(t *testing.T) {
	stated := gated(func(g *cer.Gate) { g.Compare, g.Bounds, g.Require = nil, nil, `score > 0.9 && burn("1h") < 6` })
	c, g := gateOf(t, stated)
	if g.Evidence != nil {
		t.Error("something is compared")
	}
	r := g.Required
	if len(r.Policies) != 1 || r.Policies[0] != g.Requirement || len(r.Catalog.Policies) != 1 || len(r.Gates)+len(r.Catalog.Gates) > 0 {
		t.Fatalf("its policies are %+v", r.Policies)
	}
	if g.Requirement.When() != stated.Gates[0].Require || !g.Requirement.About(&stated.Flows[0]) || g.Requirement.About(&stated.Flows[1]) || g.Requirement.About(nil) {
		t.Errorf("it requires %s of others", g.Requirement.When())
	}
	own, _ := c.IndicatorsOf(&stated.Flows[0].SLIs[0])
	if shared, fallback := r.IndicatorsOf(&r.Flows[0].SLIs[0]); shared != own || fallback == nil {
		t.Error("its indicators are not those of the catalog")
	}
	if r.Revision != c.Revision || len(c.Policies) != 1 || c.Policies[0].Stated.Name != "low" || len(stated.Policies) != 1 {
		t.Error("the catalog has changed")
	}
}

func TestErrorsNameTheGateThatIsAtFault(t *testing.T) {
	tests := map[string]struct {
		change func(*cer.Gate)
		want   string
	}{
		"what it requires":      {func(g *cer.Gate) { g.Require = "scor > 1" }, "the gate canary: require: there is no scor"},
		"a quantile unbounded":  {func(g *cer.Gate) { g.Bounds = nil }, "the gate canary: checkout/p50: it has no bound"},
		"nothing of that is so": {func(*cer.Gate) {}, ""},
	}
	for name, test := range tests {
		stated := gated(test.change)
		stated.Flows[0].SLIs[4].Curve = cer.Linear{Zero: 0, One: -1}
		got := ""
		if _, err := catalog.Compile(stated); err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, test.want) || (test.want == "") != (got == "") {
			t.Errorf("%s: the error is %q, want %q", name, got, test.want)
		}
	}
}
