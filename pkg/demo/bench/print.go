package bench

import (
	"fmt"
	"io"
	"math"
	"regexp"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

// Print writes the report for a terminal.
func (r *Report) Print(out io.Writer) error {
	fmt.Fprintf(out, "\n%s\n%s\n\n", r.Store, r.Machine)
	for _, t := range r.tables() {
		if err := t.print(out); err != nil {
			return err
		}
		fmt.Fprintln(out)
	}
	return nil
}

// Markdown writes the report as a page, with the picture of its growth beside it.
func (r *Report) Markdown(out io.Writer, picture string) error {
	fmt.Fprintf(out, "# Benchmarks\n\nWritten by `go tool mage bench` on %s, in %s.\n\n", r.Date.Format("2 January 2006"), r.Took.Round(time.Second))
	fmt.Fprintf(out, "%s. %s.\n\n%s\n\n%s\n", r.Store, r.Machine, r.Asked, reading)
	sections := []string{"", "\n" + r.bounds(), ""}
	titles := []string{"The plugin, and what a user would do instead", "By itself", "Growth"}
	for i, t := range r.tables() {
		fmt.Fprintf(out, "\n## %s\n\n%s%s", titles[i], t.markdown(), sections[i])
	}
	fmt.Fprintf(out, "\n![Time, memory and requests of a panel for more and more flows](%s)\n", picture)
	fmt.Fprintf(out, "\n## What the store is asked for the panel, cold\n\n%s", r.plan())
	return nil
}

// bounds says what a profile shows of the two that are hard to reach.
func (r *Report) bounds() string {
	text := "Opening a dashboard cold waits for the store, which has to evaluate the rates of 30 days of buckets, slice by slice. "
	if r.AllCPU > r.PluginCPU {
		text += fmt.Sprintf("Of the %s of processor time that this takes, the plugin uses %s, and the store the rest on all processors: without the plugin it would not be much faster. ",
			inSeconds(r.AllCPU), inSeconds(r.PluginCPU))
	}
	return text + decoding
}

// decoding says where the time for a number goes, by profiles of BenchmarkDecode, of BenchmarkAnswer and of the process.
const decoding = "After that the plugin asks for new steps only.\n\n" +
	"Of the time for each number, 90 ns are for reading it (`BenchmarkDecode`): half of that is `strconv.ParseFloat` on the 17 digits that stores write, since a number that is read must be the one that was written. " +
	"From the store's bytes to the frames it is some 110 ns within a Go program (`BenchmarkAnswer`); the process adds HTTP, gRPC and the collection of garbage.\n"

// reading says how the tables are to be read.
const reading = `The plugin is its built binary, asked over gRPC as Grafana does until the frames are there; what a user would do instead is PromQL that its best user would write, asked until the last byte. Both ask the same store in the same run, by turns, and where both have the same numbers they are compared. Cold is a data source that has never been asked, so that finding out about the store's histograms is part of it; a refresh is one of a data source that keeps what it was told, in real time. Alert rules had been evaluated for ten minutes before those that are called each minute.

Times are medians, with the shortest in parentheses, and processor time is that of the store and of the plugin together. Samples are those that the store says it has read, and requests include those for what it has of histograms. All of a user's expressions are asked at once where panels are.`

// table is rows of cells below a heading.
type table [][]string

// print writes the table in columns.
func (t table) print(out io.Writer) error {
	columns := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, row := range t {
		fmt.Fprintln(columns, strings.Join(row, "\t"))
	}
	return columns.Flush()
}

// markdown is the table in Markdown.
func (t table) markdown() string {
	var out strings.Builder
	for i, row := range t {
		fmt.Fprintf(&out, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			out.WriteString("|" + strings.Repeat("---|", len(row)) + "\n")
		}
	}
	return out.String()
}

// tables are the cases, the sizes and the growth.
func (r *Report) tables() []table {
	cases := table{{"case", "time", "instead", "ratio", "processor time", "instead", "samples", "instead", "ratio", "requests", "instead", "what instead", "to reach", "reached"}}
	for _, c := range r.Cases {
		cases = append(cases, []string{
			c.Name, c.Ours.time(), c.Theirs.time(), times(c.faster()), inSeconds(c.Ours.CPU), inSeconds(c.Theirs.CPU),
			count(c.Ours.Samples), count(c.Theirs.Samples), times(c.fewer()), count(c.Ours.Requests), count(c.Theirs.Requests),
			c.Instead, texts(c.Goals), reached(c.Goals),
		})
	}
	sizes := table{{"what", "measured", "to reach", "reached"}}
	for _, s := range r.Sizes {
		sizes = append(sizes, []string{s.Name, s.Got, texts(s.Goals), reached(s.Goals)})
	}
	growth := table{{"flows", "time", "requests", "of which look for histograms", "samples", "numbers answered", "allocated", "memory at the most", "kept"}}
	for _, g := range r.Growth {
		growth = append(growth, []string{
			fmt.Sprint(g.Flows), inSeconds(g.Seconds), count(g.Requests), count(g.Lookups), count(g.Samples), count(g.Numbers), mebibytes(g.Bytes), mebibytes(g.Peak), mebibytes(g.Cached),
		})
	}
	return []table{cases, sizes, growth}
}

// time prints the median, and the shortest in parentheses.
func (f Figures) time() string {
	return fmt.Sprintf("%s (%s)", inSeconds(f.Seconds), inSeconds(f.Best))
}

// inSeconds prints a number of seconds.
func inSeconds(s float64) string {
	switch {
	case s == 0:
		return "-"
	case s < 0.1:
		return fmt.Sprintf("%.1f ms", s*1e3)
	default:
		return fmt.Sprintf("%.2f s", s)
	}
}

// times prints how many times less was taken.
func times(x float64) string {
	switch {
	case math.IsNaN(x):
		return "-"
	case math.IsInf(x, 0):
		return "none"
	case x < 10:
		return fmt.Sprintf("%.2fx", x)
	default:
		return fmt.Sprintf("%.0fx", x)
	}
}

// count prints a number with three digits.
func count(n float64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.3g G", n/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.3g M", n/1e6)
	case n >= 1e4:
		return fmt.Sprintf("%.3g k", n/1e3)
	default:
		return fmt.Sprintf("%.4g", n)
	}
}

