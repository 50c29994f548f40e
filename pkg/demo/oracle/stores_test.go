package oracle

import (
	"flag"
	"fmt"
	"slices"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/demo/stores"
)

var storeWorlds = flag.Uint64("store-worlds", 40, "how many worlds are tested on real stores, all together")

// TestWorldsOnStoresEqualThoseOfRawSamples asks the same of worlds that lie in real stores, each store of others. The embedded one is
// asked by TestWorldsEqualThoseOfRawSamples.
func TestWorldsOnStoresEqualThoseOfRawSamples(t *testing.T) {
	names, missing, err := stores.Chosen()
	if err != nil {
		t.Fatal(err)
	}
	for _, why := range missing {
		t.Log("not tested: " + why)
		appendReport(t, "not tested: "+why)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return name == stores.Embedded })
	each := max(1, *storeWorlds/max(1, uint64(len(names))))
	for i, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			counted := &worldTally{met: map[string]int{}, compared: map[string]int{}, numbers: map[string]int{}}
			store := stores.Open(t, name)
			for k := range each {
				seed := worldSeed + uint64(i)*each + k + 1
				if *onlySeed == 0 || *onlySeed == seed {
					t.Run(fmt.Sprint(seed), func(t *testing.T) { checkWorld(t, seed, counted, store, engineOf[name]) })
				}
			}
			counted.print(t, name, engineOf[name])
		})
	}
}

// print prints what was compared of a store, and how it evaluates, also to the end of the file that CER_TRUTH_REPORT names.
func (c *worldTally) print(t *testing.T, store string, e engine) {
	t.Helper()
	all := 0
	for _, n := range c.compared {
		all += n
	}
	text := fmt.Sprintf("%s: %d worlds, %d points compared, none excluded", store, c.worlds, all)
	for _, rule := range e.rules {
		text += "\n    expected: " + rule
	}
	t.Log(text)
	appendReport(t, text)
}
