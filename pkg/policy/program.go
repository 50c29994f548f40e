package policy

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// Program is a condition that was compiled. It may be used by several goroutines at once.
type Program struct {
	text       string
	uses       []Use
	thresholds []Threshold
	// ceilings are burn rates that all must not be met for the condition to be true.
	ceilings []Threshold
	program  cel.Program
}

// String returns the condition as it was written.
func (p *Program) String() string { return p.text }

// Uses are the numbers that the condition needs, each once and where it is mentioned first.
func (p *Program) Uses() []Use { return p.uses }

// Thresholds are burn rates that all have to be met for the condition to be true. What stands in an || or beneath a !
// is not among them.
func (p *Program) Thresholds() []Threshold { return p.thresholds }

// Eval decides the condition. values[i] is the number of Uses()[i], NaN or infinite where there is none.
func (p *Program) Eval(values []float64) cer.Truth {
	decided, _, err := p.program.Eval(activation(values))
	if err != nil { // The check of types and the operators leave no way to fail.
		return cer.Unknown
	}
	if is, known := decided.(types.Bool); known {
		return cer.TruthOf(bool(is))
	}
	return cer.Unknown
}

// activation holds the numbers of variables.
type activation []float64

// ResolveName returns the number of a variable.
func (a activation) ResolveName(name string) (any, bool) {
	return finite(a[indexOf(name)]), true
}

// Parent returns nil, since there are no other variables.
func (activation) Parent() cel.Activation { return nil }
