package cer

// Truth is the answer to a yes-or-no question that can't always be answered, as in Kleene's three-valued logic.
type Truth uint8

// The truth values. What is not filled in is unknown.
const (
	Unknown Truth = iota
	False
	True
)

// TruthOf is what is known to be so, or not.
func TruthOf(is bool) Truth {
	if is {
		return True
	}
	return False
}

// And is false where either is, and true where both are.
func (t Truth) And(other Truth) Truth {
	switch {
	case t == False || other == False:
		return False
	case t == Unknown || other == Unknown:
		return Unknown
	default:
		return True
	}
}

// Or is true where either is, and false where both are not.
func (t Truth) Or(other Truth) Truth { return t.Not().And(other.Not()).Not() }

// Not is true where t is false, and false where it is true.
func (t Truth) Not() Truth {
	switch t {
	case True:
		return False
	case False:
		return True
	default:
		return Unknown
	}
}

// String returns unknown, false or true.
func (t Truth) String() string { return [...]string{"unknown", "false", "true"}[t] }
