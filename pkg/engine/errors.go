package engine

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/sourcegraph/conc/panics"

	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// PanicError is the error of a request that panicked, be it on a goroutine of the engine.
type PanicError struct {
	Value any
	Stack []byte
}

// Error returns the value of the panic, without the stack.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// recoverInto is deferred by methods that return a panic as their error.
func recoverInto(err *error) {
	value := recover()
	if value == nil {
		return
	}
	e := &PanicError{Value: value, Stack: debug.Stack()}
	for carried, ok := value.(*panics.Recovered); ok; carried, ok = e.Value.(*panics.Recovered) { // From another goroutine.
		e.Value, e.Stack = carried.Value, carried.Stack
	}
	*err = e
}

// withSLIs adds the names of the SLIs whose expression the store refused to its error. An expression that the definition states
// as a whole is to be put right there, and not by the plugin.
func withSLIs(err error, p *plan.Plan) error {
	var refused *fetch.Error
	if !errors.As(err, &refused) || !refused.IsOfExpression() {
		return err
	}
	slis, whole := p.DefinedAs(refused.PromQL)
	if len(slis) == 0 {
		return err
	}
	named := *refused
	named.Message = strings.Join(slis, ", ") + ": " + refused.Message
	named.Downstream = refused.Downstream || whole
	return &named
}

// allRefused returns the error of a store that refused the expressions of all SLIs of a plan, where there are several, which is
// hardly due to each of them; nil where it did not. If it is some expressions only, their SLIs are to be put right.
func allRefused(p *plan.Plan, answers []series.Answer) error {
	for _, answer := range answers {
		if answer.Refused == nil {
			return nil
		}
	}
	distinct := map[string]bool{}
	for _, leaf := range p.Leaves {
		subjects, _ := p.DefinedAs(leaf.Expr.String())
		for _, subject := range subjects {
			distinct[subject] = true
		}
		if len(distinct) > 1 {
			return answers[0].Refused
		}
	}
	return nil
}
