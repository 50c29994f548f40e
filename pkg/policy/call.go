package policy

import (
	"slices"
	"time"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/didyoumean"
)

// call resolves an operator or a function.
func (r *resolver) call(e ast.Expr) {
	call := e.AsCall()
	name := call.FunctionName()
	_, isFunction := functions[name]
	switch {
	case shown[name] != "":
		r.operator(e, call)
	case name == operators.Modulo:
		r.refuse(e, "%% is not supported here; write 0.5 for 50%%")
	case call.IsMemberFunction():
		r.method(e, call)
	case name == "burn":
		if window, ok := r.window(e, call); ok {
			r.use(e, Reference{Number: Burn, Window: window})
		}
	case name == "delta":
		r.delta(e, call)
	case isFunction:
		r.refuse(e, "%s has several numbers; choose one, such as %s", name, functions[name])
	case slices.Contains(plain, name):
		r.refuse(e, "%s takes nothing in brackets; leave them out", name)
	case !isNamePart(name[0]) || name[0] == '_':
		r.refuse(e, "this operator is not supported here; compare numbers and combine comparisons, such as score < 0.9 && coverage > 0.7")
	default:
		r.refuse(e, "there is no function %s here; %s", name, didyoumean.Choices(name, known()))
	}
}

// operator resolves what an operator works on. Those for equality have names of their own, since CEL fixes theirs.
func (r *resolver) operator(e ast.Expr, call ast.CallExpr) {
	for _, arg := range call.Args() {
		r.visit(arg)
	}
	switch call.FunctionName() {
	case operators.Equals:
		e.SetKindCase(r.factory.NewCall(e.ID(), equal, call.Args()...))
	case operators.NotEquals:
		e.SetKindCase(r.factory.NewCall(e.ID(), different, call.Args()...))
	}
}

// parts are the numbers of an SLI or a component, as conditions spell them.
var parts = []string{string(Score), string(Value), string(Coverage), `burn("1h")`}

// field resolves a number of an SLI or a component.
func (r *resolver) field(e ast.Expr) {
	selected := e.AsSelect()
	of, ok := r.owner(selected.Operand())
	if !ok {
		return
	}
	switch of.Number = Number(selected.FieldName()); {
	case of.Number == Value && of.Component != "":
		r.refuse(e, `a component has no value, because its SLIs have different units; write sli("success").value`)
	case of.Number == Score, of.Number == Value, of.Number == Coverage:
		r.use(e, of)
	case of.Number == Burn:
		r.refuse(e, `burn needs a window; write burn("1h")`)
	default:
		r.refuse(e, "there is no %s of an SLI or a component; %s", of.Number, didyoumean.Choices(string(of.Number), parts))
	}
}

// method resolves the burn rate of an SLI or a component.
func (r *resolver) method(e ast.Expr, call ast.CallExpr) {
	of, ok := r.owner(call.Target())
	if !ok {
		return
	}
	if name := call.FunctionName(); name != string(Burn) {
		r.refuse(e, "there is no %s(...) of an SLI or a component; %s", name, didyoumean.Choices(name, parts))
		return
	}
	if window, ok := r.window(e, call); ok {
		of.Number, of.Window = Burn, window
		r.use(e, of)
	}
}

// owner resolves the SLI or the component that a number is asked of.
func (r *resolver) owner(e ast.Expr) (Reference, bool) {
	name := ""
	if e.Kind() == ast.CallKind && !e.AsCall().IsMemberFunction() {
		name = e.AsCall().FunctionName()
	}
	if name != "sli" && name != "component" {
		r.refuse(e, `only an SLI or a component has numbers of its own; write sli("success").score or component("latency").score`)
		return Reference{}, false
	}
	args := e.AsCall().Args()
	of, ok := text(args, 0)
	if !ok || len(args) != 1 {
		r.refuse(e, "%s takes one name in quotes, such as %s", name, functions[name])
		return Reference{}, false
	}
	if name == "sli" {
		return Reference{SLI: of}, r.scope.AnyName || r.isOneOf(args[0], "SLI", of, r.scope.SLIs)
	}
	var components []string
	for _, c := range cer.Components() {
		components = append(components, string(c))
	}
	return Reference{Component: cer.Component(of)}, r.isOneOf(args[0], "component", of, components)
}

// isOneOf refuses a name that is not known.
func (r *resolver) isOneOf(e ast.Expr, what, name string, known []string) bool {
	switch {
	case slices.Contains(known, name):
		return true
	case len(known) == 0:
		r.refuse(e, "there is no %s %s here, nor any other", what, name)
	default:
		r.refuse(e, "there is no %s %s here; %s", what, name, didyoumean.Choices(name, known))
	}
	return false
}

// window reads the one argument of a call, which is a duration.
func (r *resolver) window(e ast.Expr, call ast.CallExpr) (time.Duration, bool) {
	written, ok := text(call.Args(), 0)
	if !ok || len(call.Args()) != 1 {
		r.refuse(e, `burn takes one window that is fixed, as text; write burn("1h")`)
		return 0, false
	}
	window, err := model.ParseDuration(written)
	if err != nil || window <= 0 {
		r.refuse(call.Args()[0], `a window is a duration above 0, such as "5m", "1h" or "3d"`)
		return 0, false
	}
	return time.Duration(window), true
}

// delta resolves a difference of cohorts.
func (r *resolver) delta(e ast.Expr, call ast.CallExpr) {
	args := call.Args()
	dimension, named := text(args, 0)
	candidate, compared := text(args, 1)
	baseline, based := text(args, 2)
	switch {
	case !named || !compared || !based || len(args) != 3:
		r.refuse(e, "delta takes a dimension and two of its values, as text; write %s", functions["delta"])
	case !r.scope.AnyName && !r.isOneOf(args[0], "dimension", dimension, r.scope.Dimensions):
	case candidate == baseline:
		r.refuse(args[2], "candidate and baseline are the same; name another baseline")
	default:
		r.use(e, Reference{Number: Delta, Dimension: dimension, Candidate: candidate, Baseline: baseline})
	}
}

// text returns an argument that is text.
func text(args []ast.Expr, i int) (string, bool) {
	if i >= len(args) || args[i].Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := args[i].AsLiteral().(types.String)
	return string(s), ok
}
