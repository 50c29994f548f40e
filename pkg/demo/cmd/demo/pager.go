package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// pager is whom the demo's Grafana tells of alerts: it keeps what it was told last, for the screen.
type pager struct {
	server   *http.Server
	url      string
	mu       sync.Mutex
	messages []message
}

// message is what Grafana's webhook says of alerts.
type message struct {
	Title   string `json:"title"`
	Message string `json:"message"`
	at      time.Time
}

const (
	// maxMessages is how many messages a pager keeps.
	maxMessages = 5
	// maxMessage is the size of one in bytes.
	maxMessage = 1 << 20
)

// newPager starts a pager, which can be reached from this machine only. It is to be closed.
func newPager() (*pager, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &pager{url: "http://" + listener.Addr().String()}
	p.server = &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = p.server.Serve(listener) }() // It ends in Close.
	return p, nil
}

// ServeHTTP takes a message.
func (p *pager) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxMessage))
	m := message{at: time.Now()}
	if err = errors.Join(err, json.Unmarshal(body, &m)); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.messages = append(p.messages, m)
	p.messages = p.messages[max(0, len(p.messages)-maxMessages):]
}

// String prints the messages, the last one last; "" where there are none.
func (p *pager) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out strings.Builder
	for _, m := range p.messages {
		fmt.Fprintf(&out, "\n%s  Grafana says: %s\n", m.at.Local().Format("15:04:05"), m.Title)
		for line := range strings.Lines(strings.TrimSpace(m.Message) + "\n") {
			fmt.Fprintf(&out, "          %s", line)
		}
	}
	return out.String()
}

// Close ends the pager.
func (p *pager) Close() error { return p.server.Shutdown(context.Background()) }
