package findings

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/replay"
)

// replayed is an answer of POST /calibrate or POST /backtest.
type replayed struct {
	replay.Calibration
	Saved, Changed *replay.Outcome
	Notices        []struct{ Text string }
	Message        string
	Status         int
}

// post asks a resource for Editors at a time, with a body of JSON.
func (tr *trial) post(now time.Time, path string, body map[string]any) replayed {
	tr.t.Helper()
	clock.Store(&now)
	text, err := json.Marshal(body)
	if err != nil {
		tr.t.Fatal(err)
	}
	var answer replayed
	sender := backend.CallResourceResponseSenderFunc(func(r *backend.CallResourceResponse) error {
		err := json.Unmarshal(r.Body, &answer)
		answer.Status = r.Status
		return err
	})
	err = tr.instance.(backend.CallResourceHandler).CallResource(context.Background(), &backend.CallResourceRequest{
		Path: path, URL: path, Method: "POST", Body: text,
		PluginContext: backend.PluginContext{User: &backend.User{Login: "ann", Role: "Editor"}}}, sender)
	if err != nil {
		tr.t.Fatal(err)
	}
	return answer
}

const calibrated = `
budgetWindow: 30d
flows:
  - name: shop
    objective: 0.997
    slis:
      - { name: success, objective: 0.99, ratio: { bad: 'm_total{code="500"}', total: m_total } }
`

func TestTry(t *testing.T) {
	from := noon.Add(-61 * 24 * time.Hour)
	at := func(before time.Duration) time.Time { return noon.Add(-before) }
	tr := try(t, catalog(calibrated), minutely, outages(from, noon, [2]time.Time{at(300 * time.Hour), at(299 * time.Hour)})...)
	start := time.Now()
	a := tr.post(noon, "calibrate", map[string]any{"flow": "shop"})
	raw, _ := json.MarshalIndent(a, "", " ")
	t.Log(string(raw), time.Since(start))
	start = time.Now()
	a = tr.post(noon, "calibrate", map[string]any{"flow": "shop"})
	t.Log(time.Since(start))
	start = time.Now()
	b := tr.post(noon, "backtest", map[string]any{"flow": "shop", "days": 28})
	raw, _ = json.MarshalIndent(b.Saved, "", " ")
	t.Log(string(raw), b.Message, time.Since(start))
}
