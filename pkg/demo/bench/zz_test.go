package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/internal/pluginhost"
)

func grab(port int, what, file string) {
	r, err := http.Get(fmt.Sprintf("http://localhost:%d/debug/pprof/%s", port, what))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Body.Close()
	f, _ := os.Create(file)
	io.Copy(f, r.Body)
	f.Close()
}

func TestZZ(t *testing.T) {
	ctx := context.Background()
	s, err := openEmbedded(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	z := full
	z.day = 0
	sets := z.telemetry(time.Now())
	if err := s.fill(ctx, time.Now(), sets[1]); err != nil {
		t.Fatal(err)
	}
	_, long := z.catalogs()
	sc, err := executiveDashboard(long, "../../..", z.dashboardSpan)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for i, f := range long.files() {
		os.WriteFile(filepath.Join(folder, fmt.Sprintf("%s%02d.yaml", long.name, i)), []byte(f), 0o600)
	}
	h, err := pluginhost.Start(pluginhost.Config{Executable: pluginhost.Executable("../../../dist"), Env: []string{"GF_PLUGIN_DEFINITIONS_PATH=" + folder, "GF_PLUGIN_PROFILING_ENABLED=true", "GF_PLUGIN_PROFILING_PORT=6077"}})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Stop()
	p := &process{host: h, folder: folder}
	src, err := p.source(ctx, long, s.timed)
	if err != nil {
		t.Fatal(err)
	}
	cpu := func() time.Duration { m, _ := p.metrics(ctx); return m.cpu }
	all := func(what string) {
		q := sc.at(time.Now())
		before, c := time.Now(), cpu()
		var wg sync.WaitGroup
		for _, one := range q.panels {
			wg.Go(func() {
				if _, err := src.ask(ctx, one); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		fmt.Printf("%-20s %v plugin cpu %v\n", what, time.Since(before), cpu()-c)
	}
	each := func(what string) {
		q := sc.at(time.Now())
		for _, one := range q.panels {
			before, c := time.Now(), cpu()
			if _, err := src.ask(ctx, one); err != nil {
				t.Error(err)
			}
			fmt.Printf("%-10s %8.1f ms cpu %6.1f ms  %s\n", what, float64(time.Since(before).Microseconds())/1e3, float64((cpu()-c).Microseconds())/1e3, one.queries[0].json)
		}
	}
	if os.Getenv("COLD") != "" {
		go grab(6077, "profile?seconds=4", "/tmp/zz.cold")
		time.Sleep(200 * time.Millisecond)
	}
	all("cold")
	time.Sleep(2 * time.Second)
	all("refreshed")
	time.Sleep(31 * time.Second)
	each("each")
	all("at once")
	time.Sleep(31 * time.Second)
	done := make(chan bool)
	go func() { grab(6077, "profile?seconds=8", "/tmp/zz.cpu"); done <- true }()
	time.Sleep(100 * time.Millisecond)
	for range 6 {
		all("again")
	}
	<-done
}
