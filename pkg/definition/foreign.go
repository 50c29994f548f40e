package definition

import (
	"regexp"
	"slices"
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

// tools are the files of other tools, by what stands in them.
var tools = []struct {
	name    string
	written *regexp.Regexp
}{
	{"Sloth", regexp.MustCompile(`(?m)^apiVersion:\s*["']?sloth\.slok\.dev|^version:\s*["']?prometheus/v1|^kind:\s*["']?PrometheusServiceLevel`)},
	{"Pyrra", regexp.MustCompile(`(?m)^apiVersion:\s*["']?pyrra\.dev|^kind:\s*["']?ServiceLevelObjective\b`)},
	{"OpenSLO", regexp.MustCompile(`(?m)^apiVersion:\s*["']?openslo`)},
	{"Prometheus' rules", regexp.MustCompile(`(?m)^groups:|^kind:\s*["']?PrometheusRule`)},
	{"Kubernetes", regexp.MustCompile(`(?m)^kind:\s*["']?ConfigMap`)},
}

// imported are the tools whose files a catalog can be made of.
var imported = []string{"Sloth", "Pyrra", "OpenSLO"}

// toolOf returns the other tool whose file a text looks like; "" where it looks like none.
func toolOf(text string) string {
	if strings.Contains(text, schema.APIVersion) {
		return ""
	}
	for _, tool := range tools {
		if tool.written.MatchString(text) {
			return tool.name
		}
	}
	return ""
}

// refuseForeign refuses a document that looks like another tool's, and reports whether it does.
func (n node) refuseForeign() bool {
	if n.file.tool == "" {
		return false
	}
	instead := "write its content as flows and SLIs of a catalog that starts with apiVersion: " + schema.APIVersion
	if slices.Contains(imported, n.file.tool) {
		instead = "convert it with Import above the editor, or with cer import"
	}
	n.refuse("this looks like a file of %s, not like a catalog; %s", n.file.tool, instead)
	return true
}

// bareSelector matches a selector with braces that stands in YAML without quotes.
var bareSelector = regexp.MustCompile(`(?:^|[:,{]\s*)([a-zA-Z_:][a-zA-Z0-9_:.]*\{[^{}]*(?:=|!=|=~|!~)[^{}]*\})`)

// remedy says what to write instead of a line that is not YAML; "" where nothing comes to mind.
func remedy(line string) string {
	if strings.Contains(line[:len(line)-len(strings.TrimLeft(line, " \t"))], "\t") {
		return "; indent with spaces, not with tabs"
	}
	if at := bareSelector.FindStringSubmatchIndex(withoutQuoted(line)); at != nil {
		return "; quote a selector that contains braces: " + quoted(line[at[2]:at[3]])
	}
	return ""
}

// quotedText matches text in the quotes of PromQL or YAML.
var quotedText = regexp.MustCompile(`"[^"]*"|'[^']*'`)

// withoutQuoted returns a line with what stands in quotes blanked, of the same length.
func withoutQuoted(line string) string {
	return quotedText.ReplaceAllStringFunc(line, func(text string) string { return strings.Repeat("x", len(text)) })
}
