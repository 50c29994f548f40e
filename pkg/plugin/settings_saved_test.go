package plugin

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// savedSettings are settings as some version saved or provisioned them, with the commit that had them first.
type savedSettings struct {
	Commit, Place string
	JSONData      map[string]any
}

// readSavedSettings reads testdata/saved-settings.json.
func readSavedSettings(t *testing.T) []savedSettings {
	t.Helper()
	content, err := os.ReadFile("testdata/saved-settings.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []savedSettings
	if err := json.Unmarshal(content, &all); err != nil || len(all) == 0 {
		t.Fatalf("there are %d settings: %v", len(all), err)
	}
	return all
}

// Settings that any version saved open a data source, and each of them is read as it was saved.
func TestSavedSettingsStillWork(t *testing.T) {
	for _, saved := range readSavedSettings(t) {
		t.Run(saved.Commit+" "+saved.Place, func(t *testing.T) {
			raw, err := json.Marshal(saved.JSONData)
			if err != nil {
				t.Fatal(err)
			}
			if d := newDataSource(t.Context(), instanceOf(string(raw)), newSharedState("")); d.broken != nil {
				t.Fatal(d.broken)
			}
			s, err := readSettings(raw)
			if err != nil {
				t.Fatal(err)
			}
			read := fieldsOf(t, s)
			for name, value := range saved.JSONData {
				if got, is := read[name]; is && !contains(got, value) {
					t.Errorf("%s is read as %v, want %v", name, got, value)
				}
			}
		})
	}
}

// Every setting is among the saved ones, so that none is renamed or dropped unnoticed. A new one is added to
// testdata/saved-settings.json.
func TestEverySettingIsAmongTheSavedOnes(t *testing.T) {
	ofGrafana := map[string]bool{"tlsSkipVerify": true, "oauthPassThru": true, "httpHeaderName1": true, "keepCookies": true}
	fields, saved := fieldsOf(t, settings{}), map[string]bool{}
	for _, one := range readSavedSettings(t) {
		for name := range one.JSONData {
			saved[name] = true
			if _, is := fields[name]; !is && !ofGrafana[name] {
				t.Errorf("%s: %s saved the setting %s, which is not read any more", one.Commit, one.Place, name)
			}
		}
	}
	for name := range fields {
		if !saved[name] {
			t.Errorf("testdata/saved-settings.json has no example of the setting %s; add one", name)
		}
	}
}

// fieldsOf returns settings by the names of their JSON.
func fieldsOf(t *testing.T, s settings) map[string]any {
	t.Helper()
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]any{}
	if err := json.Unmarshal(raw, &fields); err != nil {
		t.Fatal(err)
	}
	return fields
}

// contains reports whether a JSON value has all that another one has.
func contains(value, part any) bool {
	switch part := part.(type) {
	case []any:
		list, _ := value.([]any)
		return slices.EqualFunc(list, part, contains)
	case map[string]any:
		fields, _ := value.(map[string]any)
		for name, field := range part {
			if !contains(fields[name], field) {
				return false
			}
		}
		return true
	default:
		return value == part
	}
}
