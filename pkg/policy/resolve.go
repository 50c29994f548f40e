package policy

import (
	"maps"
	"slices"
	"strconv"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/cer-reliability/cer-datasource/pkg/internal/didyoumean"
)

// resolver turns what a condition refers to into variables, and refuses what conditions can't say.
type resolver struct {
	text     string
	scope    Scope
	info     *ast.SourceInfo
	factory  ast.ExprFactory
	uses     []Use
	problems []Problem
}

// plain are the numbers that stand by themselves.
var plain = []string{string(Score), string(Coverage), string(Budget), string(RevenueAtRisk)}

// functions are those that conditions may call, each with an example.
var functions = map[string]string{
	"burn": `burn("1h")`, "sli": `sli("success").score`, "component": `component("latency").score`,
	"delta": `delta("release", "canary", "stable")`,
}

// shown are the operators of conditions as people write them.
var shown = map[string]string{
	operators.LogicalAnd: "&&", operators.LogicalOr: "||", operators.LogicalNot: "!", operators.Conditional: "?:",
	operators.Equals: "==", operators.NotEquals: "!=", equal: "==", different: "!=",
	operators.Less: "<", operators.LessEquals: "<=", operators.Greater: ">", operators.GreaterEquals: ">=",
	operators.Add: "+", operators.Subtract: "-", operators.Multiply: "*", operators.Divide: "/", operators.Negate: "-",
}

// visit resolves an expression and all beneath it.
func (r *resolver) visit(e ast.Expr) {
	if len(r.problems) == maxProblems {
		return
	}
	switch e.Kind() {
	case ast.LiteralKind:
		r.literal(e)
	case ast.IdentKind:
		r.name(e)
	case ast.SelectKind:
		r.field(e)
	case ast.CallKind:
		r.call(e)
	default:
		r.refuse(e, "lists and maps are not supported here; compare numbers, such as score < 0.9")
	}
}

// literal makes every number a double.
func (r *resolver) literal(e ast.Expr) {
	switch v := e.AsLiteral().(type) {
	case types.Bool, types.Double:
	case types.Int:
		e.SetKindCase(r.factory.NewLiteral(e.ID(), types.Double(v)))
	case types.Uint:
		e.SetKindCase(r.factory.NewLiteral(e.ID(), types.Double(v)))
	case types.String:
		if _, err := strconv.ParseFloat(string(v), 64); err == nil {
			r.refuse(e, "this is text, which can't be compared with a number; write %s without quotes", string(v))
			return
		}
		r.refuse(e, `this is text, which can't be compared with a number; text is used in brackets only, such as burn("1h")`)
	case types.Null:
		r.refuse(e, "a comparison with a missing number is always unknown; leave null out")
	default:
		r.refuse(e, "only numbers, true and false are supported here")
	}
}

// name resolves a number that stands by itself.
func (r *resolver) name(e ast.Expr) {
	name := e.AsIdent()
	switch _, isFunction := functions[name]; {
	case slices.Contains(plain, name):
		r.use(e, Reference{Number: Number(name)})
	case name == string(Value):
		r.refuse(e, `only an SLI has a value; write sli("success").value`)
	case isFunction:
		r.refuse(e, "%s needs brackets; write %s", name, functions[name])
	default:
		r.refuse(e, "there is no %s here; %s", name, didyoumean.Choices(name, known()))
	}
}

// known lists what conditions can speak of.
func known() []string {
	return slices.Concat(plain, slices.Sorted(maps.Keys(functions)))
}

// use makes an expression the variable of a number.
func (r *resolver) use(e ast.Expr, to Reference) {
	at := slices.IndexFunc(r.uses, func(u Use) bool { return u.Reference == to })
	switch {
	case at >= 0:
	case len(r.uses) == maxReferences:
		r.refuse(e, "a condition needs at most %d different numbers; write several policies, or gates", maxReferences)
		return
	default:
		at = len(r.uses)
		r.uses = append(r.uses, Use{Reference: to, Offset: r.offset(e)})
	}
	e.SetKindCase(r.factory.NewIdent(e.ID(), variable(at)))
}

// thresholds adds the burn rates that an expression needs to be met, and those that it needs not to be.
func (r *resolver) thresholds(e ast.Expr, p *Program) {
	if e.Kind() != ast.CallKind {
		return
	}
	call := e.AsCall()
	args := call.Args()
	switch call.FunctionName() {
	case operators.LogicalAnd:
		for _, arg := range args {
			r.thresholds(arg, p)
		}
	case operators.GreaterEquals, operators.Greater:
		r.threshold(args[0], args[1], &p.thresholds)
		r.threshold(args[1], args[0], &p.ceilings)
	case operators.LessEquals, operators.Less:
		r.threshold(args[1], args[0], &p.thresholds)
		r.threshold(args[0], args[1], &p.ceilings)
	}
}

// threshold adds the one that a burn rate meets that is at least a constant.
func (r *resolver) threshold(burn, least ast.Expr, to *[]Threshold) {
	if burn.Kind() != ast.IdentKind || least.Kind() != ast.LiteralKind {
		return
	}
	use := r.uses[indexOf(burn.AsIdent())]
	constant, isNumber := least.AsLiteral().(types.Double)
	if isNumber && use.Number == Burn {
		use.Offset = r.offset(burn)
		*to = append(*to, Threshold{Use: use, Least: float64(constant)})
	}
}
