package fetch

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

func TestS8VictoriaMetricsIsAskedForALookbackThatDoesNotFollowTheStep(t *testing.T) {
	aligned := Leaf{PromQL: "x", Range: series.New(noon, noon.Add(time.Hour), 10*time.Minute)}
	between := Leaf{PromQL: "x", Range: series.New(noon.Add(time.Minute), noon.Add(51*time.Minute), 10*time.Minute)}
	for name, tc := range map[string]struct {
		cfg    Config
		header string
		leaf   Leaf
		// want are the parameters max_lookback and nocache of each request.
		want [][2]string
	}{
		"as the settings say, at an instant":              {Config{VictoriaMetrics: true}, "", atNoon("x"), [][2]string{{"5m", ""}}},
		"as the settings say, over a range":               {Config{VictoriaMetrics: true}, "", aligned, [][2]string{{"5m", ""}}},
		"as the settings say, over a range that is moved": {Config{VictoriaMetrics: true}, "", between, [][2]string{{"5m", "1"}}},
		"as its answers say, which are asked for again":   {Config{}, "vm", between, [][2]string{{"", ""}, {"5m", "1"}}},
		"by GET": {Config{VictoriaMetrics: true, Method: http.MethodGet}, "", aligned, [][2]string{{"5m", ""}}},
		"other parameters of the settings have precedence": {Config{VictoriaMetrics: true, CustomQueryParameters: url.Values{"max_lookback": {"1m"}, "nocache": {"0"}}}, "", between, [][2]string{{"1m", "0"}}},
		"no other store is asked so":                       {Config{}, "", between, [][2]string{{"", ""}}},
	} {
		t.Run(name, func(t *testing.T) {
			var got [][2]string
			server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
				got = append(got, [2]string{r.FormValue("max_lookback"), r.FormValue("nocache")})
				if tc.header != "" {
					w.Header().Set("X-Server-Hostname", tc.header)
				}
				result := `[{"metric":{},"values":[[1772366460,"1"]]}]`
				if tc.leaf.Range != between.Range {
					result = `[{"metric":{},"values":[[1772366400,"1"]]}]`
				}
				serving(http.StatusOK, fitting(r, data("matrix", result)))(w, r)
			})
			tc.cfg.URL = server.URL
			store := newStore(t, tc.cfg)
			if _, err := fetchOne(t, store, tc.leaf); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
			got = nil
			if _, err := fetchOne(t, store, tc.leaf); err != nil || len(got) != 1 || got[0] != tc.want[len(tc.want)-1] {
				t.Errorf("the second time: %v, %v", got, err)
			}
		})
	}
}

func TestS8StoresThatAreToldHowFarToLookBack(t *testing.T) {
	for name, tc := range map[string]struct {
		cfg  Config
		want time.Duration
	}{
		"VictoriaMetrics":                      {Config{VictoriaMetrics: true}, 5 * time.Minute},
		"VictoriaMetrics, as the settings say": {Config{VictoriaMetrics: true, CustomQueryParameters: url.Values{"max_lookback": {"90s"}}}, 90 * time.Second},
		"VictoriaMetrics, in its own way":      {Config{VictoriaMetrics: true, CustomQueryParameters: url.Values{"max_lookback": {"1.5m"}}}, 0},
		"another store":                        {Config{}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			tc.cfg.URL = "http://store"
			if got := newStore(t, tc.cfg).Lookback(); got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
		})
	}
}
