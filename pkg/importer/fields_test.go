package importer_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/importer"
)

// The fields of the formats' schemas: Sloth's pkg/prometheus/api/v1 and pkg/kubernetes/api/sloth/v1 (of 4 April 2026), Pyrra's
// kubernetes/api/v1alpha1 (of 3 August 2026) and OpenSLO's v1 (of 3 September 2025). A list adds [], and a field in braces stands for
// each of some.
var schemas = map[string][]string{
	"sloth": {
		"version", "service", "labels", "slo_plugins.{overridePrevious,chain[].id,chain[].config,chain[].priority}",
		"slos[].{name,description,objective,labels}", "slos[].plugins.{overridePrevious,chain[].id,chain[].config,chain[].priority}",
		"slos[].sli.raw.error_ratio_query", "slos[].sli.events.{error_query,total_query}", "slos[].sli.plugin.{id,options}",
		"slos[].alerting.{name,labels,annotations}", "slos[].alerting.page_alert.{disable,labels,annotations}",
		"slos[].alerting.ticket_alert.{disable,labels,annotations}",
	},
	"sloth.slok.dev/v1 PrometheusServiceLevel": {
		"apiVersion", "kind", "metadata.{name,namespace,labels,annotations}", "status",
		"spec.{service,labels}", "spec.sloPlugins.{overridePrevious,chain[].id,chain[].config,chain[].priority}",
		"spec.slos[].{name,description,objective,labels}", "spec.slos[].plugins.{overridePrevious,chain[].id,chain[].config,chain[].priority}",
		"spec.slos[].sli.raw.errorRatioQuery", "spec.slos[].sli.events.{errorQuery,totalQuery}", "spec.slos[].sli.plugin.{id,options}",
		"spec.slos[].alerting.{name,labels,annotations}", "spec.slos[].alerting.pageAlert.{disable,labels,annotations}",
		"spec.slos[].alerting.ticketAlert.{disable,labels,annotations}",
	},
	"pyrra.dev/v1alpha1 ServiceLevelObjective": {
		"apiVersion", "kind", "metadata.{name,namespace,labels,annotations}", "status",
		"spec.{description,target,window,partial_response_strategy,performanceOverAccuracy}",
		"spec.ruleOutput.{shortRulesLabels,longRulesLabels,enableDescriptionAsLabel}",
		"spec.alerting.{disabled,burnrates,absent,name,absentName}", "spec.alerting.severities.{absent,fastBurn,mediumBurn,slowBurn,longTermBurn}",
		"spec.indicator.ratio.{errors.metric,total.metric,grouping}", "spec.indicator.latency.{success.metric,total.metric,grouping}",
		"spec.indicator.latencyNative.{latency,total.metric,grouping}", "spec.indicator.bool_gauge.{metric,grouping}",
	},
	"openslo/v1 SLO": {
		"apiVersion", "kind", "metadata.{name,displayName,labels,annotations}", "spec.{description,service,indicatorRef,budgetingMethod}",
		"spec.indicator.metadata.{name,displayName}", "spec.indicator.spec.{description,thresholdMetric}",
		"spec.indicator.spec.ratioMetric.{counter,good,bad,total,raw,rawType}",
		"spec.timeWindow[].{duration,isRolling,calendar.startTime,calendar.timeZone}",
		"spec.objectives[].{displayName,op,value,target,targetPercent,timeSliceTarget,timeSliceWindow,indicator,indicatorRef,compositeWeight}",
		"spec.alertPolicies[].{alertPolicyRef,kind,metadata.name}",
		"spec.alertPolicies[].spec.{alertWhenBreaching,alertWhenResolved,conditions[].conditionRef,conditions[].kind,conditions[].metadata,conditions[].spec}",
		"spec.alertPolicies[].spec.notificationTargets[].{kind,metadata,spec}",
	},
	"openslo/v1 SLI": {
		"apiVersion", "kind", "metadata.{name,displayName,labels,annotations}", "spec.{description,thresholdMetric.metricSource.spec}",
		"spec.ratioMetric.{good,bad,total}.metricSource.{metricSourceRef,type,spec}", "spec.ratioMetric.counter",
	},
	"openslo/v1 AlertPolicy": {
		"apiVersion", "kind", "metadata.{name,displayName}", "spec.{description,alertWhenNoData,alertWhenResolved,alertWhenBreaching}",
		"spec.conditions[].conditionRef", "spec.notificationTargets[].targetRef",
	},
	"openslo/v1 AlertCondition": {
		"apiVersion", "kind", "metadata.{name,displayName}", "spec.{description,severity}", "spec.condition.{kind,op,threshold,lookbackWindow,alertAfter}",
	},
	"openslo/v1 AlertNotificationTarget": {"apiVersion", "kind", "metadata.{name,displayName,labels,annotations}", "spec.{target,description}"},
	"openslo/v1 DataSource":              {"apiVersion", "kind", "metadata.{name,displayName,labels,annotations}", "spec.{description,type,connectionDetails}"},
	"openslo/v1 Service":                 {"apiVersion", "kind", "metadata.{name,displayName,labels,annotations}", "spec.description"},
}

