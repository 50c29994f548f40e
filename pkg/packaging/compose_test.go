package packaging_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// compose is docker-compose.yaml.
type compose struct {
	Services map[string]struct {
		Image       string
		Ports       []string
		ExtraHosts  []string `yaml:"extra_hosts"`
		Environment map[string]string
		Volumes     []string
	}
}

func TestDockerComposeRunsAPinnedGrafanaForThisMachineOnly(t *testing.T) {
	grafana := strictly[compose](t, "docker-compose.yaml").Services["grafana"]
	if !regexp.MustCompile(`^grafana/\$\{GRAFANA_IMAGE:-grafana}:\$\{GRAFANA_VERSION:-\d+\.\d+\.\d+}$`).MatchString(grafana.Image) {
		t.Errorf("the image is %q, which is not pinned", grafana.Image)
	}
	for _, port := range grafana.Ports {
		if !strings.HasPrefix(port, "127.0.0.1:") {
			t.Errorf("the port %q can be reached by others, who would be administrators", port)
		}
	}
	if !slices.Contains(grafana.ExtraHosts, "host.docker.internal:host-gateway") || !strings.Contains(grafana.Environment["CER_STORE_URL"], "host.docker.internal") {
		t.Error("the container can't reach a store of this machine")
	}
	if grafana.Environment["GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS"] != pluginID {
		t.Error("Grafana would not load a plugin that nobody signed")
	}
}

func TestDockerComposeMountsWhatThereIs(t *testing.T) {
	grafana := strictly[compose](t, "docker-compose.yaml").Services["grafana"]
	inside := map[string]string{}
	for _, volume := range grafana.Volumes {
		from, to, _ := strings.Cut(volume, ":")
		inside[strings.TrimSuffix(to, ":ro")] = from
		if from == "./dist" { // which the build makes
			continue
		}
		if _, err := os.Stat(filepath.Join(root, from)); err != nil {
			t.Error(err)
		}
	}
	if inside["/var/lib/grafana/plugins/"+pluginID] != "./dist" || inside["/etc/grafana/provisioning"] != "./provisioning" ||
		inside[grafana.Environment["CER_DASHBOARDS"]] != "./dashboards" {
		t.Errorf("what is mounted does not lie where Grafana looks: %v", inside)
	}
}
