package gate

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// Question is a gate that is asked for its verdict.
type Question struct {
	*catalog.Gate
	// Candidate and Baseline are the values of the compared dimension; "" where nothing is compared.
	Candidate, Baseline string
	// From is when the candidate started, and To the newest instant that is looked at.
	From, To time.Time
	Options

	query query.Query
	times plan.Times
}

// Options are how a gate is asked.
type Options struct {
	// Anchored says that the start stays the same, however often the gate is asked.
	Anchored bool
	// Override is the reason for not checking the requirement of the gate; "" where it is.
	Override string
}

// IsRequired reports whether the condition of the gate is asked.
func (g *Question) IsRequired() bool { return g.Required != nil && g.Override == "" }

// New returns the question that a query puts to a gate of a catalog: from the start of its range, which is where its Since points. It
// fails with a *query.Invalid error.
func New(c *catalog.Catalog, q query.Query, times plan.Times, options Options) (Question, error) {
	found, ok := c.Gate(q.Gate)
	if !ok {
		return Question{}, query.Invalidf("there is no gate %q in the catalog; %s", q.Gate, gatesOf(c))
	}
	g := Question{Gate: found, From: times.From, Options: options, query: q, times: times}
	g.To = earliest(times.To, times.Now.Add(-c.Delay), times.From.Add(found.Stated.MaxDuration))
	return g, cmp.Or(g.addArms(), g.checkTimes())
}

// gatesOf says which gates there are.
func gatesOf(c *catalog.Catalog) string {
	if len(c.Gates) == 0 {
		return "add gates: [{ name: checkout-canary, compare: { dimension: release, candidate: canary, baseline: stable } }] to the spec of its definition"
	}
	names := make([]string, len(c.Gates))
	for i, g := range c.Gates {
		names[i] = g.Stated.Name
	}
	return "there are " + list.First(names, 20)
}

// earliest returns the earliest of some times.
func earliest(times ...time.Time) time.Time { return slices.MinFunc(times, time.Time.Compare) }

// addArms sets what is compared.
func (g *Question) addArms() error {
	compared := g.Stated.Compare
	if compared == nil && g.query.Measure != query.Verdict {
		return query.Invalidf("the gate %s compares nothing, so it has no evidence; ask for its verdict", g.Stated.Name)
	}
	if compared == nil {
		if g.query.Candidate+g.query.Baseline != "" {
			return query.Invalidf("the gate %s compares nothing; leave candidate and baseline out, or add compare: { dimension: release } to it", g.Stated.Name)
		}
		return nil
	}
	g.Candidate, g.Baseline = cmp.Or(g.query.Candidate, compared.Candidate), cmp.Or(g.query.Baseline, compared.Baseline)
	switch {
	case g.Candidate == "" || g.Baseline == "":
		return query.Invalidf("the gate %s compares two values of %s, and the catalog names %s; set candidate and baseline",
			g.Stated.Name, compared.Dimension, cmp.Or(g.Candidate, g.Baseline, "none"))
	case len(g.query.Where[compared.Dimension]) > 0:
		return query.Invalidf("the gate %s compares values of %[2]s; name them as candidate and baseline, and leave where on %[2]s out", g.Stated.Name, compared.Dimension)
	case g.Candidate == g.Baseline:
		return query.Invalidf("candidate and baseline are both %q; a gate compares two different values of %s", g.Candidate, compared.Dimension)
	}
	return nil
}

// checkTimes refuses a range in which a gate can't be asked.
func (g *Question) checkTimes() error {
	switch {
	case g.From.After(g.times.Now):
		return query.Invalidf("from is %s, which is in the future; set it to the time when the candidate started", g.From.UTC().Format(time.RFC3339))
	case g.From.After(g.times.To):
		return query.Invalidf("from is %s, after to, which is %s", g.From.UTC().Format(time.RFC3339), g.times.To.UTC().Format(time.RFC3339))
	default:
		return nil
	}
}

// EvidenceQuery returns the query for the time slices of both arms, and its times.
func (g *Question) EvidenceQuery() (query.Query, plan.Times) {
	compared := g.Stated.Compare
	q := query.Query{Format: query.Evidence, Measure: query.Value, Level: query.LevelSLI, Window: query.WindowAuto,
		By: append(query.Names{compared.Dimension}, compared.Strata...), AdhocFilters: g.query.AdhocFilters,
		Where: map[string]query.Names{compared.Dimension: {g.Candidate, g.Baseline}}}
	maps.Copy(q.Where, g.query.Where)
	times := g.times
	times.From, times.To = g.From.Add(g.Stated.Warmup), g.To
	return q, times
}

// RequirementQuery returns the query for the gate's condition at the newest instant, or for a series at each minute up to there, and its
// times.
func (g *Question) RequirementQuery() (query.Query, plan.Times) {
	q := query.Query{Format: query.Latest, Measure: query.State, Level: query.LevelOverall, Window: query.WindowAuto, Where: g.query.Where,
		AdhocFilters: g.query.AdhocFilters}
	if !g.Requirement.About(nil) {
		q.Level = query.LevelFlow
		for _, f := range g.Stated.Flows.Flows(g.Required.Catalog) {
			if g.Requirement.About(f) {
				q.Flows = append(q.Flows, f.Name)
			}
		}
	}
	times := g.times
	times.From, times.To = g.To, g.To
	if g.query.Format == query.Timeseries {
		q.Format = query.Timeseries
		times.From, times.Interval = earliest(g.From, g.To), cer.Grid
	}
	return q, times
}

// Elapsed returns how long the candidate has run, as far as it is looked at.
func (g *Question) Elapsed() time.Duration { return max(0, g.To.Sub(g.From)) }
