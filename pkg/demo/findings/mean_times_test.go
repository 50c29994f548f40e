package findings

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// waiting pages where the score is low for three minutes.
const waiting = `
objective: 0.95
budgetWindow: 24h
policies: [{ name: low, severity: page, when: score < 0.9, for: 3m }]`

// before returns the times of an outage that began and ended so many minutes before noon.
func before(began, ended int) [2]time.Time {
	return [2]time.Time{noon.Add(-time.Duration(began) * time.Minute), noon.Add(-time.Duration(ended) * time.Minute)}
}

// The mean times of incidents count from the first minute under the objective to the first page, and to the first minute that is ok
// again: of those whose onset is known, and of these to recover those that are over.
func TestMeanTimesOfAWorldMadeByHand(t *testing.T) {
	const shop = `flow="shop"`
	from := noon.Add(-50 * time.Hour)
	for name, test := range map[string]struct {
		outages     [][2]time.Time
		since       time.Duration
		ttd, ttr    float64
		says, quiet string
	}{
		// Time slices are 5 minutes wide, so that an outage is seen until 5 minutes after its end, and from a minute after its start on.
		"two that are over":               {[][2]time.Time{before(600, 580), before(300, 290)}, 24 * time.Hour, 180, (24 + 14) * 60 / 2, "", "incidents"},
		"one that has not ended":          {[][2]time.Time{before(600, 580), before(15, -60)}, 24 * time.Hour, 180, 24 * 60, "the mean of 1 of 2 incidents; 1 had not recovered by the end of the range", ""},
		"one that began before the range": {[][2]time.Time{before(75, 40)}, time.Hour, 180, 39 * 60, "", "incidents"},
		"one before the range":            {[][2]time.Time{before(600, 580)}, time.Hour, math.NaN(), math.NaN(), "", "incidents"},
		"nothing is over yet":             {[][2]time.Time{before(15, -60)}, time.Hour, 180, math.NaN(), "the mean of 0 of 1 incidents; 1 had not recovered by the end of the range", ""},
		"one too long ago to be seen":     {[][2]time.Time{before(40*60, 30)}, time.Hour, math.NaN(), math.NaN(), "the mean of 0 of 1 incidents; the onset of 1 is unknown", ""},
		"none":                            {nil, 24 * time.Hour, math.NaN(), math.NaN(), "", "incidents"},
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, shopOf(waiting), minutely, outages(from, noon, test.outages...)...)
			ask := func(measure string) answer {
				return tr.ask(`"level": "flow", "format": "latest", "measure": "`+measure+`"`, noon.Add(-test.since), noon, time.Minute)
			}
			ask("ttd").is(shop, test.ttd)
			lasted := ask("ttr")
			lasted.is(shop, test.ttr)
			lasted.says(test.says)
			if test.quiet != "" && len(lasted.notices()) > 0 {
				t.Errorf("there are notices: %q", lasted.notices())
			}
			tr.ask(`"format": "latest", "measure": "ttr"`, noon.Add(-test.since), noon, time.Minute).is("", test.ttr)
		})
	}
}

// Whatever happens, the mean times are those of the rows of the table of incidents, for each flow and for all of them together.
func TestMeanTimesAreThoseOfTheTableOfIncidents(t *testing.T) {
	from := noon.Add(-50 * time.Hour)
	known, unknown := 0, 0
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 5))
			var spans [][2]time.Time
			for at := from.Add(time.Hour); at.Before(noon); {
				end := at.Add(time.Duration(1+random.IntN(90)) * time.Minute)
				spans = append(spans, [2]time.Time{at, end})
				at = end.Add(time.Duration(10+random.IntN(600)) * time.Minute)
			}
			tr := try(t, shopOf(waiting), minutely, outages(from, noon, spans...)...)
			for _, hours := range []int{1, 6, 24, 44} {
				for _, level := range []string{"flow", "overall"} {
					ask := func(rest string) answer {
						return tr.ask(`"level": "`+level+`", `+rest, noon.Add(-time.Duration(hours)*time.Hour), noon, time.Minute)
					}
					table := ask(`"format": "incidents"`)
					for measure, column := range map[string]string{"ttd": "timeToDetect", "ttr": "timeToRecover"} {
						sum, n := 0.0, 0
						for _, seconds := range field[*float64](table, column) {
							if seconds != nil {
								sum, n = sum+*seconds, n+1
							}
						}
						want := sum / float64(n)
						ask(`"format": "latest", "measure": "`+measure+`"`).is("", want)
						if n > 0 {
							known++
						} else {
							unknown++
						}
					}
				}
			}
		})
	}
	if known < 20 || unknown < 4 {
		t.Errorf("%d mean times were compared that are known, and %d that are not", known, unknown)
	}
}

// Panels colour mean times by their targets, and say in a neutral colour that there is none.
func TestMeanTimesAreHeldAgainstTheirTargets(t *testing.T) {
	tr := try(t, shopOf(waiting), minutely, outages(noon.Add(-30*time.Hour), noon)...)
	for measure, target := range map[string]float64{"ttd": 300, "ttr": 600} {
		a := tr.latest(`"level": "flow", "measure": "`+measure+`"`, noon)
		a.is(`flow="shop"`, math.NaN())
		config := a.Frames[0].Fields[0].Config
		steps := config.Thresholds.Steps
		if config.Unit != "s" || len(steps) != 2 || steps[0].Color != "green" || steps[1].Color != "red" || float64(steps[1].Value) != target {
			t.Errorf("%s has the unit %q and the thresholds %+v, want red from %v s on", measure, config.Unit, steps, target)
		}
		none, ok := config.Mappings[0].(data.SpecialValueMapper)
		if !ok || none.Match != data.SpecialValueNullAndNaN || none.Result.Text != "none" || none.Result.Color != "text" {
			t.Errorf("%s shows nothing as %+v", measure, config.Mappings)
		}
	}
}
