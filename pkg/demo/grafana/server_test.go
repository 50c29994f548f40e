package grafana

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// actAs is the variable by which this test's program is told to be a Grafana, or what a Grafana starts.
const actAs = "CER_TEST_ACT_AS"

func TestMain(m *testing.M) {
	switch os.Getenv(actAs) {
	case "grafana":
		serve()
	case "plugin":
		servePlugin()
	case "broken":
		fmt.Println("the database is locked")
		os.Exit(1)
	default:
		os.Exit(m.Run())
	}
}

// serve is a Grafana with one plugin, whose address it answers.
func serve() {
	plugin := exec.Command(os.Args[0])
	plugin.Env = append(os.Environ(), actAs+"=plugin")
	output, err := plugin.StdoutPipe()
	if err != nil {
		panic(err)
	}
	if err := plugin.Start(); err != nil {
		panic(err)
	}
	var address string
	if _, err := fmt.Fscanln(output, &address); err != nil {
		panic(err)
	}
	http.HandleFunc("/api/health", func(http.ResponseWriter, *http.Request) {})
	http.HandleFunc("/plugin", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, address) })
	http.HandleFunc("/arguments", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Join(os.Args[1:], " ")) })
	panic(http.ListenAndServe(os.Getenv("GF_SERVER_HTTP_ADDR")+":"+os.Getenv("GF_SERVER_HTTP_PORT"), nil))
}

// servePlugin listens, says where, and does not mind that it is asked to end.
func servePlugin() {
	signal.Ignore(syscall.SIGTERM)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr())
	time.Sleep(time.Hour) // It is ended before, unless the test is broken.
}

// config has a plugin of one file, and a directory of its own.
func config(t *testing.T) Config {
	t.Helper()
	plugin := t.TempDir()
	if err := os.WriteFile(filepath.Join(plugin, "gpx_cer"), []byte("ELF"), 0o755); err != nil {
		t.Fatal(err)
	}
	return Config{Plugin: plugin, Provisioning: "/repo/provisioning", StoreURL: "http://127.0.0.1:9090", WebhookURL: "http://127.0.0.1:9095", Dir: filepath.Join(t.TempDir(), "grafana")}
}

// itself is this test's program as a Grafana.
func itself(t *testing.T, as string) Found {
	t.Helper()
	t.Setenv(actAs, as)
	executable, err := filepath.Abs(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	return Found{Executable: executable, Home: t.TempDir()}
}

// get returns what an address answers.
func get(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer strings.Builder
	if err := response.Write(&answer); err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(answer.String(), "\r\n\r\n")
	return body
}

func TestGrafanaStartsAndEndsWithAllOfItsProcesses(t *testing.T) {
	cfg := config(t)
	found := itself(t, "grafana")
	s, err := Start(t.Context(), found, cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	if got, want := get(t, s.URL()+"/arguments"), "server --homepath "+found.Home; got != want {
		t.Errorf("it was started with %q, want %q", got, want)
	}
	info, err := os.Stat(filepath.Join(cfg.Dir, "plugins", "cer-reliability-datasource", "gpx_cer"))
	if err != nil || info.Mode().Perm()&0o111 == 0 {
		t.Errorf("the plugin's binary can't be executed: %v", err)
	}
	plugin := get(t, s.URL()+"/plugin")
	s.Stop()
	s.Stop() // It may be called again.
	if response, err := http.Get(s.URL() + "/api/health"); err == nil {
		response.Body.Close()
		t.Error("it still answers")
	}
	for deadline := time.Now().Add(10 * time.Minute); listens(plugin); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("what it started is still there")
		}
	}
}

// listens reports whether somebody listens at an address.
func listens(address string) bool {
	connection, err := net.Dial("tcp", address)
	if err != nil {
		return false
	}
	connection.Close()
	return true
}

func TestAGrafanaThatDoesNotStartShowsItsLog(t *testing.T) {
	_, err := Start(t.Context(), itself(t, "broken"), config(t))
	if err == nil || !strings.Contains(err.Error(), "the database is locked") {
		t.Errorf("the error is %v", err)
	}
}

func TestTheEnvironmentKeepsGrafanaToItself(t *testing.T) {
	cfg := config(t)
	env := environment(cfg, 3001, []string{"PATH=/bin", "GF_DATABASE_URL=mysql://production"})
	for _, want := range []string{
		"PATH=/bin", "CER_STORE_URL=http://127.0.0.1:9090", "CER_ALERT_WEBHOOK=http://127.0.0.1:9095",
		"CER_DASHBOARDS=" + filepath.Join(cfg.Plugin, "dashboards"),
		"GF_SERVER_HTTP_ADDR=127.0.0.1", "GF_SERVER_HTTP_PORT=3001", "GF_PATHS_DATA=" + filepath.Join(cfg.Dir, "data"),
		"GF_PATHS_PROVISIONING=/repo/provisioning", "GF_ANALYTICS_REPORTING_ENABLED=false",
	} {
		if !slices.Contains(env, want) {
			t.Errorf("the environment lacks %s", want)
		}
	}
	if slices.Contains(env, "GF_DATABASE_URL=mysql://production") {
		t.Error("the demo's Grafana would use the database of another")
	}
}

func TestAPortInUseIsLeftAlone(t *testing.T) {
	var got, taken int
	for range 10 { // Another process may take the port between two calls.
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		taken = listener.Addr().(*net.TCPAddr).Port
		if got, err := freePort(taken); err != nil || got == taken || got == 0 {
			t.Errorf("the free port is %d (%v), and %d is taken", got, err, taken)
		}
		listener.Close()
		if got, err = freePort(taken); err != nil {
			t.Fatal(err)
		}
		if got == taken {
			return
		}
	}
	t.Errorf("the free port is %d, want %d", got, taken)
}

func TestARelayHandsOn(t *testing.T) {
	store, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	go http.Serve(store, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "up") })) //nolint:errcheck // It ends with its listener.
	bridge, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer bridge.Close()
	go relay(bridge, store.Addr().String())
	if got := get(t, "http://"+bridge.Addr().String()); got != "up" {
		t.Errorf("the store answers %q through the relay", got)
	}
}

func TestTheTailOfALog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, []byte(strings.Repeat("line\n", 30)+"the end\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := tail(path); strings.Count(got, "\n") != tailLines-1 || !strings.HasSuffix(got, "the end") {
		t.Errorf("the tail is %q", got)
	}
}
