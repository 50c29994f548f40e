package process

import (
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

func TestQueriesThatCantBeAsked(t *testing.T) {
	tests := map[string]struct {
		json  string
		words []string
	}{
		"an unknown flow":                   {`{"flows":["chekout"]}`, []string{`there is no flow "chekout" in the catalog; it has checkout, search or login`}},
		"an unknown SLI":                    {`{"level":"sli","flows":["login"],"slis":["fast"]}`, []string{`there is no SLI "fast" in the flows asked for; they have up`}},
		"an unknown component":              {`{"level":"sli","components":["speed"]}`, []string{`there is no component "speed"; there are availability, latency,`}},
		"an unknown measure":                {`{"measure":"karma"}`, []string{`measure is "karma"; it can be score, value, impact, `, ` or notWorse`}},
		"an unknown level":                  {`{"level":"world"}`, []string{`level is "world"; it can be overall, flow, component or sli`}},
		"an unknown format":                 {`{"format":"poem"}`, []string{`format is "poem"; it can be timeseries, latest, table, `, ` or `}},
		"no JSON":                           {`score, please`, []string{"the query is not valid JSON"}},
		"JSON of another shape":             {`{"measure":7}`, []string{"the field measure of the query is of the JSON type number; text is needed there"}},
		"a variable that nobody replaced":   {`{"flows":["$flow"]}`, []string{`"$flow" is a dashboard variable that was not replaced`}},
		"a variable in braces":              {`{"level":"sli","slis":["${sli:csv}"]}`, []string{`"${sli:csv}" is a dashboard variable that was not replaced`}},
		"a variable for a component":        {`{"level":"component","components":["$c"]}`, []string{`is a dashboard variable that was not replaced`}},
		"a variable for a window":           {`{"window":"$window"}`, []string{`"$window" is a dashboard variable that was not replaced`}},
		"a window of words":                 {`{"window":"5 minutes"}`, []string{`the window "5 minutes" is not a duration; write one such as 5m, or auto, $__rate_interval, $__interval or $__range`}},
		"a window of nothing":               {`{"window":"0s"}`, []string{"the window is 0s; it can be up to 1d"}},
		"a window into the future":          {`{"window":"-5m"}`, []string{`"-5m" is not a duration`}},
		"a window of two days":              {`{"measure":"coverage","window":"2d"}`, []string{"the window is 2d; it can be up to 1d"}},
		"SLIs at the level of flows":        {`{"level":"flow","slis":["fast"]}`, []string{"slis go with the level sli"}},
		"components of a flow's impact":     {`{"level":"flow","measure":"impact","components":["latency"]}`, []string{"components go with the levels component and sli"}},
		"components of the overall traffic": {`{"measure":"traffic","components":["latency"]}`, []string{"traffic is not split by components"}},
	}
	s := newSource(shop.URL(), shopDefinition)
	good := over(10*time.Minute, 12*time.Minute, `{}`)
	good.refID = "good"
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			answers := s.ask(t, over(10*time.Minute, 12*time.Minute, test.json), good)
			refused(test.words...).check(t, answers["A"])
			if other := answers["good"]; other.Error != nil || other.Status != backend.StatusOK || len(other.Frames) != 1 {
				t.Errorf("the other query of the request was not answered: %v", other.Error)
			}
		})
	}
}

func TestMeasuresThatDoNotExistAtALevel(t *testing.T) {
	s := newSource(shop.URL(), shopDefinition)
	found := 0
	for _, level := range []string{"overall", "flow", "component", "sli"} {
		for _, measure := range []string{"score", "value", "impact", "coverage", "weight", "traffic"} {
			if measures[level][measure] != nil {
				continue
			}
			found++
			for _, format := range []string{"timeseries", "latest", "definition"} {
				t.Run(measure+" at level "+level+" as "+format, func(t *testing.T) {
					json := `{"measure":"` + measure + `","level":"` + level + `","format":"` + format + `"}`
					want := refused("the measure " + measure + " does not exist at the level " + level + "; ask for it at ")
					want.check(t, s.ask(t, over(10*time.Minute, 12*time.Minute, json))["A"])
				})
			}
		}
	}
	if found != 6 {
		t.Errorf("%d combinations do not exist, want 6", found)
	}
}

func TestALevelThatIsTooFineForTheRange(t *testing.T) {
	// 200 SLIs at 11,000 instants are more than 2 million points.
	s := newSource(shop.URL(), manySLIs(200))
	want := refused("the query asks for 2", "more than 2000000; choose a larger interval (max data points of the panel), a shorter range or window, or fewer flows or cohorts")
	want.check(t, s.ask(t, query{refID: "A", json: `{"level":"sli"}`, from: at(-7 * 24 * time.Hour), to: at(0), interval: time.Second})["A"])
}
