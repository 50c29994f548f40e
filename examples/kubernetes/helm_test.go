package kubernetes

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/cer-reliability/cer-datasource/pkg/plugin"
)

// values are those of Grafana's chart that the example states. What the chart hands on to Kubernetes has the types of Kubernetes.
type values struct {
	Replicas             int
	ExtraInitContainers  []corev1.Container
	ExtraConfigmapMounts []struct {
		Name, ConfigMap, MountPath string
		ReadOnly                   bool
	}
	EnvFromSecret      string
	HeadlessService    bool
	Configuration      map[string]map[string]any `json:"grafana.ini"`
	Resources          corev1.ResourceRequirements
	Datasources        map[string]json.RawMessage
	DashboardProviders map[string]json.RawMessage
}

// helmValues decodes the values; one that is not among those above is an error.
func helmValues(t *testing.T) values {
	t.Helper()
	return strictly[values](t, read(t, "../helm/values.yaml"))
}

// source returns the data source.
func (v values) source(t *testing.T) dataSource {
	t.Helper()
	return theSource(t, string(v.Datasources["cer.yaml"]))
}

func TestValuesOfTheChartConfigureThePlugin(t *testing.T) {
	v, m := helmValues(t), render(t)
	config := configuration(t, m.mounted(t, "/etc/grafana/grafana.ini").Data["grafana.ini"])
	if allowed := v.Configuration["plugins"]["allow_loading_unsigned_plugins"]; allowed != plugin.ID {
		t.Errorf("%v may be loaded without a signature", allowed)
	}
	for name, value := range v.Configuration[own] {
		if want := config.Section(own).Key(name).String(); value != want {
			t.Errorf("%s is %v, and %q in the manifests", name, value, want)
		}
	}
	is := v.ExtraInitContainers[0]
	if other := m.pod().InitContainers[0]; !slices.Equal(is.Command, other.Command) || is.Image != other.Image || is.VolumeMounts[0].Name != "storage" {
		t.Errorf("the plugin is copied by %v", is)
	}
	if limit := memory(v.Resources); limit != memory(m.grafana(t).Resources) {
		t.Errorf("the memory limit is %d", limit)
	}
	if v.Replicas != 2 || !v.HeadlessService || !strings.HasSuffix(v.Configuration["unified_alerting"]["ha_peers"].(string), "-headless:9094") {
		t.Error("the replicas don't find each other")
	}
}

// The defaults of a newer chart may differ, such as whether plugins can write their sockets.
func TestTheChartIsInstalledInTheVersionThatWasRendered(t *testing.T) {
	page := string(read(t, "../helm/README.md"))
	_, rest, _ := strings.Cut(page, "They are for the chart ")
	version, _, _ := strings.Cut(rest, ",")
	if version == "" || !strings.Contains(page, "helm upgrade --install grafana grafana --repo https://grafana-community.github.io/helm-charts --version "+version+" ") {
		t.Errorf("the values are for the chart %q, and the command installs another one", version)
	}
}

func TestWhatValuesReferToIsCreatedFirst(t *testing.T) {
	v, page := helmValues(t), string(read(t, "../helm/README.md"))
	mounts := map[string]string{}
	for _, mount := range v.ExtraConfigmapMounts {
		mounts[mount.MountPath] = mount.ConfigMap
		if !strings.Contains(page, "create configmap "+mount.ConfigMap+" ") || !mount.ReadOnly {
			t.Errorf("the page does not say how %s is made", mount.ConfigMap)
		}
	}
	if folder, _ := v.Configuration[own]["definitions_path"].(string); mounts[folder] != "cer-catalogs" || mounts["/etc/grafana/provisioning/alerting"] != "cer-alerting" {
		t.Errorf("the ConfigMaps are mounted at %v", mounts)
	}
	if !strings.Contains(page, "create secret generic "+v.EnvFromSecret+" ") {
		t.Errorf("the page does not say how %s is made", v.EnvFromSecret)
	}
}