// texts lists goals, and reached says whether each is met.
func texts(goals []Goal) string {
	texts := make([]string, len(goals))
	for i, g := range goals {
		texts[i] = g.Text
	}
	return strings.Join(texts, ", ")
}

func reached(goals []Goal) string {
	texts := make([]string, len(goals))
	for i, g := range goals {
		texts[i] = map[bool]string{true: "yes", false: "no"}[g.Met]
	}
	return strings.Join(texts, ", ")
}

// plan lists the requests to the store, those that differ in the flow alone as one, with what they read.
func (r *Report) plan() string {
	var order []string
	alike := map[string]*asking{}
	for _, a := range r.Plan {
		what := "values of labels, for what the store has of the histograms"
		if a.PromQL != "" {
			what = "`" + strings.ReplaceAll(abbreviated(a.PromQL), "|", `\|`) + "`"
		}
		if alike[what] == nil {
			alike[what] = &asking{}
			order = append(order, what)
		}
		alike[what].add(a)
	}
	t := table{{"requests", "samples", "numbers", "what"}}
	for _, what := range order {
		t = append(t, append(alike[what].counts(), what))
	}
	return t.markdown()
}

// asking is requests that are alike.
type asking struct {
	requests         int
	samples, numbers int64
}

func (a *asking) add(one promstore.Asked) {
	a.requests, a.samples, a.numbers = a.requests+1, a.samples+one.Samples, a.numbers+one.Numbers
}

func (a *asking) counts() []string {
	return []string{fmt.Sprint(a.requests), count(float64(a.samples)), count(float64(a.numbers))}
}

// The names of flows in PromQL, and of all between the first and the last of many.
var (
	several = regexp.MustCompile(`\|[^"]*\|`)
	single  = regexp.MustCompile(`handler="/flow\d+"`)
)

// abbreviated is PromQL without the names of flows.
func abbreviated(promQL string) string {
	return single.ReplaceAllString(several.ReplaceAllString(promQL, "|...|"), `handler="..."`)
}
