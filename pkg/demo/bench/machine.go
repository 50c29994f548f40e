package bench

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// machine says where is measured, as far as the machine tells.
func machine() string {
	parts := []string{fmt.Sprintf("%d processors", runtime.NumCPU())}
	if model := lineOf("/proc/cpuinfo", "model name"); model != "" {
		parts[0] += " (" + model + ")"
	}
	var kib float64
	if n, _ := fmt.Sscanf(lineOf("/proc/meminfo", "MemTotal"), "%f kB", &kib); n == 1 {
		parts = append(parts, fmt.Sprintf("%.0f GiB of memory", kib/(1<<20)))
	}
	parts = append(parts, runtime.GOOS+"/"+runtime.GOARCH, runtime.Version())
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		parts = append(parts, "load at the end "+strings.Join(strings.Fields(string(load))[:3], " "))
	}
	return strings.Join(parts, ", ")
}

// lineOf returns what a file says of a name behind a colon; "" where it does not.
func lineOf(file, name string) string {
	content, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(content)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
