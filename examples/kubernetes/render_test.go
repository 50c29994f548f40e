package kubernetes

import (
	"os"
	"slices"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// manifests are what Kustomize makes of the folder.
type manifests struct {
	deployment appsv1.Deployment
	policy     networkingv1.NetworkPolicy
	services   map[string]corev1.Service
	configMaps map[string]corev1.ConfigMap
}

// render runs Kustomize as README.md says, and decodes the results; a field that the type does not have is an error.
func render(t *testing.T) manifests {
	t.Helper()
	options := krusty.MakeDefaultOptions()
	options.LoadRestrictions = types.LoadRestrictionsNone
	resources, err := krusty.MakeKustomizer(options).Run(filesys.MakeFsOnDisk(), ".")
	if err != nil {
		t.Fatal(err)
	}
	all := manifests{services: map[string]corev1.Service{}, configMaps: map[string]corev1.ConfigMap{}}
	for _, resource := range resources.Resources() {
		text, err := resource.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		switch kind, name := resource.GetKind(), resource.GetName(); kind {
		case "Deployment":
			all.deployment = strictly[appsv1.Deployment](t, text)
		case "NetworkPolicy":
			all.policy = strictly[networkingv1.NetworkPolicy](t, text)
		case "Service":
			all.services[name] = strictly[corev1.Service](t, text)
		case "ConfigMap":
			all.configMaps[name] = strictly[corev1.ConfigMap](t, text)
		default:
			t.Errorf("%s is a %s, of which the fields are not checked", name, kind)
		}
	}
	return all
}

// strictly decodes YAML, and refuses fields that the type does not have.
func strictly[T any](t *testing.T, text []byte) T {
	t.Helper()
	var decoded T
	if err := yaml.UnmarshalStrict(text, &decoded); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return decoded
}

// unmarshal decodes YAML or JSON, and ignores fields that the type does not have.
func unmarshal(text []byte, into any) error { return yaml.Unmarshal(text, into) }

// read returns the content of a file.
func read(t *testing.T, file string) []byte {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// pod returns the pod of the deployment.
func (m manifests) pod() corev1.PodSpec { return m.deployment.Spec.Template.Spec }

// containers returns all containers of the pod, those that run before Grafana first.
func (m manifests) containers() []corev1.Container {
	return slices.Concat(m.pod().InitContainers, m.pod().Containers)
}

// grafana returns Grafana's container.
func (m manifests) grafana(t *testing.T) corev1.Container {
	t.Helper()
	if containers := m.pod().Containers; len(containers) != 1 || containers[0].Name != "grafana" {
		t.Fatalf("the containers are %v", containers)
	}
	return m.pod().Containers[0]
}

// memory returns the limit of a container's memory in bytes; 0 where there is none.
func memory(resources corev1.ResourceRequirements) int64 { return resources.Limits.Memory().Value() }

// mounted returns the ConfigMap that Grafana's container has at a path.
func (m manifests) mounted(t *testing.T, path string) corev1.ConfigMap {
	t.Helper()
	for _, mount := range m.grafana(t).VolumeMounts {
		if mount.MountPath != path {
			continue
		}
		for _, volume := range m.pod().Volumes {
			if volume.Name == mount.Name && volume.ConfigMap != nil {
				return m.configMaps[volume.ConfigMap.Name]
			}
		}
	}
	t.Fatalf("no ConfigMap is mounted at %s", path)
	return corev1.ConfigMap{}
}
