package catalog

import (
	"fmt"

	"github.com/cer-reliability/cer-datasource/pkg/audit"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/policy"
)

// Catalog is a catalog that was compiled. Neither it nor what it was compiled from may be changed afterwards. It is safe
// for concurrent use.
type Catalog struct {
	*cer.Catalog
	// Revision identifies the catalog, as cer.Catalog.Revision does.
	Revision string
	// Policies are those of the catalog, in its order.
	Policies []*policy.Policy
	// Gates are those of the catalog, in its order.
	Gates []*Gate
	// History is how the catalog came to be as it is, as far as it is known.
	History audit.History

	indicators  map[*cer.SLI]indicators
	weights     map[*cer.DynamicWeight]*expand.Indicator
	money       map[*cer.Money]*expand.Indicator
	events      map[*cer.Event]*expand.Indicator
	maintenance map[*cer.Maintenance]maintenance
	spacings    map[string]expand.SpacingQuestion
}

// indicators are those of an SLI; fallback is nil where it has none.
type indicators struct{ own, fallback *expand.Indicator }

// maintenance is when a maintenance is on: by its intervals, or by its expression.
type maintenance struct {
	intervals  policy.Intervals
	expression *expand.Indicator
}

// Compile compiles a catalog. It fails, with an error that names what is at fault, where a policy, a gate, an expression or an
// interval of it is not valid; loading a definition makes sure that none is.
func Compile(c *cer.Catalog) (*Catalog, error) {
	policies, err := policy.Of(c)
	if err != nil {
		return nil, err
	}
	compiled := &Catalog{
		Catalog: c, Revision: c.Revision(), Policies: policies,
		indicators: map[*cer.SLI]indicators{}, weights: map[*cer.DynamicWeight]*expand.Indicator{},
		money: map[*cer.Money]*expand.Indicator{}, events: map[*cer.Event]*expand.Indicator{},
		maintenance: map[*cer.Maintenance]maintenance{},
	}
	for i := range c.Flows {
		if err := compiled.addFlow(&c.Flows[i]); err != nil {
			return nil, err
		}
	}
	for i := range c.Events {
		if err := compiled.addEvent(&c.Events[i]); err != nil {
			return nil, err
		}
	}
	for i := range c.Maintenance {
		if err := compiled.addMaintenance(&c.Maintenance[i]); err != nil {
			return nil, err
		}
	}
	compiled.addSpacings()
	return compiled, compiled.addGates()
}

// WithHistory returns the catalog with a history.
func (c *Catalog) WithHistory(h audit.History) *Catalog {
	known := *c
	known.History = h
	return &known
}

// SpacingQuestion returns the question how far apart the samples of a metric are, by its key in expand.Facts, and reports whether
// an SLI or a weight looks at them.
func (c *Catalog) SpacingQuestion(metric string) (expand.SpacingQuestion, bool) {
	question, ok := c.spacings[metric]
	return question, ok
}

// addSpacings prepares the questions how far apart samples are.
func (c *Catalog) addSpacings() {
	var all []*expand.Indicator
	for i := range c.Flows {
		f := &c.Flows[i]
		for j := range f.SLIs {
			own, fallback := c.IndicatorsOf(&f.SLIs[j])
			all = append(all, own)
			if fallback != nil {
				all = append(all, fallback)
			}
		}
		if weight := c.WeightIndicator(f); weight != nil {
			all = append(all, weight)
		}
	}
	c.spacings = map[string]expand.SpacingQuestion{}
	for _, question := range expand.SpacingQuestions(all) {
		c.spacings[question.Metric] = question
	}
}

// IndicatorsOf returns the indicator of an SLI of the catalog, and that of its fallback, nil where it has none.
func (c *Catalog) IndicatorsOf(sli *cer.SLI) (own, fallback *expand.Indicator) {
	found := c.indicators[sli]
	return found.own, found.fallback
}

// WeightIndicator returns the expression of a flow's dynamic weight; nil where it has none.
func (c *Catalog) WeightIndicator(f *cer.Flow) *expand.Indicator { return c.weights[f.Dynamic] }

