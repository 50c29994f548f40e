package oracle

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

// What has to be reached for each kind, curve, aggregate and policy.
const (
	leastPoints  = 1000
	leastMissing = 0.05
)

// tally counts points. It is safe for concurrent use.
type tally struct {
	mu       sync.Mutex
	counts   map[string]*count
	catalogs int
	// said is how many of the catalogs PromQL can say as a whole.
	said int
}

// count is what was compared of one kind, curve and the like.
type count struct {
	// promQL and raw are the points at which scores were compared with the PromQL's and with those recomputed.
	promQL, raw int
	// missing, idle and none are the points with a member missing, with one idle, and without a score.
	missing, idle, none int
}

// add counts the points of a trial.
func (t *tally) add(tr trial, r recomputed) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.catalogs++
	all := []string{"aggregate " + string(tr.aggregate), "overall scores"}
	if tr.promQLCanSay() {
		t.said++
	}
	for i, v := range r.overall {
		var members []reading
		for k := range tr.flows {
			members = append(members, at(r.readings[k], i)...)
		}
		t.point(all, tr.promQLCanSay(), members, v)
	}
	for k := range tr.flows {
		f := &tr.flows[k]
		for i, v := range r.verdicts[k] {
			readings := at(r.readings[k], i)
			t.point(f.topics(tr.catalog, readings), f.promQLCanSay(), readings, v)
		}
	}
}

// topics names what a point of a flow stands for.
func (f *flow) topics(c *catalog, readings []reading) []string {
	topics := []string{"aggregate " + string(c.aggregate), "flow scores"}
	for j, r := range readings {
		s := &f.slis[j]
		topics = append(topics, "kind "+s.indicator.kind(), "curve "+s.curve.name(), s.indicator.kind()+" with "+s.curve.name())
		switch r.status {
		case isMissing:
			topics = append(topics, "missing "+string(s.missing))
		case isIdle:
			topics = append(topics, "idle "+string(s.idle))
		}
	}
	slices.Sort(topics)
	return slices.Compact(topics)
}

// point counts a point for each of its topics.
func (t *tally) point(topics []string, said bool, members []reading, v verdict) {
	has := func(s status) int {
		return one(slices.ContainsFunc(members, func(r reading) bool { return r.status == s }))
	}
	for _, topic := range topics {
		c := t.counts[topic]
		if c == nil {
			c = &count{}
			t.counts[topic] = c
		}
		c.promQL += one(said)
		c.raw++
		c.missing += has(isMissing)
		c.idle += has(isIdle)
		c.none += one(missing(v.score))
	}
}

// one is 1 for true.
func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// enough reports whether a topic has been compared often enough: with PromQL where that can say it.
func (c *count) enough(topic string) bool {
	points := c.promQL
	if strings.HasSuffix(topic, "logNormal") {
		points = c.raw
	}
	return points >= leastPoints && float64(c.missing) >= leastMissing*float64(c.raw)
}

// report prints the counts, also to the end of the file that CER_TRUTH_REPORT names, and fails where they are too low.
func (t *tally) report(tb testing.TB) {
	tb.Helper()
	var out strings.Builder
	fmt.Fprintf(&out, "%d catalogs, %d of them as one PromQL expression; no point is excluded\n", t.catalogs, t.said)
	fmt.Fprintf(&out, "%-24s %10s %10s %9s %7s %9s\n", "points", "by PromQL", "from raw", "missing", "idle", "no score")
	for _, topic := range topics() {
		c := t.counts[topic]
		if c == nil {
			c = &count{}
		}
		fmt.Fprintf(&out, "%-24s %10d %10d %8.1f%% %6.1f%% %8.1f%%\n", topic, c.promQL, c.raw,
			percent(c.missing, c.raw), percent(c.idle, c.raw), percent(c.none, c.raw))
		if !c.enough(topic) {
			tb.Errorf("%s: %d points with %d where a member is missing are too few", topic, c.raw, c.missing)
		}
	}
	tb.Log(out.String())
	appendReport(tb, out.String())
}

// appendReport adds text to the file that CER_TRUTH_REPORT names, if it does.
func appendReport(tb testing.TB, text string) {
	tb.Helper()
	file := os.Getenv("CER_TRUTH_REPORT")
	if file == "" {
		return
	}
	report, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = report.WriteString(text + "\n")
		err = errors.Join(err, report.Close())
	}
	if err != nil {
		tb.Error(err)
	}
}

func percent(part, all int) float64 { return 100 * float64(part) / float64(max(all, 1)) }

// topics lists what has to be compared.
func topics() []string {
	list := []string{"flow scores", "overall scores"}
	for _, a := range []aggregate{mean, geometric, harmonic, minimum, product, loss} {
		list = append(list, "aggregate "+string(a))
	}
	for _, p := range []policy{ignore, good, bad} {
		list = append(list, "missing "+string(p), "idle "+string(p))
	}
	curves := []string{"identity", "linear", "step", "objective", "logNormal"}
	kinds := []string{"ratio", "latency", "apdex", "probe", "value", "quantile"}
	for _, curve := range curves {
		list = append(list, "curve "+curve)
	}
	for _, kind := range kinds {
		list = append(list, "kind "+kind)
	}
	for _, kind := range kinds {
		for _, curve := range curves {
			senseless := kind == "quantile" && curve == "identity" || (kind == "quantile" || kind == "value") && curve == "objective"
			if !senseless {
				list = append(list, kind+" with "+curve)
			}
		}
	}
	return list
}
