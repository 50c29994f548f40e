package command_test

import (
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

func TestCheckWritesSARIF(t *testing.T) {
	tests := map[string]struct {
		files map[string]string
		want  []string
	}{
		"nothing wrong": {map[string]string{"a.yaml": shop}, nil},
		"an error and a warning": {map[string]string{"d/a.yaml": wrong, "d/b.yaml": strings.Replace(doubtful, "shop", "other", 1)},
			[]string{"error d/a.yaml:8:18", "warning d/b.yaml"}},
		"an empty file": {map[string]string{"a.yaml": ""}, []string{"error a.yaml:1:1"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inFolder(t, test.files)
			report, err := sarif.FromString(run(t, "check --output sarif .").stdout)
			if err != nil {
				t.Fatal(err)
			}
			if err := report.Validate(); err != nil {
				t.Errorf("it is not valid by the schema: %v", err)
			}
			if driver := report.Runs[0].Tool.Driver; *driver.Name != "cer" || *driver.Version != "1.2.3" {
				t.Errorf("the tool is %v", driver)
			}
			if got := len(report.Runs[0].Results); got != len(test.want) {
				t.Fatalf("there are %d results, want %d", got, len(test.want))
			}
			for i, result := range report.Runs[0].Results {
				if at := *result.Locations[0].PhysicalLocation; !strings.HasPrefix(test.want[i], result.Level+" "+*at.ArtifactLocation.URI) || at.Region == nil {
					t.Errorf("result %d is a %s at %+v, want %s", i, result.Level, at, test.want[i])
				}
			}
		})
	}
}
