package grafana

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Config says what Grafana is given.
type Config struct {
	// Plugin is the directory of the built plugin, with its dashboards.
	Plugin string
	// Provisioning is the directory of the files by which Grafana is set up.
	Provisioning string
	// Compose is the file for docker compose.
	Compose string
	// StoreURL is the address of the store that the data source asks.
	StoreURL string
	// WebhookURL is where Grafana tells of alerts.
	WebhookURL string
	// Dir is a directory for everything that Grafana writes.
	Dir string
}

const (
	// startTimeout is how long Grafana may take to answer. It sets up a database; with docker an image may be loaded first.
	startTimeout, composeTimeout = 3 * time.Minute, 10 * time.Minute
	// stopTimeout is how long it may take to end.
	stopTimeout = 15 * time.Second
	// pollInterval is the time between two questions whether it answers.
	pollInterval = 250 * time.Millisecond
	// tailLines is how much of the log is shown when it does not start.
	tailLines = 20
)

// Server is a running Grafana. It is to be stopped.
type Server struct {
	url, log string
	cmd      *exec.Cmd
	// ended is closed when the process is gone.
	ended chan struct{}
	// cleanUp are what is done after the end, the last one first.
	cleanUp []func()
}

// Start starts a Grafana and waits until it answers. Its error ends with the tail of the log.
func Start(ctx context.Context, found Found, cfg Config) (*Server, error) {
	port, err := freePort(usualPort)
	if err != nil {
		return nil, err
	}
	s := &Server{url: fmt.Sprintf("http://127.0.0.1:%d", port), log: filepath.Join(cfg.Dir, "grafana.log"), ended: make(chan struct{})}
	if err := os.MkdirAll(cfg.Dir, 0o755); err != nil {
		return nil, err
	}
	timeout := startTimeout
	if found.inDocker() {
		timeout = composeTimeout
		err = s.prepareCompose(ctx, cfg, port)
	} else {
		err = s.prepareProgram(found, cfg, port)
	}
	if err == nil {
		err = s.run()
	}
	if err == nil {
		err = s.wait(ctx, timeout)
	}
	if err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// URL is the address at which this machine reaches Grafana.
func (s *Server) URL() string { return s.url }

// Log is the path of the file that Grafana's log goes to.
func (s *Server) Log() string { return s.log }

// prepareProgram makes the command of a Grafana on this machine.
func (s *Server) prepareProgram(found Found, cfg Config, port int) error {
	if err := installPlugin(cfg); err != nil {
		return err
	}
	args := []string{"server", "--homepath", found.Home}
	if strings.HasPrefix(filepath.Base(found.Executable), "grafana-server") {
		args = args[1:]
	}
	s.cmd = exec.Command(found.Executable, args...)
	s.cmd.Env = environment(cfg, port, os.Environ())
	s.cmd.Dir = found.Home
	return nil
}

// run starts the command with its output in the log.
func (s *Server) run() error {
	log, err := os.Create(s.log)
	if err != nil {
		return err
	}
	defer log.Close() // The process has a handle of its own.
	s.cmd.Stdout, s.cmd.Stderr = log, log
	ownGroup(s.cmd)
	if err := s.cmd.Start(); err != nil {
		return err
	}
	go func() {
		_ = s.cmd.Wait() // How it ended does not matter: it has either been told to, or its log says why.
		close(s.ended)
	}()
	return nil
}

// wait returns when Grafana answers, or fails with what it logged last.
func (s *Server) wait(ctx context.Context, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	for !s.answers(ctx) {
		select {
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.Canceled) {
				return ctx.Err()
			}
			return fmt.Errorf("it did not answer within %s; its log ends with\n%s", timeout, tail(s.log))
		case <-s.ended:
			return fmt.Errorf("it ended; its log ends with\n%s", tail(s.log))
		case <-time.After(pollInterval):
		}
	}
	return nil
}

// answers reports whether Grafana says that it is well.
func (s *Server) answers(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/api/health", nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// Stop ends Grafana with all of its processes, and returns when they are gone. It may be called more than once.
func (s *Server) Stop() {
	if s.cmd != nil && s.cmd.Process != nil {
		endGroup(s.cmd, s.ended)
		s.cmd = nil
	}
	for len(s.cleanUp) > 0 {
		last := len(s.cleanUp) - 1
		s.cleanUp[last]()
		s.cleanUp = s.cleanUp[:last]
	}
}

// tail returns the last lines of a file.
func tail(path string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimRight(string(content), "\n"), "\n")
	return strings.Join(lines[max(len(lines)-tailLines, 0):], "\n")
}
