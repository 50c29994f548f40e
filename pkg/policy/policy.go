package policy

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// Policy is an alert policy of a catalog, ready to be applied. It may be used by several goroutines at once.
type Policy struct {
	Stated  *cer.AlertPolicy
	catalog *cer.Catalog
	// when holds conditions that all have to be true: the shorthand for burn rates, and the one that is written out.
	when []bound
	// clears is nil where the policy clears as soon as when is false.
	clears *bound
	needs  []Reference
	// failures is the place of the lost events among the needs; -1 where their number does not matter.
	failures int
	// isGate says that it is what a gate requires.
	isGate bool
}

// bound is a program whose numbers are among those of its policy.
type bound struct {
	*Program
	// field is that of the policy which the condition stands in, or is short for.
	field string
	// at holds, of each number of the program, its place among the needs of the policy.
	at []int
}

// Issue is what is wrong with a policy, or doubtful about it.
type Issue struct {
	// Field is that of the policy which is at fault, as the definition spells it.
	Field string
	Problem
	// Warning says that the policy works, if perhaps not as meant.
	Warning bool
}

// New compiles a policy of a catalog whose other settings are known, and neither may change afterwards. Where any issue
// is more than a warning there is no policy.
func New(c *cer.Catalog, stated *cer.AlertPolicy) (*Policy, []Issue) {
	return compiled(&Policy{Stated: stated, catalog: c, failures: -1})
}

// compiled returns a policy once its conditions are compiled, or none, and what is wrong with them.
func compiled(p *Policy) (*Policy, []Issue) {
	issues := p.compile()
	if len(issues) == 0 {
		issues = p.check()
	}
	if slices.ContainsFunc(issues, func(i Issue) bool { return !i.Warning }) {
		return nil, issues
	}
	return p, issues
}

// Of returns the policies of a catalog that was validated. It fails where one can't be applied, which means that
// the validation is incomplete.
func Of(c *cer.Catalog) ([]*Policy, error) {
	all := make([]*Policy, 0, len(c.Policies))
	for i := range c.Policies {
		p, issues := New(c, &c.Policies[i])
		if p == nil {
			return nil, fmt.Errorf("the policy %s: %s: %s", c.Policies[i].Name, issues[0].Field, issues[0].Message)
		}
		all = append(all, p)
	}
	return all, nil
}

// Default returns those of the default policies that can be on for anything in the catalog, whose other settings are
// known, and says why the others are left out.
func Default(c *cer.Catalog) (kept []cer.AlertPolicy, left []Issue) {
	for _, stated := range c.DefaultPolicies() {
		p, issues := New(c, &stated)
		if p == nil {
			left = append(left, issues...)
			continue
		}
		kept = append(kept, stated)
	}
	return kept, left
}

// compile reads the conditions.
func (p *Policy) compile() []Issue {
	var issues []Issue
	scope := p.scope()
	if b := p.Stated.Burn; b != nil {
		if wrong := p.checkWindow(b.Long); wrong != "" {
			return []Issue{{Field: "burn", Problem: Problem{Message: wrong}}}
		}
		issues = p.add("burn", p.shorthand(*b), scope)
		if b.MinFailures > 0 {
			p.failures = p.need(Reference{Number: Failures, Window: b.Long})
		}
	}
	if p.Stated.When != "" {
		issues = append(issues, p.add(p.fieldOfWhen(), p.Stated.When, scope)...)
	}
	if p.Stated.Clear != "" {
		issues = append(issues, p.add("clear", p.Stated.Clear, scope)...)
	}
	return issues
}

// add compiles the condition of a field.
func (p *Policy) add(field, text string, scope Scope) []Issue {
	program, problems := Compile(text, scope)
	if program == nil {
		var issues []Issue
		for _, problem := range problems {
			issues = append(issues, Issue{Field: field, Problem: problem})
		}
		return issues
	}
	b := bound{Program: program, field: field}
	for _, use := range program.Uses() {
		b.at = append(b.at, p.need(use.Reference))
	}
	if field == "clear" {
		p.clears = &b
	} else {
		p.when = append(p.when, b)
	}
	return nil
}

// need returns the place of a number among those that the policy needs.
func (p *Policy) need(number Reference) int {
	if at := slices.Index(p.needs, number); at >= 0 {
		return at
	}
	p.needs = append(p.needs, number)
	return len(p.needs) - 1
}

// shorthand is what a burn condition is short for: the burn rates over a long and a short window meet its factor.
func (p *Policy) shorthand(b cer.BurnCondition) string {
	factor := strconv.FormatFloat(b.Factor(p.catalog.Budget), 'f', -1, 64)
	return fmt.Sprintf(`burn("%s") >= %s && burn("%s") >= %s`,
		model.Duration(b.Long), factor, model.Duration(b.Short(p.catalog.Budget)), factor)
}

// scope is what the conditions of the policy may speak of: the SLIs of the flows that it picks.
func (p *Policy) scope() Scope {
	var scope Scope
	known := map[string]bool{}
	for _, f := range p.picked() {
		for i := range f.SLIs {
			if name := f.SLIs[i].Name; !known[name] {
				known[name] = true
				scope.SLIs = append(scope.SLIs, name)
			}
		}
	}
	for _, d := range p.catalog.Dimensions {
		scope.Dimensions = append(scope.Dimensions, d.Name)
	}
	return scope
}

// conditions are those of the policy.
func (p *Policy) conditions() []bound {
	if p.clears == nil {
		return p.when
	}
	return append(slices.Clip(p.when), *p.clears)
}

// When returns the condition in CEL, with the shorthand written out.
func (p *Policy) When() string {
	if len(p.when) == 1 {
		return p.when[0].String()
	}
	return p.when[0].String() + " && (" + p.when[1].String() + ")"
}

// Needs are the numbers that the policy is decided by, each once.
func (p *Policy) Needs() []Reference { return p.needs }

// Rule says how the conditions become a state. What a gate requires is on where its condition is true, whatever was before.
func (p *Policy) Rule() cer.Rule {
	if p.isGate {
		return cer.Rule{}
	}
	return p.Stated.Rule(p.catalog.Budget)
}

// Decide says whether the policy is on, of each of n consecutive minutes of the grid but the first Rule().Reach() ones.
// columns[i] holds Needs()[i] at the n minutes, NaN where there is none.
func (p *Policy) Decide(n int, columns [][]float64) []cer.Truth {
	when, clears := make([]cer.Truth, n), []cer.Truth(nil)
	for i := range when {
		when[i] = cer.True
	}
	for _, b := range p.when {
		b.and(when, columns)
	}
	p.andFailures(when, columns)
	if p.clears != nil {
		clears = make([]cer.Truth, n)
		for i := range clears {
			clears[i] = cer.True
		}
		p.clears.and(clears, columns)
	}
	return p.Rule().Decide(when, clears)
}

// andFailures makes false what is true of minutes before which fewer events were lost than the policy wants. Where their
// number is not known it does not matter.
func (p *Policy) andFailures(truths []cer.Truth, columns [][]float64) {
	if p.failures < 0 {
		return
	}
	for i, lost := range columns[p.failures] {
		if !math.IsNaN(lost) && !cer.Meets(lost, p.Stated.Burn.MinFailures) {
			truths[i] = cer.False
		}
	}
}

// and makes what is true of each minute false or unknown where the condition is that.
func (b bound) and(truths []cer.Truth, columns [][]float64) {
	values := make([]float64, len(b.at))
	for i := range truths {
		for k, column := range b.at {
			values[k] = columns[column][i]
		}
		truths[i] = truths[i].And(b.Eval(values))
	}
}
