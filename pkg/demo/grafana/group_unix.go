//go:build unix

package grafana

import (
	"os/exec"
	"syscall"
	"time"
)

// ownGroup makes the command lead a group of processes, so that Ctrl-C in the terminal does not reach it before the
// demo ends it, and its plugins end with it.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// endGroup asks the command's group to end, and ends it where that takes too long.
func endGroup(cmd *exec.Cmd, ended <-chan struct{}) {
	group := -cmd.Process.Pid
	_ = syscall.Kill(group, syscall.SIGTERM)
	select {
	case <-ended:
	case <-time.After(stopTimeout):
	}
	_ = syscall.Kill(group, syscall.SIGKILL) // whoever is left
	<-ended
}
