package definition

import "testing"

// What Alertmanager passes over in time intervals is an error in the editor. Catalogs that earlier versions loaded with it still load.
func TestIntervalsThatWereLoadedStillLoad(t *testing.T) {
	for name, interval := range map[string]string{
		"an unknown field of times":      `{ times: [{ start_time: "02:00", end_time: "04:00", zone: UTC }] }`,
		"nothing in the place of months": `{ weekdays: [sunday], months: }`,
		"nothing in the place of a zone": `{ weekdays: [sunday], location: }`,
	} {
		t.Run(name, func(t *testing.T) {
			catalog, issues := Load(Source{Content: []byte(ofFlow("slis: [{ name: up, probe: { selector: up } }]") +
				"  maintenance:\n    - name: nights\n      intervals:\n        - " + interval + "\n")})
			if catalog == nil || len(catalog.Maintenance) != 1 || catalog.Maintenance[0].Intervals == "" {
				t.Fatalf("it is not loaded: %v", issues)
			}
			if len(issues) != 1 || !issues[0].Withholds || issues[0].Warning {
				t.Errorf("the issues are %v, want an error that stops no catalog", issues)
			}
		})
	}
	if catalog, _ := Load(Source{Content: []byte(ofFlow("slis: [{ name: up, probe: { selector: up } }]") +
		"  maintenance:\n    - { name: nights, intervals: [{ times: [{ start_time: \"02:00\" }] }] }\n")}); catalog != nil {
		t.Error("times without an end, which no version loaded, are loaded")
	}
}
