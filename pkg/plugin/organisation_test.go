package plugin

import "testing"

func TestOrganisationOfHeaders(t *testing.T) {
	for value, want := range map[string]int64{"1": 1, "23": 23, "0": 0, "-2": 0, "one": 0, "": 0, "99999999999999999999": 0} {
		if got := organisation(map[string]string{"X-Grafana-Org-Id": value}); got != want {
			t.Errorf("%q is the organisation %d, want %d", value, got, want)
		}
	}
	if got := organisation(nil); got != 0 {
		t.Errorf("without headers the organisation is %d", got)
	}
}
