//go:build !unix

package grafana

import "os/exec"

// ownGroup does nothing: there are no groups of processes here.
func ownGroup(*exec.Cmd) {}

// endGroup ends the command. Its plugins notice that it is gone, and end too.
func endGroup(cmd *exec.Cmd, ended <-chan struct{}) {
	_ = cmd.Process.Kill()
	<-ended
}