var braces = regexp.MustCompile(`\{([^{}]*)\}`)

// written returns the paths that a path with braces stands for.
func written(path string) []string {
	at := braces.FindStringSubmatchIndex(path)
	if at == nil {
		return []string{path}
	}
	var all []string
	for one := range strings.SplitSeq(path[at[2]:at[3]], ",") {
		all = append(all, written(path[:at[0]]+one+path[at[1]:])...)
	}
	return all
}

// kindOf returns the schema of a document.
func kindOf(document *yaml.Node) string {
	var head struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string
	}
	if document.Decode(&head) != nil || head.APIVersion == "" {
		return "sloth"
	}
	return head.APIVersion + " " + head.Kind
}

// eachField calls a function with the path of each field in a value.
func eachField(n *yaml.Node, path string, do func(path string, key *yaml.Node)) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			at := strings.TrimPrefix(path+"."+n.Content[i].Value, ".")
			do(at, n.Content[i])
			eachField(n.Content[i+1], at, do)
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			eachField(item, path+"[]", do)
		}
	}
}

// documents returns the documents of a source, as far as they can be read.
func documents(t *testing.T, source definition.Source) []*yaml.Node {
	t.Helper()
	var all []*yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(source.Content))
	for {
		var document yaml.Node
		if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			return nil
		}
		all = append(all, document.Content[0])
	}
}

// TestEveryFieldIsMet has each field of each schema in some file, where it is not taken for an unknown one.
func TestEveryFieldIsMet(t *testing.T) {
	met := map[string]bool{}
	for _, source := range sources(t, "*/*.yaml") {
		unknown := map[[2]int]bool{}
		for _, issue := range importer.Import(importer.Options{}, source).Issues {
			if strings.HasPrefix(issue.Message, "this field is not known") {
				unknown[[2]int{issue.Line, issue.Column}] = true
			}
		}
		for _, document := range documents(t, source) {
			kind := kindOf(document)
			eachField(document, "", func(path string, key *yaml.Node) {
				if !unknown[[2]int{key.Line, key.Column}] {
					met[kind+" "+path] = true
				} else if slices.Contains(allOf(kind), path) {
					t.Errorf("%s:%d: %s is a field of %s, and taken for an unknown one", source.Name, key.Line, path, kind)
				}
			})
		}
	}
	for kind := range schemas {
		for _, path := range allOf(kind) {
			if !met[kind+" "+path] {
				t.Errorf("no file has the field %s of %s", path, kind)
			}
		}
	}
}

// allOf returns the paths of all fields of a schema.
func allOf(kind string) []string {
	var all []string
	for _, path := range schemas[kind] {
		all = append(all, written(path)...)
	}
	return all
}

