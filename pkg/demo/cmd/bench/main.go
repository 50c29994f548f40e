// Command bench measures the built plugin beside what its users would do instead, prints the figures, and writes them
// into docs.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/cer-reliability/cer-datasource/pkg/demo/bench"
	"github.com/cer-reliability/cer-datasource/pkg/internal/pluginhost"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "The benchmark ended:", err)
		os.Exit(1)
	}
}

// run measures as the flags, CER_BENCH_STORE and CER_BENCH_QUICK say. What is measured quickly is not written down, and
// what another store took has a page of its own.
func run(ctx context.Context) error {
	plugin := flag.String("plugin", "dist", "the directory of the built plugin")
	root := flag.String("root", ".", "the directory of the repository")
	flag.Parse()
	cfg := bench.Config{
		Executable: pluginhost.Executable(*plugin), Root: *root,
		Store: os.Getenv("CER_BENCH_STORE"), Quick: os.Getenv("CER_BENCH_QUICK") != "",
		Say: func(format string, args ...any) { fmt.Printf(format+"\n", args...) },
	}
	report, err := bench.Run(ctx, cfg)
	if err != nil {
		return err
	}
	if err := report.Print(os.Stdout); err != nil || cfg.Quick {
		return err
	}
	name := "benchmarks" // Of the page and of its picture, below docs.
	if cfg.Store != "" {
		name = "benchmarks-elsewhere"
	}
	page, picture := name+".md", "img/"+name+".svg"
	docs := filepath.Join(*root, "docs")
	return errors.Join(
		write(filepath.Join(docs, page), func(out io.Writer) error { return report.Markdown(out, picture) }),
		write(filepath.Join(docs, picture), report.Plot),
	)
}

// write writes a file.
func write(path string, content func(io.Writer) error) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(content(file), file.Close())
}
