package soak

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/internal/pluginhost"
)

// measurement is what a plugin says that it takes, and what its process does.
type measurement struct {
	goroutines, descriptors             int
	answers, answersPeak, cached        int64
	residentBytes, residentPeak, heapIn int64
}

// measure measures a plugin.
func measure(ctx context.Context, host *pluginhost.Host) (m measurement, err error) {
	text, err := host.CollectMetrics(ctx)
	if err != nil {
		return m, err
	}
	found := map[string]float64{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			found[name], _ = strconv.ParseFloat(value, 64)
		}
	}
	return measurement{
		goroutines: int(found["go_goroutines"]), descriptors: int(found["process_open_fds"]),
		answers: int64(found["grafana_plugin_cer_answer_bytes"]), answersPeak: int64(found["grafana_plugin_cer_answer_bytes_peak"]),
		cached: int64(found["grafana_plugin_cer_cache_bytes"]), heapIn: int64(found["go_memstats_heap_inuse_bytes"]),
		residentBytes: int64(found["process_resident_memory_bytes"]), residentPeak: peakOf(host.PID()),
	}, nil
}

// peakOf returns the most memory that a process had, in bytes; 0 where the system does not say.
func peakOf(pid int) int64 {
	file, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if fields := strings.Fields(lines.Text()); len(fields) > 1 && fields[0] == "VmHWM:" {
			kib, _ := strconv.ParseInt(fields[1], 10, 64)
			return kib << 10
		}
	}
	return 0
}

// check returns an error where the plugin counts more memory than it may.
func (m measurement) check() error {
	if m.answersPeak > memoryLimit {
		return fmt.Errorf("answers took %d bytes, more than %d", m.answersPeak, memoryLimit)
	}
	if m.cached > cacheLimit+cacheLimit/10 { // What is added is evicted a moment later.
		return fmt.Errorf("%d bytes are kept, more than %d", m.cached, cacheLimit)
	}
	return nil
}

// isSettled reports whether nothing is left behind of what was done since before.
func (m measurement) isSettled(before measurement) bool {
	return m.answers == 0 && m.goroutines <= before.goroutines+moreGoroutines && m.descriptors <= before.descriptors+moreDescriptors
}

// String prints the measurement.
func (m measurement) String() string {
	return fmt.Sprintf("%d goroutines, %d descriptors, answers %.1f MiB (at most %.1f), kept %.1f MiB, heap %.0f MiB, process %.0f MiB (at most %.0f)",
		m.goroutines, m.descriptors, mib(m.answers), mib(m.answersPeak), mib(m.cached), mib(m.heapIn), mib(m.residentBytes), mib(m.residentPeak))
}

// mib returns a number of bytes in MiB.
func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }
