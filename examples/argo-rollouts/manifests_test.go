package rollouts

import (
	"encoding/json"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/argoproj/argo-rollouts/pkg/apis/rollouts/v1alpha1"
	"github.com/argoproj/argo-rollouts/utils/evaluate"
	"github.com/sirupsen/logrus"
	"sigs.k8s.io/yaml"
)

// manifest decodes a manifest, and refuses fields that its type does not have.
func manifest[T any](t *testing.T, file string) T {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var decoded T
	if err := yaml.UnmarshalStrict(content, &decoded); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return decoded
}

// templates are the manifests of analyses.
var templates = []string{"analysis-web.yaml", "analysis-job.yaml"}

func TestManifestsHaveTheFieldsOfArgo(t *testing.T) {
	for _, file := range templates {
		template := manifest[v1alpha1.AnalysisTemplate](t, file)
		if template.APIVersion != v1alpha1.SchemeGroupVersion.String() || template.Kind != "AnalysisTemplate" || len(template.Spec.Metrics) != 1 {
			t.Errorf("%s is a %s of %s with %d metrics", file, template.Kind, template.APIVersion, len(template.Spec.Metrics))
		}
	}
	rollout := manifest[v1alpha1.Rollout](t, "rollout.yaml")
	if rollout.APIVersion != v1alpha1.SchemeGroupVersion.String() || rollout.Kind != "Rollout" {
		t.Errorf("rollout.yaml is a %s of %s", rollout.Kind, rollout.APIVersion)
	}
}

func TestAFieldThatArgoDoesNotHaveIsRefused(t *testing.T) {
	content, err := os.ReadFile("analysis-web.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var template v1alpha1.AnalysisTemplate
	if err := yaml.UnmarshalStrict([]byte(strings.Replace(string(content), "inconclusiveLimit", "inconclusiveLimits", 1)), &template); err == nil {
		t.Error("inconclusiveLimits is taken for a field")
	}
}

// TestTheRolloutStatesTheArguments of the analyses, and those use each of them.
func TestTheRolloutStatesTheArguments(t *testing.T) {
	steps := manifest[v1alpha1.Rollout](t, "rollout.yaml").Spec.Strategy.Canary.Steps
	analyses := 0
	for _, file := range templates {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var declared []string
		for _, arg := range manifest[v1alpha1.AnalysisTemplate](t, file).Spec.Args {
			if !strings.Contains(string(content), "{{args."+arg.Name+"}}") {
				t.Errorf("%s does not use its argument %s", file, arg.Name)
			}
			if arg.Value == nil && arg.ValueFrom == nil {
				declared = append(declared, arg.Name)
			}
		}
		for _, step := range steps {
			if step.Analysis == nil {
				continue
			}
			analyses++
			var stated []string
			for _, arg := range step.Analysis.Args {
				stated = append(stated, arg.Name)
			}
			if !slices.Equal(stated, declared) {
				t.Errorf("%s needs %v, and the rollout states %v", file, declared, stated)
			}
		}
	}
	if analyses != 2*len(templates) {
		t.Errorf("the rollout has %d analyses, want 2", analyses/len(templates))
	}
}

func TestTheURLAsksWhatAGateKnows(t *testing.T) {
	web := manifest[v1alpha1.AnalysisTemplate](t, "analysis-web.yaml").Spec.Metrics[0].Provider.Web
	filled := regexp.MustCompile(`\{\{args\.\w+}}`).ReplaceAllString(web.URL, "2026-03-04T12:00:00Z")
	at, err := url.Parse(filled)
	if err != nil || at.Scheme != "https" || !strings.HasPrefix(at.Path, "/api/datasources/uid/cer/resources/gates/") {
		t.Fatalf("the URL is %q (%v)", filled, err)
	}
	for name, values := range at.Query() {
		if !slices.Contains([]string{"from", "candidate", "baseline"}, name) || values[0] != "2026-03-04T12:00:00Z" {
			t.Errorf("the parameter %s is %q", name, values)
		}
	}
}

// TestConditionsReadAnswersOfGates evaluates the conditions by Argo's own code on what gates really answer.
func TestConditionsReadAnswersOfGates(t *testing.T) {
	metric := manifest[v1alpha1.AnalysisTemplate](t, "analysis-web.yaml").Spec.Metrics[0]
	for verdict, want := range map[string]v1alpha1.AnalysisPhase{
		"pass": v1alpha1.AnalysisPhaseSuccessful, "fail": v1alpha1.AnalysisPhaseFailed, "inconclusive": v1alpha1.AnalysisPhaseInconclusive,
	} {
		content, err := os.ReadFile("../answers/" + verdict + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var answer any
		if err := json.Unmarshal(content, &answer); err != nil {
			t.Fatal(err)
		}
		if phase, err := evaluate.EvaluateResult(answer, metric, *logrus.NewEntry(logrus.New())); err != nil || phase != want {
			t.Errorf("%s is %s (%v), want %s", verdict, phase, err, want)
		}
	}
}
