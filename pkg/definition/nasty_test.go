package definition_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
)

// nasty returns as many items as 256 KiB of a definition can have between a head and a tail.
func nasty(head, tail string, item func(i int) string) string {
	var out strings.Builder
	out.WriteString("apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: nasty }\n" + head)
	for i := 0; ; i++ {
		one := item(i)
		if out.Len()+len(one)+len(tail) > 256<<10 {
			return out.String() + tail
		}
		out.WriteString(one)
	}
}

// What somebody writes to keep the plugin busy takes seconds and some gigabytes in passing at most.
func TestNastyDefinitionsAreJudgedSoon(t *testing.T) {
	const flow = "spec:\n  flows:\n    - name: a\n      slis:\n"
	tests := map[string]string{
		"a line of nothing but problems": nasty("spec: { flows: [ { name: a, slis: [", "] } ] }", func(i int) string { return fmt.Sprintf("{name: s%d, value: {promql: ')'}},", i) }),
		"a line of quoted problems":      nasty("spec: { flows: [ { name: a, slis: [", "] } ] }", func(i int) string { return fmt.Sprintf(`{name: s%d, value: {promql: "a \x28"}},`, i) }),
		"fields that nobody knows":       nasty("spec:\n", "", func(i int) string { return fmt.Sprintf("  unknown%d: 1\n", i) }),
		"many documents":                 nasty("", "", func(int) string { return "---\napiVersion: cer/v1\nkind: Catalog\n" }),
		"large regular expressions":      nasty("spec:\n  trust:\n", "", func(i int) string { return fmt.Sprintf("    - 'a%d=~\"%s\"'\n", i, "x{999}") }),
		"long chains of operators": nasty(flow, "", func(i int) string {
			return fmt.Sprintf("        - { name: s%d, value: { promql: '%sa' } }\n", i, strings.Repeat("-", 8000))
		}),
		"an alias of a long expression": nasty(flow+"        - { name: s, component: latency, value: &v { promql: '"+strings.Repeat("a+", 990)+strings.Repeat(" ", 5000)+"a' } }\n", "",
			func(i int) string { return fmt.Sprintf("        - { name: s%d, component: latency, value: *v }\n", i) }),
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			_, _ = definition.Load(definition.Source{Content: []byte(text)})
			took := time.Since(began)
			runtime.ReadMemStats(&after)
			if allocated := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 15*time.Second || allocated > 3<<10 {
				t.Errorf("it took %s and %d MiB", took, allocated)
			}
		})
	}
}
