// Package meaning tests what expansions mean: the PromQL of each kind of SLI, asked of the real engine about series
// whose answer is known by hand.
package meaning
