package process

import (
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// twoErrors is the shop's definition with an unknown field and PromQL that does not parse.
var twoErrors = strings.NewReplacer("title: Checkout", "titel: Checkout", "max(backlog)", "max(backlog").Replace(shopDefinition)

func TestADefinitionThatWasNeverGoodAnswersNoQuery(t *testing.T) {
	tests := map[string]struct {
		definition string
		words      []string
	}{
		"with errors, all of which are said": {twoErrors, []string{"definition:10:7: ", "titel", "definition:33:38: ", "max(backlog"}},
		"that is no YAML":                    {"a: [", []string{"definition:"}},
		"of another kind":                    {"apiVersion: v1\nkind: Pod", []string{"definition:1:13: ", "cer/v1"}},
		"that is empty":                      {"", []string{"the data source has no catalog yet"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a, b := over(10*time.Minute, 12*time.Minute, `{}`), over(10*time.Minute, 12*time.Minute, `{"format":"definition"}`)
			b.refID = "B"
			for _, answer := range newSource(shop.URL(), test.definition).ask(t, a, b) {
				refused(test.words...).check(t, answer)
			}
		})
	}
}

func TestABrokenEditKeepsTheLastGoodDefinition(t *testing.T) {
	s := newSource(shop.URL(), shopDefinition)
	q := over(10*time.Minute, 12*time.Minute, `{}`)
	want := series{"": {0.755, 0.755, 0.755}}
	if frames := s.frames(t, q); len(frames[0].Meta.Notices) > 0 {
		t.Errorf("a good definition has notices: %+v", frames[0].Meta.Notices)
	}

	s.save(twoErrors)
	frames := s.frames(t, q)
	seriesOf(t, frames, "score").check(t, want)
	checkOrigin(t, frames, data.FrameTypeTimeSeriesMulti, at(12*time.Minute))
	hasNotice(t, frames, data.NoticeSeverityWarning, "the catalog was refused, and its last valid version is used instead.", "definition:10:7: ", "titel")
	definition := s.frames(t, over(10*time.Minute, 12*time.Minute, `{"format":"definition"}`))
	hasNotice(t, definition, data.NoticeSeverityWarning, "its last valid version is used instead")

	health := s.health(t)
	if health.Status != backend.HealthStatusError {
		t.Error("Save & test finds nothing wrong with a broken definition")
	}
	says(t, health.Message, "Prometheus 3.16.0 was reached, but the catalog was refused, and its last valid version is used instead.", "definition:10:7: ")
	says(t, string(s.resource(t, "Viewer", "GET", "catalog", "").Body), revision(t, shopDefinition))

	s.save(strings.Replace(shopDefinition, "weight: 5", "weight: 0", 1)) // The rest is (3 x 0.725 + 2 x 0.75)/5.
	frames = s.frames(t, q)
	seriesOf(t, frames, "score").check(t, series{"": {0.735, 0.735, 0.735}})
	if len(frames[0].Meta.Notices) > 0 {
		t.Errorf("the repaired definition has notices: %+v", frames[0].Meta.Notices)
	}
}

func TestTheLastGoodDefinitionOfOneIsNotAnothers(t *testing.T) {
	newSource(shop.URL(), shopDefinition).frames(t, over(10*time.Minute, 12*time.Minute, `{}`))
	answers := newSource(shop.URL(), twoErrors).ask(t, over(10*time.Minute, 12*time.Minute, `{}`))
	refused("titel").check(t, answers["A"])
}
