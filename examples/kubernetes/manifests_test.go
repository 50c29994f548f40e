package kubernetes

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"gopkg.in/ini.v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/cer-reliability/cer-datasource/pkg/plugin"
)

// pluginDir is where Grafana looks for the plugin.
const pluginDir = "/var/lib/grafana/plugins/" + plugin.ID

// own is the section of Grafana's configuration that is the plugin's.
const own = "plugin." + plugin.ID

// configuration returns grafana.ini, read by the library that Grafana reads it with.
func configuration(t *testing.T, text string) *ini.File {
	t.Helper()
	file, err := ini.Load([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestContainersMayDoNothingButServe(t *testing.T) {
	m := render(t)
	if pod := m.pod(); *pod.AutomountServiceAccountToken || !*pod.SecurityContext.RunAsNonRoot || pod.SecurityContext.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault {
		t.Errorf("the pod has the security context %v", pod.SecurityContext)
	}
	for _, c := range m.containers() {
		s := c.SecurityContext
		if *s.AllowPrivilegeEscalation || !*s.ReadOnlyRootFilesystem || !slices.Equal(s.Capabilities.Drop, []corev1.Capability{"ALL"}) {
			t.Errorf("%s has the security context %v", c.Name, s)
		}
		if memory(c.Resources) == 0 || c.Resources.Requests.Cpu().IsZero() {
			t.Errorf("%s has the resources %v", c.Name, c.Resources)
		}
	}
	if g := m.grafana(t); g.StartupProbe == nil || g.ReadinessProbe == nil || g.LivenessProbe == nil {
		t.Error("Kubernetes can't tell whether Grafana serves")
	}
}

func TestEveryMountHasItsVolumeAndEveryVolumeItsConfigMap(t *testing.T) {
	m := render(t)
	volumes := map[string]bool{}
	for _, v := range m.pod().Volumes {
		volumes[v.Name] = false
		if v.ConfigMap != nil {
			if _, is := m.configMaps[v.ConfigMap.Name]; !is {
				t.Errorf("there is no ConfigMap %s", v.ConfigMap.Name)
			}
		}
	}
	for _, c := range m.containers() {
		for _, mount := range c.VolumeMounts {
			if _, is := volumes[mount.Name]; !is {
				t.Errorf("%s mounts the volume %s, which the pod does not have", c.Name, mount.Name)
			}
			volumes[mount.Name] = true
		}
	}
	for name, used := range volumes {
		if !used {
			t.Errorf("no container mounts the volume %s", name)
		}
	}
	for _, path := range []string{"/var/lib/grafana", "/tmp"} { // which Grafana writes, the latter for the sockets of plugins
		writes := func(mount corev1.VolumeMount) bool { return mount.MountPath == path && !mount.ReadOnly }
		if !slices.ContainsFunc(m.grafana(t).VolumeMounts, writes) {
			t.Errorf("Grafana can't write %s", path)
		}
	}
}

func TestThePluginIsWhereGrafanaLooksAndMayBeLoaded(t *testing.T) {
	m := render(t)
	first := m.pod().InitContainers[0]
	if !strings.HasSuffix(first.Command[2], "cp -r /"+plugin.ID+" /var/lib/grafana/plugins/") || !strings.Contains(string(read(t, "Dockerfile")), "COPY "+plugin.ID+" /"+plugin.ID+"\n") {
		t.Errorf("%s runs %q", first.Name, first.Command)
	}
	config := configuration(t, m.mounted(t, "/etc/grafana/grafana.ini").Data["grafana.ini"])
	if id := config.Section("plugins").Key("allow_loading_unsigned_plugins").String(); id != plugin.ID {
		t.Errorf("%q may be loaded without a signature", id)
	}
}

func TestTheMemoryLimitHoldsWhatThePluginMayTake(t *testing.T) {
	m := render(t)
	section := configuration(t, m.mounted(t, "/etc/grafana/grafana.ini").Data["grafana.ini"]).Section(own)
	const grafana = 1 << 30
	needed := 2*(section.Key("memory_limit").MustInt64()+section.Key("cache_limit").MustInt64()) + grafana
	if limit := memory(m.grafana(t).Resources); limit < needed {
		t.Errorf("the container may take %d bytes, and plugin and Grafana take up to %d", limit, needed)
	}
}

func TestServicesAndThePolicySelectTheReplicas(t *testing.T) {
	m := render(t)
	if n := *m.deployment.Spec.Replicas; n != 2 {
		t.Errorf("there are %d replicas", n)
	}
	labels := m.deployment.Spec.Template.Labels
	selects := map[string]map[string]string{"the policy": m.policy.Spec.PodSelector.MatchLabels, "the deployment": m.deployment.Spec.Selector.MatchLabels}
	for name, s := range m.services {
		selects[name] = s.Spec.Selector
		for _, port := range s.Spec.Ports {
			has := func(p corev1.ContainerPort) bool { return p.Name == port.TargetPort.String() }
			if !slices.ContainsFunc(m.grafana(t).Ports, has) {
				t.Errorf("the service %s leads to the port %s", name, port.TargetPort.String())
			}
		}
	}
	for name, selector := range selects {
		for label, value := range selector {
			if labels[label] != value {
				t.Errorf("%s selects %s=%s, and pods have %v", name, label, value, labels)
			}
		}
	}
}

// Both replicas evaluate every rule; they send one notification where they find each other.
func TestReplicasFindEachOther(t *testing.T) {
	m := render(t)
	alerting := configuration(t, m.mounted(t, "/etc/grafana/grafana.ini").Data["grafana.ini"]).Section("unified_alerting")
	host, port, _ := strings.Cut(alerting.Key("ha_peers").String(), ":")
	service, is := m.services[host]
	if !is || service.Spec.ClusterIP != corev1.ClusterIPNone || alerting.Key("ha_listen_address").String() != "${POD_IP}:"+port || service.Spec.Ports[0].TargetPort.String() != "alerting" {
		t.Errorf("the replicas look for each other at %s:%s", host, port)
	}
	if env := m.grafana(t).Env; len(env) != 1 || env[0].Name != "POD_IP" {
		t.Errorf("the environment is %v", env)
	}
}

func TestThePolicyLetsGrafanaReachTheStore(t *testing.T) {
	m := render(t)
	_, port, _ := strings.Cut(strings.TrimPrefix(theSource(t, m.mounted(t, "/etc/grafana/provisioning/datasources").Data["datasource.yaml"]).URL, "http://"), ":")
	var ports []string
	for _, rule := range m.policy.Spec.Egress {
		for _, p := range rule.Ports {
			ports = append(ports, p.Port.String())
		}
	}
	if !slices.Contains(ports, port) {
		t.Errorf("Grafana reaches the ports %v, and the store has %s", ports, port)
	}
	if len(m.policy.Spec.PolicyTypes) != 2 {
		t.Errorf("the policy is about %v", m.policy.Spec.PolicyTypes)
	}
}

func TestTheSecretIsCreatedFirst(t *testing.T) {
	from, page := render(t).grafana(t).EnvFrom, string(read(t, "README.md"))
	if len(from) != 1 || !strings.Contains(page, "create secret generic "+from[0].SecretRef.Name+" ") {
		t.Errorf("the page does not say how the secrets of %v are made", from)
	}
	for _, name := range []string{"GF_DATABASE_URL", "GF_SECURITY_SECRET_KEY", "GF_SECURITY_ADMIN_PASSWORD"} {
		if !strings.Contains(page, "--from-literal="+name+"=") {
			t.Errorf("the page does not set %s", name)
		}
	}
}

// The version of the plugin stands once in each example, and is the one of this repository.
func TestTheVersionIsThatOfThePlugin(t *testing.T) {
	var about struct{ Version string }
	if err := json.Unmarshal(read(t, "../../package.json"), &about); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"kustomization.yaml", "../helm/values.yaml"} {
		if n := strings.Count(string(read(t, file)), about.Version); n != 1 {
			t.Errorf("%s has the version %s %d times", file, about.Version, n)
		}
	}
	if image := render(t).pod().InitContainers[0].Image; !strings.HasSuffix(image, ":"+about.Version) {
		t.Errorf("the image of the plugin is %s", image)
	}
}
