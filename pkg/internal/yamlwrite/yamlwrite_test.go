package yamlwrite_test

import (
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/internal/yamlwrite"
)

func TestTextsAreReadAsTheyWere(t *testing.T) {
	for _, text := range []string{"a", "true", "0.5", `a="b"`, "it's # no comment", "- a", "{a: b}", "über 東京", "a\\n", "null", "~", "a: b"} {
		m := yamlwrite.NewMapping().Inline()
		m.Text("field", text)
		written, err := yaml.Marshal(m.Node)
		if err != nil {
			t.Fatal(err)
		}
		var read map[string]any
		if err := yaml.Unmarshal(written, &read); err != nil || read["field"] != text {
			t.Errorf("%q is written as %s and read as %v (%v)", text, written, read["field"], err)
		}
	}
}

func TestADocumentIsACatalog(t *testing.T) {
	spec := yamlwrite.NewMapping()
	spec.Number("objective", 0.1+0.2)
	spec.Text("left", "")
	spec.Add("trust", yamlwrite.List([]string{`job="a"`})).HeadComment = yamlwrite.Comment("one", "", "two\tand\nmore")
	want := "apiVersion: cer/v1\nkind: Catalog\nmetadata: {name: shop}\nspec:\n  objective: 0.3\n  # one\n  # two and more\n  trust: ['job=\"a\"']\n"
	if got := string(yamlwrite.Document("shop", spec.Node)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestDurations(t *testing.T) {
	for want, d := range map[string]time.Duration{"500ms": 500 * time.Millisecond, "1h30m": 90 * time.Minute, "268.435456ms": 268435456} {
		if got := yamlwrite.Duration(d); got != want {
			t.Errorf("%v is written as %s, want %s", d, got, want)
		}
	}
}

func TestNamesThatAreTakenGetANumber(t *testing.T) {
	taken := yamlwrite.Names{}
	long := strings.Repeat("a", 80)
	for _, test := range [][2]string{
		{"checkout", "checkout"}, {"checkout", "checkout-2"}, {"prod/checkout", "prod-checkout"}, {"prod checkout", "prod-checkout-2"},
		{"", "service"}, {"東京", "service-2"}, {"1st", "service-1st"}, {"_a", "service-_a"}, {long, long[:63]}, {long, long[:61] + "-2"},
	} {
		if got := taken.Take(test[0], "service"); got != test[1] {
			t.Errorf("%q becomes %s, want %s", test[0], got, test[1])
		}
	}
}
