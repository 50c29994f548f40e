package cer

import "slices"

// Annotations are the notices on a result, each once and in the order in which they were added. They travel beside the
// numbers through all hops, as Prometheus' annotations do. The zero value is empty and ready to use.
type Annotations []Notice

// Add adds a notice unless it is there already.
func (a *Annotations) Add(n Notice) {
	if !slices.Contains(*a, n) {
		*a = append(*a, n)
	}
}

// Merge adds the notices of other annotations that are not there yet.
func (a *Annotations) Merge(other Annotations) {
	for _, n := range other {
		a.Add(n)
	}
}
