package findings

import (
	"strings"
	"testing"
	"time"
)

// TestF15SeriesThatBeginOverZeroAreSaid has failures each of which is the first increment of a series that did not exist before, so
// that no rate sees them.
func TestF15SeriesThatBeginOverZeroAreSaid(t *testing.T) {
	from := noon.Add(-2 * time.Hour)
	born := func(metric string, ago time.Duration, value float64) series {
		return series{metric, noon.Add(-ago), noon, 15 * time.Second, constant(value)}
	}
	ok := series{`m_total{code="200"}`, from, noon, 15 * time.Second, counter(from, 1)}
	failures := []series{ok,
		born(`m_total{code="500",pod="a"}`, 4*time.Minute, 1), born(`m_total{code="500",pod="b"}`, 3*time.Minute, 1), born(`m_total{code="503",pod="a"}`, time.Minute, 1)}
	other := []series{ok, born(`m_total{code="200",path="/new"}`, 3*time.Minute, 7)}
	const plain = `ratio: { bad: 'm_total{code=~"5.."}', total: m_total }`
	for name, test := range map[string]struct {
		fields string
		series []series
		want   string
	}{
		"three first failures": {plain, failures, "3 series of m_total began in the last 5m at a value above 0"},
		"in a whole expression": {`ratio: { bad: 'sum(increase(m_total{code=~"5.."}[__window]))', total: 'sum(increase(m_total[__window]))' }`, failures,
			"3 series of m_total began"},
		"in a window of its own": {`window: 2m, ` + plain, failures, "1 series of m_total began in the last 2m"},
		"of what it selects":     {`ratio: { bad: 'm_total{code="503"}', total: 'm_total{code=~"503|200"}' }`, failures, "1 series of m_total began"},
		"good ones":              {plain, other, "1 series of m_total began"},
		"of another code":        {`ratio: { bad: 'm_total{code="404"}', total: 'm_total{code=~"404|201"}', absent: zero }`, failures, ""},
		"that began at 0":        {plain, []series{ok, {`m_total{code="500"}`, noon.Add(-4 * time.Minute), noon, 15 * time.Second, counter(noon.Add(-4*time.Minute), .1)}}, ""},
		"that came back":         {plain, []series{ok, {`m_total{code="500"}`, from, noon.Add(-14 * time.Minute), 15 * time.Second, constant(3)}, born(`m_total{code="500"}`, 4*time.Minute, 3)}, ""},
		"that began long ago":    {plain, []series{ok, born(`m_total{code="500"}`, 20*time.Minute, 3)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, of(test.fields), nil, test.series...)
			for _, format := range []string{"latest", "table"} {
				answer := tr.ask(`"level": "sli", "format": "`+format+`"`, noon.Add(-time.Hour), noon, time.Minute)
				said := strings.Contains(strings.Join(answer.notices(), "\n"), "began in the last")
				if test.want != "" {
					answer.says(test.want)
				} else if said {
					t.Errorf("%s: nothing began: %q", format, answer.notices())
				}
			}
		})
	}
}

// TestF15NothingIsSaidOfOtherCohorts has a failure in one zone, and asks about the other one.
func TestF15NothingIsSaidOfOtherCohorts(t *testing.T) {
	from := noon.Add(-2 * time.Hour)
	tr := try(t, catalog(`
dimensions: [{ name: zone }]
flows:
  - name: shop
    slis: [{ name: ok, component: availability, ratio: { bad: 'm_total{code="500"}', total: m_total } }]`), nil,
		series{`m_total{code="200",zone="north"}`, from, noon, 15 * time.Second, counter(from, 1)},
		series{`m_total{code="500",zone="south"}`, noon.Add(-2 * time.Minute), noon, 15 * time.Second, constant(1)})
	tr.latest(`"level": "sli"`, noon).says("1 series of m_total began in the last 5m")
	north := tr.latest(`"level": "sli", "where": {"zone": ["north"]}`, noon)
	if strings.Contains(strings.Join(north.notices(), "\n"), "began in the last") {
		t.Errorf("nothing began in the north: %q", north.notices())
	}
}
