package policy

import (
	"math"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// maxReferences is how many numbers a condition may need; each is a column of minutes.
const maxReferences = 20

// variable names the i-th number that a condition needs, by a letter, so that it is found by its place.
func variable(i int) string { return string(rune('a' + i)) }

// indexOf returns the i of a variable.
func indexOf(variable string) int { return int(variable[0] - 'a') }

// language is what conditions are made of once their references are variables: truth, numbers, and operators on them.
var language = sync.OnceValues(func() (*cel.Env, error) {
	options := []cel.EnvOption{cel.ClearMacros(), cel.ParserRecursionLimit(maxDepth), cel.ParserErrorRecoveryLimit(1)}
	for i := range maxReferences {
		options = append(options, cel.Variable(variable(i), cel.DoubleType))
	}
	for operator, of := range comparisons {
		options = append(options, binary(operator, cel.BoolType, func(a, b float64) ref.Val { return types.Bool(of(a, b)) }))
	}
	for operator, of := range arithmetic {
		options = append(options, binary(operator, cel.DoubleType, func(a, b float64) ref.Val { return finite(of(a, b)) }))
	}
	return cel.NewCustomEnv(append(options, logic()...)...)
})

// comparisons tell numbers apart that differ by more than rounding.
var comparisons = map[string]func(a, b float64) bool{
	operators.GreaterEquals: cer.Meets,
	operators.Less:          func(a, b float64) bool { return !cer.Meets(a, b) },
	operators.LessEquals:    func(a, b float64) bool { return cer.Meets(b, a) },
	operators.Greater:       func(a, b float64) bool { return !cer.Meets(b, a) },
	equal:                   same,
	different:               func(a, b float64) bool { return !same(a, b) },
}

// equal and different stand for == and !=, whose meaning CEL fixes.
const (
	equal     = "equal"
	different = "different"
)

// same reports whether numbers differ by rounding only.
func same(a, b float64) bool { return cer.Meets(a, b) && cer.Meets(b, a) }

// arithmetic is that of doubles.
var arithmetic = map[string]func(a, b float64) float64{
	operators.Add:      func(a, b float64) float64 { return a + b },
	operators.Subtract: func(a, b float64) float64 { return a - b },
	operators.Multiply: func(a, b float64) float64 { return a * b },
	operators.Divide:   func(a, b float64) float64 { return a / b },
}

// binary declares an operator on two numbers.
func binary(operator string, result *cel.Type, of func(a, b float64) ref.Val) cel.EnvOption {
	return cel.Function(operator, cel.Overload(operator+"_numbers", []*cel.Type{cel.DoubleType, cel.DoubleType}, result,
		cel.BinaryBinding(func(a, b ref.Val) ref.Val {
			x, isNumber := a.(types.Double)
			y, areNumbers := b.(types.Double)
			if !isNumber || !areNumbers { // The check of types has seen to it that there is no other case.
				return unknown
			}
			return of(float64(x), float64(y))
		})))
}

// logic declares the operators on truth. CEL has && and || and the choice built in.
func logic() []cel.EnvOption {
	truth, one, two := cel.BoolType, []*cel.Type{cel.BoolType}, []*cel.Type{cel.BoolType, cel.BoolType}
	choice := func(id string, of *cel.Type) cel.FunctionOpt {
		return cel.Overload(id, []*cel.Type{truth, of, of}, of)
	}
	return []cel.EnvOption{
		cel.Function(operators.LogicalAnd, cel.Overload("and", two, truth)),
		cel.Function(operators.LogicalOr, cel.Overload("or", two, truth)),
		cel.Function(operators.Conditional, choice("choice_of_numbers", cel.DoubleType), choice("choice_of_truths", truth)),
		cel.Function(operators.LogicalNot, cel.Overload("not", one, truth,
			cel.UnaryBinding(func(a ref.Val) ref.Val { return types.Bool(a != types.True) }))),
		cel.Function(operators.Negate, cel.Overload("negative", []*cel.Type{cel.DoubleType}, cel.DoubleType,
			cel.UnaryBinding(func(a ref.Val) ref.Val {
				x, _ := a.(types.Double)
				return -x
			}))),
		cel.Function(equal, cel.Overload("equal_truths", two, truth,
			cel.BinaryBinding(func(a, b ref.Val) ref.Val { return types.Bool(a == b) }))),
		cel.Function(different, cel.Overload("different_truths", two, truth,
			cel.BinaryBinding(func(a, b ref.Val) ref.Val { return types.Bool(a != b) }))),
	}
}

// unknown is what follows from a number that is missing.
var unknown = types.NewUnknown(0, nil)

// finite returns a number, or unknown where it is none.
func finite(v float64) ref.Val {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return unknown
	}
	return types.Double(v)
}
