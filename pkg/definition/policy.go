package definition

import (
	"math"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/policy"
	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

// patience is how long a condition has to hold, or to be clear.
var patience = within(duration, func(d time.Duration) bool { return d >= 0 && d <= maxLookback && d%time.Minute == 0 },
	"whole minutes are needed here, because states are decided each minute; write 5m")

// maxPolicies bounds how long a definition takes to read.
const maxPolicies = 100

// few reads a list that is not too long.
func few[T any](as reading[T]) reading[[]T] {
	return func(n node) ([]T, bool) {
		if n.Kind == yaml.SequenceNode && len(n.Content) > maxPolicies {
			n.refuse("at most %d are supported; merge similar ones", maxPolicies)
			return nil, false
		}
		return list(as)(n)
	}
}

// policyReader reads what refers to flows once these are read: policies, maintenance and gates.
type policyReader struct {
	catalog *cer.Catalog
	spec    *fields
	// flowNames and flowLabels are the names of the flows, and of their labels, sorted.
	flowNames, flowLabels []string
}

// policies reads when somebody is needed, once all else is known of the catalog; the default policies where nothing is
// said. whole says that the rest of the catalog could be read.
func (r *policyReader) policies(whole bool) {
	if at, stated := r.spec.values["policies"]; stated {
		taken := names{}
		r.catalog.Policies, _ = few(func(n node) (cer.AlertPolicy, bool) { return r.policy(n, taken, whole) })(at)
		return
	}
	if !whole {
		return
	}
	kept, left := policy.Default(r.catalog)
	r.catalog.Policies = kept
	if len(kept) == 0 && r.catalog.HasObjective() {
		r.spec.at.warn("none of the default policies can be applied, so there are no states: %s; add policies", left[0].Message)
	}
}

// policy reads a policy, and compiles it.
func (r *policyReader) policy(n node, taken names, whole bool) (cer.AlertPolicy, bool) {
	var p cer.AlertPolicy
	f, ok := fieldsOf(n, schema.Policy)
	if !ok {
		return p, false
	}
	refusals := n.file.refusals
	read(f, "name", &p.Name, taken.new)
	readWord(f, "severity", &p.Severity)
	read(f, "flows", &p.Flows, r.selection)
	read(f, "by", &p.By, list(r.dimension("by")))
	read(f, "burn", &p.Burn, burnCondition)
	read(f, "when", &p.When, text)
	read(f, "clear", &p.Clear, text)
	read(f, "for", &p.For, patience)
	read(f, "keepFor", &p.KeepFor, patience)
	f.end()
	r.checkPatience(f, &p)
	if !f.has("burn") && !f.has("when") {
		f.lack("a policy needs a condition; add burn: { budget: 2%%, long: 1h }, or when: score < 0.9")
	}
	texts := []condition{{"when", p.When}, {"clear", p.Clear}}
	r.compile(f, texts, whole && n.file.refusals == refusals, func() []policy.Issue {
		_, issues := policy.New(r.catalog, &p)
		return issues
	})
	p.When, p.Clear = strings.TrimSpace(p.When), strings.TrimSpace(p.Clear)
	return p, true
}

// checkPatience refuses a policy that takes longer to leave than it remembers.
func (r *policyReader) checkPatience(f *fields, p *cer.AlertPolicy) {
	if lookback := r.catalog.Budget.Lookback; p.For+p.KeepFor >= lookback {
		f.at.refuse("for and keepFor together must be shorter than the lookback of states, which is %s; write shorter ones, or a longer lookback",
			inSeconds(lookback.Seconds()))
	}
}

// condition is the text of a condition, and the field that it stands in; "" where it is not stated.
type condition struct{ field, text string }

// compile adds what is wrong with the conditions of a policy or a gate: in themselves, and where all else could be read, in the
// catalog, which another function finds.
func (r *policyReader) compile(f *fields, conditions []condition, whole bool, inCatalog func() []policy.Issue) {
	steps := r.sizeOfFlows()
	for _, c := range conditions {
		steps += stepsOfCondition + stepsOfConditionByte*len(c.text)
	}
	if !f.at.file.budget.Spend(steps) {
		return
	}
	if whole {
		for _, issue := range inCatalog() {
			if !issue.Warning { // It may be about a name that was looked for among those of all SLIs.
				f.at.file.budget.Spend(stepsOfChoices(r.sizeOfFlows()))
			}
			f.addIssue(issue)
		}
		return
	}
	for _, c := range conditions {
		if c.text == "" {
			continue
		}
		_, problems := policy.Compile(c.text, policy.Scope{AnyName: true})
		for _, problem := range problems {
			f.addIssue(policy.Issue{Field: c.field, Problem: problem})
		}
	}
}

// sizeOfFlows is the number of flows and SLIs.
func (r *policyReader) sizeOfFlows() int {
	size := len(r.catalog.Flows)
	for i := range r.catalog.Flows {
		size += len(r.catalog.Flows[i].SLIs)
	}
	return size
}

// addIssue adds what is wrong with a policy or a gate at the field that is at fault, or at the whole of it.
func (f *fields) addIssue(issue policy.Issue) {
	at, stated := f.values[issue.Field]
	if !stated {
		at = f.at
	}
	problem := expand.Problem{Offset: issue.Offset, Message: issue.Message, Warning: issue.Warning}
	if stated && at.is(textTag) {
		at.addProblem(at.Value, "condition", problem)
		return
	}
	at.add(Issue{Message: problem.Message, Warning: problem.Warning})
}

// burnCondition reads the shorthand for burn rates over two windows.
func burnCondition(n node) (*cer.BurnCondition, bool) {
	var b cer.BurnCondition
	f, ok := fieldsOf(n, schema.Burn)
	if !ok {
		return nil, false
	}
	read(f, "budget", &b.Share, budgetShare)
	read(f, "long", &b.Long, bound)
	read(f, "minFailures", &b.MinFailures, count)
	f.end()
	return &b, b.Share > 0 && b.Long > 0
}

// budgetShare reads a share of the error budget.
var budgetShare = portion(func(v float64) bool { return v > 0 && v <= 1 },
	"a share of the error budget is needed here, above 0 and up to all of it; write 2% or 0.02")

// portion reads a share that holds, as a percentage or a number.
func portion(holds func(float64) bool, needed string) reading[float64] {
	return func(n node) (float64, bool) {
		share := math.NaN()
		if percent, ok := percentage(n); ok && strings.HasSuffix(strings.TrimSpace(n.Value), "%") {
			share = percent / 100
		} else if n.is(integerTag, floatTag) {
			share, _ = number(n)
		}
		if math.IsNaN(share) || !holds(share) {
			n.refuse("%s%s", needed, withoutQuotes(n, integerTag, floatTag))
			return 0, false
		}
		return share, true
	}
}

// dimension reads the name of a dimension of the catalog that a field speaks of.
func (r *policyReader) dimension(field string) reading[string] {
	return func(n node) (string, bool) {
		s, ok := text(n)
		if !ok {
			return "", false
		}
		var known []string
		labelled := ""
		for _, d := range r.catalog.Dimensions {
			known = append(known, d.Name)
			if d.Label == s {
				labelled = d.Name
			}
		}
		switch {
		case slices.Contains(known, s):
			return s, true
		case labelled != "":
			n.refuse("this is the label of the dimension %s; write the dimension", labelled)
		case len(known) == 0:
			n.refuse("%s names dimensions, and the catalog has none; add dimensions: [{ name: region }] to the spec, or leave %[1]s out", field)
		default:
			n.refuse("the catalog has no such dimension; %s", n.choices(s, known))
		}
		return "", false
	}
}
