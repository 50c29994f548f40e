package grafana

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// project is what docker compose calls the demo's containers.
const project = "cer-demo"

// hostName is what a container calls the machine it runs on; docker-compose.yaml sees to it on Linux.
const hostName = "host.docker.internal"

// prepareCompose makes the command that runs Grafana in docker, and lets its container reach the store.
func (s *Server) prepareCompose(ctx context.Context, cfg Config, port int) error {
	binary := "gpx_cer_linux_" + runtime.GOARCH
	if _, err := os.Stat(filepath.Join(cfg.Plugin, binary)); err != nil {
		return fmt.Errorf("its container needs %s; `go tool mage buildAll` makes it", binary)
	}
	for _, address := range []*string{&cfg.StoreURL, &cfg.WebhookURL} {
		inDocker, err := s.urlInDocker(ctx, *address)
		if err != nil {
			return err
		}
		*address = inDocker
	}
	s.cmd = compose(cfg, port, "up", "--no-color")
	s.cleanUp = append(s.cleanUp, func() {
		_ = compose(cfg, port, "down", "--volumes", "--timeout", "5").Run() // as far as there is something
	})
	return nil
}

// compose is a command of docker compose about the demo's Grafana. The addresses are those that a container reaches.
func compose(cfg Config, port int, args ...string) *exec.Cmd {
	cmd := exec.Command("docker", append([]string{"compose", "--file", cfg.Compose, "--project-name", project}, args...)...)
	cmd.Env = append(os.Environ(), "CER_STORE_URL="+cfg.StoreURL, "CER_ALERT_WEBHOOK="+cfg.WebhookURL, fmt.Sprintf("CER_GRAFANA_PORT=%d", port))
	return cmd
}

// urlInDocker returns the address at which a container reaches what listens on this machine's loopback interface. On
// Linux that interface is none of the container's business, so that a relay listens at docker's bridge; Docker Desktop
// has no such bridge, and reaches loopback by itself.
func (s *Server) urlInDocker(ctx context.Context, address string) (string, error) {
	parsed, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	port := parsed.Port()
	if gateway := bridge(ctx); gateway != "" {
		if listener, err := net.Listen("tcp", net.JoinHostPort(gateway, "0")); err == nil {
			s.cleanUp = append(s.cleanUp, func() { listener.Close() })
			go relay(listener, parsed.Host)
			_, port, _ = net.SplitHostPort(listener.Addr().String())
		}
	}
	parsed.Host = net.JoinHostPort(hostName, port)
	return parsed.String(), nil
}

// bridge returns the address at which containers reach this machine; "" where nobody knows.
func bridge(ctx context.Context) string {
	output, err := exec.CommandContext(ctx, "docker", "network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Gateway}}").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(output))
}

// relay hands every connection on to an address, until the listener is closed.
func relay(listener net.Listener, to string) {
	for {
		from, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer from.Close()
			target, err := net.Dial("tcp", to)
			if err != nil {
				return
			}
			defer target.Close()
			go func() {
				_, _ = io.Copy(target, from) // It ends when either side closes.
				target.Close()
			}()
			_, _ = io.Copy(from, target)
		}()
	}
}
