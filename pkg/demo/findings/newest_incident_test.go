package findings

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The newest incident is the last row of the table of incidents, in seconds and as labels.
func TestTheNewestIncidentIsTheLastOfTheTable(t *testing.T) {
	tr := try(t, catalog(alerted), nil, alertedSeries()...)
	for name, now := range map[string]time.Time{
		"before": outageFrom, "it burns": outageFrom.Add(14 * time.Minute), "it is a ticket": outageTo.Add(20 * time.Minute), "it is over": noon,
	} {
		t.Run(name, func(t *testing.T) {
			tr.t = t
			from := now.Add(-2 * time.Hour)
			table := tr.ask(`"level": "flow", "flows": "pay", "format": "incidents"`, from, now, time.Minute)
			newest := tr.ask(`"level": "flow", "flows": "pay", "measure": "incident", "format": "latest"`, from, now, time.Minute)
			if newest.Error != nil || len(newest.Frames) != 1 || len(newest.Frames[0].Fields) != 1 || newest.Frames[0].Fields[0].Len() != 1 {
				t.Fatalf("the answer is %v %v", newest.Frames, newest.Error)
			}
			field1 := newest.Frames[0].Fields[0]
			onsets, ends := field[time.Time](table, "time"), field[time.Time](table, "timeEnd")
			last := len(onsets) - 1
			if last < 0 {
				if v, known := field1.ConcreteAt(0); known || len(field1.Labels) != 1 {
					t.Errorf("without an incident there is %v, and the labels are %v", v, field1.Labels)
				}
				return
			}
			lasted, _ := field1.ConcreteAt(0)
			if lasted != ends[last].Sub(onsets[last]).Seconds() {
				t.Errorf("it has lasted %v, and is from %s to %s", lasted, onsets[last], ends[last])
			}
			if at := field[*time.Time](table, "detected")[last]; at != nil && field1.Labels["detected"] != strconv.FormatInt(at.UnixMilli(), 10) {
				t.Errorf("it was detected at %s, want %s", field1.Labels["detected"], at)
			}
			for label, column := range map[string]string{"lowest": "lowestScore", "spent": "budgetSpent"} {
				got, err := strconv.ParseFloat(strings.TrimRight(field1.Labels[label], " %"), 64)
				if want := field[*float64](table, column)[last]; err != nil || want == nil || math.Abs(got-100**want) > .051 {
					t.Errorf("%s is %q, want %v", label, field1.Labels[label], want)
				}
			}
			for label, column := range map[string]string{"policies": "policies", "causes": "slis", "affected": "cohorts"} {
				if want := field[string](table, column)[last]; field1.Labels[label] != want {
					t.Errorf("%s is %q, want %q", label, field1.Labels[label], want)
				}
			}
			isNow := field[*time.Time](table, "recovered")[last] == nil
			if (field1.Labels["to"] == "now") != isNow || field1.Labels["filter"] != "zone|=|south" || field1.Labels["objective"] != "95%" || field1.Labels["sli"] != "ok" {
				t.Errorf("the labels are %v", field1.Labels)
			}
			if want := "deploys (service=pay, version=42) at 4 Mar 10:30 UTC"; field1.Labels["deployment"] != want {
				t.Errorf("the deployment before is %q, want %q", field1.Labels["deployment"], want)
			}
		})
	}
}

// What the newest incident can't be asked for as, and of.
func TestTheNewestIncidentIsOneNumber(t *testing.T) {
	tr := try(t, catalog(alerted), nil, alertedSeries()...)
	for query, want := range map[string]string{
		`"measure": "incident", "level": "flow", "format": "timeseries"`: "latest",
		`"measure": "incident", "level": "flow", "format": "table"`:      "latest",
		`"measure": "incident", "level": "sli"`:                          "overall or flow",
		`"measure": "incident", "level": "flow", "worst": 1`:             "worst",
	} {
		a := tr.latest(query, noon)
		if a.Error == nil {
			t.Errorf("%s is answered", query)
			continue
		}
		a.says(want)
	}
}
