package process

import (
	"os"
	"syscall"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/internal/pluginhost"
)

// nothing is the signal that only asks whether a process is there, and errGone the answer that it is not.
const nothing = syscall.Signal(0)

var errGone = os.ErrProcessDone

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
