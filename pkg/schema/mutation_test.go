package schema_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"
)

// mutants is how many documents are made.
const mutants = 10_000

// TestMutants changes the definitions of the repository at random, always in the same way: what the reader accepts the schema
// accepts, and what only the reader refuses is what a schema can't know.
func TestMutants(t *testing.T) {
	texts := corpus(t)
	places := slices.Sorted(maps.Keys(texts))
	var donors []*yaml.Node
	for _, place := range places {
		for _, document := range documents(t, texts[place]) {
			donors = append(donors, nodes(document)...)
		}
	}
	m := &mutator{Rand: rand.New(rand.NewPCG(14, 3)), donors: donors} // The same documents each time.
	accepted, refused := 0, 0
	for i := range mutants {
		place := places[i%len(places)]
		all := documents(t, texts[place])
		for range 1 + m.IntN(2) {
			m.mutate(all[m.IntN(len(all))])
		}
		changed := write(t, all)
		if agree(t, place, changed).reader == nil {
			accepted++
		} else {
			refused++
		}
	}
	t.Logf("the reader accepts %d and refuses %d", accepted, refused)
	if min(accepted, refused) < mutants/5 {
		t.Errorf("the reader accepts %d and refuses %d of the mutants, which is too one-sided to tell much", accepted, refused)
	}
}