// TestNothingIsLeftOutSilently adds a field of its own to each mapping of each file: none goes without an issue at its place, or at
// one around it.
func TestNothingIsLeftOutSilently(t *testing.T) {
	for _, source := range sources(t, "*/*.yaml") {
		for _, at := range mappings(t, source) {
			changed, line := withField(t, source, at)
			result := importer.Import(importer.Options{}, changed)
			if strings.Contains(string(result.YAML), "zzz") {
				continue // A label.
			}
			if !slices.ContainsFunc(result.Issues, func(i definition.Issue) bool { return strings.HasSuffix(i.Path, "zzz") || line[i.Line] }) {
				t.Errorf("%s: a field in the mapping %d is left out without a word:\n%s\n%s", source.Name, at, changed.Content, shown(result))
			}
		}
	}
}

// mappings returns the numbers of the mappings of a source.
func mappings(t *testing.T, source definition.Source) []int {
	t.Helper()
	var all []int
	for _, document := range documents(t, source) {
		visit(document, nil, func(*yaml.Node, []*yaml.Node) { all = append(all, len(all)) })
	}
	return all
}

// visit calls a function with each mapping, and what it stands in.
func visit(n *yaml.Node, around []*yaml.Node, do func(*yaml.Node, []*yaml.Node)) {
	if n.Kind == yaml.MappingNode {
		do(n, around)
	}
	for _, child := range n.Content {
		visit(child, append(slices.Clone(around), n), do)
	}
}

// withField returns a source with one more field in a mapping, and the lines of the mappings and lists in which it stands.
func withField(t *testing.T, source definition.Source, number int) (definition.Source, map[int]bool) {
	t.Helper()
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	at := 0
	for _, document := range documents(t, source) {
		visit(document, nil, func(n *yaml.Node, _ []*yaml.Node) {
			if at == number {
				n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: "zzz"}, &yaml.Node{Kind: yaml.ScalarNode, Value: "1"})
			}
			at++
		})
		if err := encoder.Encode(document); err != nil {
			t.Fatal(err)
		}
	}
	changed := definition.Source{Name: source.Name, Content: out.Bytes()}
	lines := map[int]bool{}
	for _, document := range documents(t, changed) {
		visit(document, nil, func(n *yaml.Node, around []*yaml.Node) {
			if len(n.Content) > 1 && n.Content[len(n.Content)-2].Value == "zzz" {
				for _, outer := range append(around, n) {
					lines[outer.Line] = true
				}
			}
		})
	}
	return changed, lines
}

// TestWhateverIsImportedLoads takes parts of files away and puts others in their places.
func TestWhateverIsImportedLoads(t *testing.T) {
	for _, source := range sources(t, "*/*.yaml") {
		lines := strings.SplitAfter(string(source.Content), "\n")
		for i := range lines {
			for name, changed := range map[string][]string{
				"without":  slices.Concat(lines[:i], lines[i+1:]),
				"twice":    slices.Concat(lines[:i+1], lines[i:]),
				"up to":    lines[:i],
				"as list":  slices.Concat(lines[:i], []string{strings.Replace(lines[i], ": ", ": [1, {a: b}] # ", 1)}, lines[i+1:]),
				"as zero":  slices.Concat(lines[:i], []string{regexp.MustCompile(`: [^{\n]*`).ReplaceAllString(lines[i], ": 0")}, lines[i+1:]),
				"as dots":  slices.Concat(lines[:i], []string{strings.ReplaceAll(lines[i], "rate(", "x.y(")}, lines[i+1:]),
				"as empty": slices.Concat(lines[:i], []string{regexp.MustCompile(`: [^{\n]*`).ReplaceAllString(lines[i], ":")}, lines[i+1:]),
			} {
				t.Run(fmt.Sprintf("%s %s line %d", source.Name, name, i+1), func(t *testing.T) {
					_ = loads(t, importer.Import(importer.Options{}, definition.Source{Name: source.Name, Content: []byte(strings.Join(changed, ""))}))
				})
			}
		}
	}
}

func FuzzImport(f *testing.F) {
	for _, source := range sources(f, "*/*.yaml") {
		f.Add(source.Content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		_ = loads(t, importer.Import(importer.Options{}, definition.Source{Name: "x.yaml", Content: content}))
	})
}
