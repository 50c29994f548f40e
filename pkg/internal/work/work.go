// Package work bounds what a text from a user may cost by counting steps. A count is the same on every machine and
// however busy it is, which a time limit is not.
package work

import "math"

// Budget is how many steps a task may take. A step stands for about a microsecond of one core and at most 400 bytes of
// memory. The zero value allows none. It is not safe for concurrent use.
type Budget struct{ limit, spent int }

// Unlimited returns a budget that allows for everything.
func Unlimited() *Budget { return &Budget{limit: math.MaxInt} }

// NewBudget returns a budget of that many steps.
func NewBudget(steps int) *Budget { return &Budget{limit: steps} }

// Spend takes steps, and reports whether the budget allowed for them. Once it did not, it allows for none.
func (b *Budget) Spend(steps int) bool {
	b.spent += steps
	return !b.Exhausted()
}

// Exhausted reports whether more was spent than the budget allows.
func (b *Budget) Exhausted() bool { return b.spent > b.limit }

// Spent returns the number of steps taken so far.
func (b *Budget) Spent() int { return b.spent }
