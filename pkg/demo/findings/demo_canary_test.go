package findings

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore/promstoretest"
	simulator "github.com/cer-reliability/cer-datasource/pkg/demo/shop"
)

// TestCanariesOfTheDemo plays the releases of the demo with other customers, at other hours and seconds: the first one passes, and
// the second one fails within eight minutes of its start.
func TestCanariesOfTheDemo(t *testing.T) {
	const verdict = `"measure": "verdict", "gate": "checkout-canary", "since": "event:canaries"`
	for seed := range uint64(24) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			end := noon.Add(time.Duration(seed) * (time.Hour + 45*time.Second))
			releases, wrong := simulator.Canaries(end)
			tr := &trial{t: t, store: promstoretest.Open(t)}
			s := simulator.New(simulator.Config{Seed: seed, End: end, History: 2 * time.Hour, Services: []string{"checkout"}, Incidents: []simulator.Incident{wrong}, Releases: releases})
			if err := s.Backfill(t.Context(), tr.store); err != nil {
				t.Fatal(err)
			}
			tr.instance = tr.dataSource(tr.store.URL(), string(simulator.Catalog), nil)
			good, bad := releases[0].At, releases[1].At

			_, ofGood := tr.ask(verdict, good, bad.Add(-time.Minute), time.Minute).column(`gate="checkout-canary"`)
			if slices.Contains(ofGood, -1) || ofGood[len(ofGood)-1] != 1 {
				t.Errorf("the verdicts on the good one are %v", ofGood)
			}
			times, ofBad := tr.ask(verdict, bad, end, time.Minute).column(`gate="checkout-canary"`)
			if failed := slices.Index(ofBad, -1); slices.Contains(ofBad, 1) || failed < 0 || times[failed].After(bad.Add(8*time.Minute)) || ofBad[len(ofBad)-1] != -1 {
				t.Errorf("the verdicts on the bad one, from %s on, are %v", times[0].Sub(bad), ofBad)
			}
		})
	}
}