// MoneyIndicator returns the expression of a flow's revenue or cost; nil where the amount is fixed.
func (c *Catalog) MoneyIndicator(m *cer.Money) *expand.Indicator { return c.money[m] }

// EventIndicator returns the expression of an event.
func (c *Catalog) EventIndicator(e *cer.Event) *expand.Indicator { return c.events[e] }

// MaintenanceIndicator returns the expression of a maintenance; nil where intervals say when it is on.
func (c *Catalog) MaintenanceIndicator(m *cer.Maintenance) *expand.Indicator {
	return c.maintenance[m].expression
}

// IntervalsOf returns the time intervals of a maintenance; none where an expression says when it is on.
func (c *Catalog) IntervalsOf(m *cer.Maintenance) policy.Intervals { return c.maintenance[m].intervals }

// addFlow compiles what a flow is measured by.
func (c *Catalog) addFlow(f *cer.Flow) (err error) {
	for i := range f.SLIs {
		if err := c.addSLI(f.Name, &f.SLIs[i]); err != nil {
			return err
		}
	}
	if w := f.Dynamic; w != nil && w.PromQL != "" {
		if c.weights[w], err = c.expression("the weight of "+f.Name, w.PromQL, w.Trust); err != nil {
			return err
		}
	}
	for _, m := range []*cer.Money{f.Revenue, f.Cost} {
		if m == nil || m.PromQL == "" {
			continue
		}
		if c.money[m], err = c.expression("the money of "+f.Name, m.PromQL, m.Trust); err != nil {
			return err
		}
	}
	return nil
}

// addSLI compiles the indicator of an SLI, and its fallback, which has the SLI's trust unless it states its own.
func (c *Catalog) addSLI(flow string, sli *cer.SLI) error {
	trust := c.TrustOf(sli)
	own, err := expand.Compile(sli.Indicator, trust)
	if err != nil {
		return fmt.Errorf("%s/%s: %w", flow, sli.Name, err)
	}
	compiled := indicators{own: own}
	if sli.Fallback != nil {
		if sli.Fallback.Trust != nil {
			trust = sli.Fallback.Trust
		}
		if compiled.fallback, err = expand.Compile(sli.Fallback.Indicator, trust); err != nil {
			return fmt.Errorf("the fallback of %s/%s: %w", flow, sli.Name, err)
		}
	}
	c.indicators[sli] = compiled
	return nil
}

// addEvent compiles the expression of an event.
func (c *Catalog) addEvent(e *cer.Event) (err error) {
	c.events[e], err = c.condition("the event "+e.Name, e.PromQL, e.Trust)
	return err
}

// addMaintenance compiles the intervals or the expression of a maintenance.
func (c *Catalog) addMaintenance(m *cer.Maintenance) (err error) {
	compiled := maintenance{}
	subject := "the maintenance " + m.Name
	if m.PromQL != "" {
		compiled.expression, err = c.condition(subject, m.PromQL, m.Trust)
	} else if compiled.intervals, err = policy.ParseIntervals(m.Intervals); err != nil {
		err = fmt.Errorf("%s: %w", subject, err)
	}
	c.maintenance[m] = compiled
	return err
}

// expression compiles a whole expression, with the catalog's trust where its own is nil.
func (c *Catalog) expression(subject, promQL string, trust []string) (*expand.Indicator, error) {
	return c.compile(subject, trust, func(trust []string) (*expand.Indicator, error) {
		return expand.CompileExpression(promQL, trust)
	})
}

// condition compiles an expression that says when something is on, with the catalog's trust where its own is nil.
func (c *Catalog) condition(subject, promQL string, trust []string) (*expand.Indicator, error) {
	return c.compile(subject, trust, func(trust []string) (*expand.Indicator, error) {
		return expand.CompileCondition(promQL, trust)
	})
}

// compile compiles something with the catalog's trust where its own is nil.
func (c *Catalog) compile(subject string, trust []string, compile func(trust []string) (*expand.Indicator, error)) (*expand.Indicator, error) {
	if trust == nil {
		trust = c.Trust
	}
	compiled, err := compile(trust)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", subject, err)
	}
	return compiled, nil
}
