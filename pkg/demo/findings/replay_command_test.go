package findings

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cer-reliability/cer-datasource/pkg/replay"
)

// The command calibrates and backtests as the data source does.
func TestU7TheCommandReplaysAsTheDataSourceDoes(t *testing.T) {
	tr := tryReplays(t, backtested, anHour(20*time.Hour))
	want := tr.replay(noon, "Editor", "calibrate", map[string]any{"flow": "shop", "sli": "success", "days": 2})
	var got replay.Calibration
	if err := json.Unmarshal([]byte(tr.cer(catalog(backtested), noon, "calibrate", "shop/success", "--days", "2", "--json")), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.Calibration, got); diff != "" {
		t.Error(diff)
	}
	printed := tr.cer(catalog(backtested), noon, "calibrate", "shop", "--days", "2")
	for _, words := range []string{
		"0.97 is the tightest of these objectives that leaves at least 30% of its error budget (30.6%) and pages at most once a week: 1 page in 2 days.\n",
		"OBJECTIVE        LEFT  PAGES  TICKETS  FAST-BURN  STEADY-BURN  HALF-SPENT  SLOW-BURN\n",
		"0.95          0.58333      1        0          1            1           0          0\n",
		"0.97          0.30556      1        0          1            1           0          0  recommended, current\n",
	} {
		if !strings.Contains(printed, words) {
			t.Errorf("it does not print %q:\n%s", words, printed)
		}
	}
	changed := filepath.Join(t.TempDir(), "changed.yaml")
	if err := os.WriteFile(changed, []byte(catalog(strings.Replace(backtested, "0.97", "0.8", 1))), 0o600); err != nil {
		t.Fatal(err)
	}
	printed = tr.cer(catalog(backtested), noon, "backtest", "shop", "--changed", changed, "--days", "2")
	for _, words := range []string{
		"CATALOG  PAGES  TICKETS  PAGE MIN  TICKET MIN  OK MIN  UNKNOWN MIN     LEFT\nnow          1        0",
		"\nchanged      1        0",
		"CATALOG  START              END                SEVERITY  POLICIES\nnow      2026-03-03 15:0",
	} {
		if !strings.Contains(printed, words) {
			t.Errorf("it does not print %q:\n%s", words, printed)
		}
	}
}
