package stores

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// startTimeout is how long a store may take to answer, on a busy machine.
const startTimeout = 5 * time.Minute

// process is a running program.
type process struct {
	command *exec.Cmd
	log     *lockedBuffer
	ended   chan struct{}
	stop    func()
}

// start starts a program, which ends with the test, and waits until the URL is answered.
func start(t testing.TB, ready, path string, args ...string) *process {
	t.Helper()
	p := &process{command: exec.Command(path, args...), log: &lockedBuffer{}, ended: make(chan struct{})}
	p.command.Dir, p.command.Env = t.TempDir(), []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.TempDir()}
	p.command.Stdout, p.command.Stderr = p.log, p.log
	if err := p.command.Start(); err != nil {
		t.Fatalf("%s can't be started: %v", path, err)
	}
	go func() {
		defer close(p.ended)
		_ = p.command.Wait() // That it was killed is no error.
	}()
	p.stop = sync.OnceFunc(func() {
		_ = p.command.Process.Kill()
		<-p.ended
	})
	t.Cleanup(p.stop)
	if err := p.waitFor(t.Context(), ready); err != nil {
		t.Fatalf("%s %q: %v\n%s", path, args, err, p.log)
	}
	return p
}

// waitFor waits until a URL is answered with 200, or the program has ended.
func (p *process) waitFor(ctx context.Context, url string) error {
	deadline := time.Now().Add(startTimeout)
	for time.Now().Before(deadline) {
		select {
		case <-p.ended:
			return fmt.Errorf("it has ended: %s", p.command.ProcessState)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
		if isOK(ctx, url) {
			return nil
		}
	}
	return fmt.Errorf("it does not answer at %s", url)
}

// isOK reports whether a URL is answered with 200.
func isOK(ctx context.Context, url string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// freeAddress returns a loopback address on which nothing listens.
func freeAddress(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// lockedBuffer is what a program has printed.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write appends to it.
func (b *lockedBuffer) Write(text []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(text)
}

// String returns all of it.
func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
