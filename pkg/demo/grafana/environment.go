package grafana

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// pluginID is the folder of the plugin, and its name where Grafana is told that nobody signed it.
const pluginID = "cer-reliability-datasource"

// environment is what a Grafana on this machine is told, as name=value: everything it writes goes beneath one
// directory, it can be reached from this machine only, and it asks nobody on the internet for anything. Whoever reaches
// it is an administrator, so that the demo can be played with without logging in.
func environment(cfg Config, port int, inherited []string) []string {
	env := []string{
		"CER_STORE_URL=" + cfg.StoreURL,
		"CER_ALERT_WEBHOOK=" + cfg.WebhookURL,
		"CER_DASHBOARDS=" + filepath.Join(cfg.Plugin, "dashboards"),
		"GF_PATHS_DATA=" + filepath.Join(cfg.Dir, "data"),
		"GF_PATHS_LOGS=" + filepath.Join(cfg.Dir, "log"),
		"GF_PATHS_PLUGINS=" + pluginsDir(cfg),
		"GF_PATHS_PROVISIONING=" + cfg.Provisioning,
		"GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS=" + pluginID,
		"GF_PLUGINS_PREINSTALL_DISABLED=true",
		"GF_SERVER_PROTOCOL=http",
		"GF_SERVER_HTTP_ADDR=127.0.0.1",
		fmt.Sprintf("GF_SERVER_HTTP_PORT=%d", port),
		"GF_AUTH_ANONYMOUS_ENABLED=true",
		"GF_AUTH_ANONYMOUS_ORG_ROLE=Admin",
		"GF_ANALYTICS_REPORTING_ENABLED=false",
		"GF_ANALYTICS_CHECK_FOR_UPDATES=false",
		"GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES=false",
		"GF_ANALYTICS_FEEDBACK_LINKS_ENABLED=false",
		"GF_NEWS_NEWS_FEED_ENABLED=false",
		"GF_SECURITY_DISABLE_GRAVATAR=true",
		"GF_LOG_MODE=console",
	}
	return append(withoutGrafanas(inherited), env...)
}

// withoutGrafanas leaves out what configures some other Grafana of this machine, such as its database.
func withoutGrafanas(inherited []string) []string {
	var env []string
	for _, variable := range inherited {
		if !strings.HasPrefix(variable, "GF_") {
			env = append(env, variable)
		}
	}
	return env
}

// pluginsDir is where Grafana looks for plugins: a directory with nothing but this one.
func pluginsDir(cfg Config) string { return filepath.Join(cfg.Dir, "plugins") }

// installPlugin copies the built plugin into the directory of plugins.
func installPlugin(cfg Config) error {
	return os.CopyFS(filepath.Join(pluginsDir(cfg), pluginID), os.DirFS(cfg.Plugin))
}

// usualPort is that of Grafana, where nothing else has it.
const usualPort = 3000

// freePort returns a port of the loopback interface that nobody listens on: the wanted one if possible.
func freePort(wanted int) (int, error) {
	for _, port := range []int{wanted, 0} {
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		free := listener.Addr().(*net.TCPAddr).Port
		return free, listener.Close()
	}
	return 0, fmt.Errorf("there is no free port")
}
