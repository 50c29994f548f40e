// Package pluginhost starts the built plugin binary and talks to it as Grafana does: through hashicorp/go-plugin and
// the SDK's gRPC services.
package pluginhost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/grpcplugin"
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
)

// Config says what is started.
type Config struct {
	// Executable is the path of the plugin's binary.
	Executable string
	// Env is added to the few variables that Grafana hands to plugins, as name=value.
	Env []string
	// Log is where the plugin's log goes; nil for nowhere.
	Log io.Writer
}

// Executable is the path of the plugin's binary for this machine in the directory that Grafana loads.
func Executable(dist string) string {
	name := fmt.Sprintf("gpx_cer_%s_%s", runtime.GOOS, runtime.GOARCH)
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(dist, name)
}

// FindExecutable returns the path of the plugin's binary: that of the build which the environment variable CER_PLUGIN_DIST names,
// or else one that is built into dir from the module at root.
func FindExecutable(dir, root string) (string, error) {
	if dist := os.Getenv("CER_PLUGIN_DIST"); dist != "" {
		return Executable(dist), nil
	}
	built, err := filepath.Abs(Executable(dir))
	if err != nil {
		return "", err
	}
	build := exec.Command("go", "build", "-o", built, "./pkg")
	build.Dir = root
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("the plugin can't be built: %w\n%s", err, output)
	}
	return built, nil
}

// startTimeout is how long the plugin may take to serve, on a busy machine.
const startTimeout = 10 * time.Minute

// protocolVersion is that of Grafana's plugin services.
const protocolVersion = 2

// Host is a running plugin. It is safe for concurrent use.
type Host struct {
	client      *plugin.Client
	data        grpcplugin.DataClient
	diagnostics grpcplugin.DiagnosticsClient
	resource    grpcplugin.ResourceClient
}

// Start starts the plugin and waits until it serves. It is to be stopped.
func Start(cfg Config) (*Host, error) {
	log := cfg.Log
	if log == nil {
		log = io.Discard
	}
	command := exec.Command(cfg.Executable)
	command.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.TempDir()}, cfg.Env...)
	client := plugin.NewClient(&plugin.ClientConfig{
		Cmd: command,
		HandshakeConfig: plugin.HandshakeConfig{
			ProtocolVersion: protocolVersion, MagicCookieKey: grpcplugin.MagicCookieKey, MagicCookieValue: grpcplugin.MagicCookieValue,
		},
		VersionedPlugins: map[int]plugin.PluginSet{protocolVersion: {
			"data": &grpcplugin.DataGRPCPlugin{}, "diagnostics": &grpcplugin.DiagnosticsGRPCPlugin{}, "resource": &grpcplugin.ResourceGRPCPlugin{},
		}},
		SkipHostEnv:      true,
		StartTimeout:     startTimeout,
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		Logger:           hclog.New(&hclog.LoggerOptions{Output: log}),
	})
	h := &Host{client: client}
	if err := h.dispense(); err != nil {
		client.Kill()
		return nil, fmt.Errorf("the plugin %s does not start: %w", cfg.Executable, err)
	}
	return h, nil
}

// dispense connects to the plugin's services.
func (h *Host) dispense() error {
	protocol, err := h.client.Client()
	if err != nil {
		return err
	}
	if h.data, err = dispense[grpcplugin.DataClient](protocol, "data"); err != nil {
		return err
	}
	if h.diagnostics, err = dispense[grpcplugin.DiagnosticsClient](protocol, "diagnostics"); err != nil {
		return err
	}
	h.resource, err = dispense[grpcplugin.ResourceClient](protocol, "resource")
	return err
}

// dispense returns the client of one service.
func dispense[T any](protocol plugin.ClientProtocol, name string) (T, error) {
	var none T
	raw, err := protocol.Dispense(name)
	if err != nil {
		return none, err
	}
	service, ok := raw.(T)
	if !ok {
		return none, fmt.Errorf("the service %s is a %T", name, raw)
	}
	return service, nil
}

// Stop ends the plugin's process and waits until it is gone.
func (h *Host) Stop() { h.client.Kill() }

// PID is the plugin's process.
func (h *Host) PID() int {
	if attach := h.client.ReattachConfig(); attach != nil {
		return attach.Pid
	}
	return 0
}

// QueryData asks the plugin the queries of a request.
func (h *Host) QueryData(ctx context.Context, req *backend.QueryDataRequest) (*backend.QueryDataResponse, error) {
	answer, err := h.data.QueryData(ctx, backend.ToProto().QueryDataRequest(req))
	if err != nil {
		return nil, err
	}
	return backend.FromProto().QueryDataResponse(answer)
}

// CheckHealth is Save & test.
func (h *Host) CheckHealth(ctx context.Context, req *backend.CheckHealthRequest) (*backend.CheckHealthResult, error) {
	answer, err := h.diagnostics.CheckHealth(ctx, &pluginv2.CheckHealthRequest{
		PluginContext: backend.ToProto().PluginContext(req.PluginContext), Headers: req.Headers,
	})
	if err != nil {
		return nil, err
	}
	return &backend.CheckHealthResult{
		Status: backend.HealthStatus(answer.Status), Message: answer.Message, JSONDetails: answer.JsonDetails,
	}, nil
}

// CallResource asks for one of the plugin's resources and returns the whole answer.
func (h *Host) CallResource(ctx context.Context, req *backend.CallResourceRequest) (*backend.CallResourceResponse, error) {
	var whole *backend.CallResourceResponse
	err := h.StreamResource(ctx, req, func(part *backend.CallResourceResponse) {
		if whole == nil {
			whole = part
			return
		}
		whole.Body = append(whole.Body, part.Body...)
	})
	if err == nil && whole == nil {
		return nil, errors.New("the plugin answered nothing")
	}
	return whole, err
}

// StreamResource asks for one of the plugin's resources, and calls receive with each part of the answer as it comes.
func (h *Host) StreamResource(ctx context.Context, req *backend.CallResourceRequest, receive func(part *backend.CallResourceResponse)) error {
	stream, err := h.resource.CallResource(ctx, backend.ToProto().CallResourceRequest(req))
	if err != nil {
		return err
	}
	for {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		receive(backend.FromProto().CallResourceResponse(part))
	}
}

// CollectMetrics returns the plugin's metrics in Prometheus' text format.
func (h *Host) CollectMetrics(ctx context.Context) (string, error) {
	answer, err := h.diagnostics.CollectMetrics(ctx, &pluginv2.CollectMetricsRequest{})
	if err != nil {
		return "", err
	}
	return string(answer.GetMetrics().GetPrometheus()), nil
}
