package findings

import (
	"testing"
	"time"
)

// The harness itself: what a plain catalog is worth on plain telemetry.
func TestAPlainRatioIsAnswered(t *testing.T) {
	from := noon.Add(-2 * time.Hour)
	tr := try(t, catalog(`
objective: 0.99
budgetWindow: 1h
flows:
  - name: shop
    slis:
      - { name: ok, component: availability, ratio: { bad: 'm_total{code="500"}', total: m_total } }`), nil,
		series{`m_total{code="200"}`, from, noon, 15 * time.Second, counter(from, 9)},
		series{`m_total{code="500"}`, from, noon, 15 * time.Second, counter(from, 1)})
	tr.latest(`"level": "flow"`, noon).is(`flow="shop"`, .9)
	tr.latest(`"level": "flow", "measure": "burn", "window": "30m"`, noon).is(`flow="shop"`, 10)
}
