package process

import (
	"context"
	"errors"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/internal/pluginhost"
)

// nothing is the signal that only asks whether a process is there.
const nothing = syscall.Signal(0)

// startPlugin starts a plugin of the test's own.
func startPlugin(t *testing.T) *pluginhost.Host {
	t.Helper()
	host, err := pluginhost.Start(pluginhost.Config{Executable: executable})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(host.Stop)
	return host
}

// findProcess returns a process by its id.
func findProcess(t *testing.T, pid int) *os.Process {
	t.Helper()
	process, err := os.FindProcess(pid)
	if err != nil {
		t.Fatal(err)
	}
	return process
}

func TestTheProcessIsGoneAfterStop(t *testing.T) {
	host := startPlugin(t)
	process := findProcess(t, host.PID())
	if err := process.Signal(nothing); err != nil {
		t.Fatalf("the plugin does not run: %v", err)
	}
	store, began, _ := hanging(t)
	s := newSource(store, oneValue)
	request := &backend.QueryDataRequest{PluginContext: s.context(t), Queries: []backend.DataQuery{over(10*time.Minute, 12*time.Minute, `{}`).asked()}}
	failed := make(chan error, 1)
	go func() {
		_, err := host.QueryData(context.WithoutCancel(t.Context()), request)
		failed <- err
	}()
	<-began
	host.Stop()
	if err := process.Signal(nothing); !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("the plugin is still there: %v", err)
	}
	if err := <-failed; err == nil {
		t.Error("a query was answered by a plugin that was stopped before the store had answered")
	}
}
