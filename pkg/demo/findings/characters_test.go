package findings

import (
	"strings"
	"testing"
	"time"
)

// Values of filters are any text, and the PromQL with them parses.
func TestA15ValuesOfFiltersMayHoldAnyCharacter(t *testing.T) {
	from := noon.Add(-time.Hour)
	definition := catalog(`
dimensions: [{ name: zone, label: zone }]
flows:
  - name: shop
    slis: [{ name: ok, component: availability, ratio: { bad: 'r_total{code="500"}', total: r_total } }]`)
	for name, value := range map[string]string{
		"the replacement character":   "a\uFFFDb",
		"several of them":             "\uFFFD\uFFFD",
		"one beside a regexp's signs": "\uFFFD.*|(",
		"quotes and backslashes":      `a"b\c'd` + "`",
		"a line feed":                 "a\nb",
		"a character above 65535":     "\U0001F600",
		"a byte order mark":           "\uFEFFa",
	} {
		t.Run(name, func(t *testing.T) {
			quoted := strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(value, `\`, `\\`), `"`, `\"`), "\n", `\n`)
			tr := try(t, definition, nil,
				series{`r_total{code="200",zone="` + strings.ReplaceAll(quoted, "\uFFFD", `\ufffd`) + `"}`, from, noon, 30 * time.Second, counter(from, 3)},
				series{`r_total{code="500",zone="` + strings.ReplaceAll(quoted, "\uFFFD", `\ufffd`) + `"}`, from, noon, 30 * time.Second, counter(from, 1)},
				series{`r_total{code="500",zone="other"}`, from, noon, 30 * time.Second, counter(from, 1)})
			for _, where := range []string{`{"zone": ["` + quoted + `"]}`, `{"zone": ["` + quoted + `", "no\ufffd"]}`} {
				tr.latest(`"where": `+where, noon).is("", .75)
				tr.latest(`"level": "sli", "measure": "traffic", "where": `+where, noon).isNear(`component="availability",flow="shop",sli="ok"`, 4, 1e-6)
			}
		})
	}
	t.Run("bytes that are no text", func(t *testing.T) {
		tr := try(t, definition, nil, series{`r_total{zone="x"}`, from, noon, 30 * time.Second, counter(from, 3)})
		if a := tr.latest("\"where\": {\"zone\": [\"\xff\xfe\"]}", noon); a.Error != nil {
			t.Errorf("it fails: %v", a.Error)
		}
	})
}
