package process

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// stricter is the shop's definition with another objective and another bound of checkout, and other matchers.
var stricter = strings.NewReplacer("objective: 0.99", "objective: 0.995", "under: 500ms", "under: 1s", `job="shop"`, `job=~"shop"`).Replace(shopDefinition)

// stricterThan is what stricter changes.
var stricterThan = []string{`catalog shop: trust [job="shop"] → [job=~"shop"]`, "flow checkout: objective 99% → 99.5%", "SLI checkout/fast: latency.under 500ms → 1s"}

// changesOf returns the texts of the changes of the catalog that a query for events finds.
func changesOf(t *testing.T, frames data.Frames) []string {
	t.Helper()
	found := cells(t, frames[0])
	var texts []string
	for i, tags := range found["tags"] {
		if tags == "Catalog changed,catalog" {
			texts = append(texts, found["text"][i].(string))
		}
	}
	return texts
}

// counted is the line of the metric that counts changes of a kind.
func (s *source) counted(kind string, n int) string {
	return fmt.Sprintf(`grafana_plugin_cer_catalog_changes_total{datasource_uid=%q,kind=%q} %d`, s.uid(), kind, n)
}

func TestG11AChangeInTheSettingsIsLoggedCountedAndShown(t *testing.T) {
	o := operated(t, nil)
	s := newSource(shop.URL(), shopDefinition)
	s.host, s.user = o.host, &backend.User{Login: "ada", Role: "Admin"}
	s.frames(t, minute)
	says(t, strings.Join(o.metrics(t), "\n"), s.counted("objective", 0), s.counted("trust", 0))
	s.save(stricter)
	s.frames(t, minute)
	s.frames(t, minute)
	lines := o.log.lines(t, 1, "Catalog changed")
	if len(lines) != 1 {
		t.Fatalf("the log says %v", lines)
	}
	says(t, lines[0], "[INFO]", "catalog=shop", "oldRevision="+revision(t, shopDefinition), "newRevision="+revision(t, stricter), "count=3", `kinds="objective 1, indicator 1, trust 1"`, "firstUsedBy=ada", "role=Admin",
		"flow checkout: objective 99% → 99.5%", "SLI checkout/fast: latency.under 500ms → 1s")
	says(t, strings.Join(o.metrics(t), "\n"), s.counted("objective", 1), s.counted("trust", 1), s.counted("indicator", 1), s.counted("weight", 0),
		fmt.Sprintf(`grafana_plugin_cer_catalog_last_change_timestamp_seconds{datasource_uid=%q} `, s.uid()))

	for query, want := range map[string][]string{
		`{"format":"events"}`:                      {stricterThan[0], stricterThan[1], stricterThan[2]},
		`{"format":"events","flows":["checkout"]}`: {stricterThan[0], stricterThan[1], stricterThan[2]},
		`{"format":"events","flows":["search"]}`:   {stricterThan[0]},
	} {
		frames := s.frames(t, over(0, 2*time.Minute, query))
		texts := changesOf(t, frames)
		if len(texts) != 1 {
			t.Fatalf("%s finds the changes %q", query, texts)
		}
		says(t, texts[0], want...)
		if strings.Contains(texts[0], "checkout") != (len(want) > 1) {
			t.Errorf("%s finds %s", query, texts[0])
		}
		if at := cells(t, frames[0])["time"][0].(time.Time); !at.Equal(s.updated) {
			t.Errorf("the change is shown at %s, and the settings were saved at %s", at, s.updated)
		}
	}
	hasNotice(t, s.frames(t, over(0, 20*time.Minute, `{"format":"summary"}`)), data.NoticeSeverityInfo, "the catalog changed at "+s.updated.Format("2 Jan 15:04 UTC")+": "+stricterThan[0],
		"All numbers, those before the change too, are computed by the catalog as it is now")
	for _, notice := range s.frames(t, over(10*time.Minute, 20*time.Minute, `{"format":"summary"}`))[0].Meta.Notices {
		if strings.Contains(notice.Text, "the catalog changed") {
			t.Errorf("a range after the change has the notice %s", notice.Text)
		}
	}
}

// Grafana 10.1 sends the organisation of users and of alert rules differently.
func TestG11AChangeThatAnAlertRuleSeesFirst(t *testing.T) {
	o := operated(t, nil)
	s := newSource(shop.URL(), shopDefinition)
	s.host, s.is10_1, s.org = o.host, true, 1
	s.frames(t, minute)
	s.save(stricter)
	s.org, s.headers = 0, map[string]string{"FromAlert": "true", "X-Grafana-Org-Id": "1"}
	s.frames(t, minute)
	lines := o.log.lines(t, 1, "Catalog changed")
	says(t, lines[0], "org=1", "oldRevision="+revision(t, shopDefinition), "newRevision="+revision(t, stricter))
}

func TestG11AChangeInTheFolderIsLoggedWithItsFileAndShown(t *testing.T) {
	o := operated(t, map[string]string{"shop.yaml": shopDefinition, "other.yaml": strings.Replace(shopDefinition, "name: shop", "name: other", 1)})
	s := o.source(t, "shop").as("Viewer")
	s.frames(t, minute)
	began := time.Now()
	o.write(t, "shop.yaml", stricter)
	s.as("Admin").healthThatSays(t, revision(t, stricter)[:12])
	lines := o.log.lines(t, 1, "Catalog changed")
	says(t, lines[0], "flow checkout: objective 99% → 99.5%", "shop.yaml ("+began.UTC().Format("2006-01-02T"))
	if strings.Contains(lines[0], "firstUsedBy") || strings.Contains(lines[0], "other.yaml") {
		t.Errorf("the log says %s", lines[0])
	}
	waitUntil(t, func() string { // It is recorded right after it is used.
		found := s.frames(t, query{refID: "A", json: `{"format":"events"}`, from: began.Add(-time.Minute), to: time.Now().Add(time.Minute), interval: time.Minute})
		if texts := changesOf(t, found); len(texts) != 1 || !strings.Contains(texts[0], stricterThan[1]) {
			return fmt.Sprintf("the changes are %q", texts)
		}
		return ""
	})
}

// Of what an author of a definition writes nothing breaks a line of the log or becomes markup, and money is for those who read the log.
func TestG11ForeignTextInChanges(t *testing.T) {
	o := operated(t, nil)
	s := newSource(shop.URL(), shopDefinition)
	s.host = o.host
	s.frames(t, minute)
	s.save(strings.Replace(shopDefinition, "title: Checkout", `title: "<img src=x onerror=alert(1)> \u202e`+strings.Repeat("x", 150)+`"`, 1))
	s.frames(t, minute)
	s.save(strings.Replace(shopDefinition, "title: Checkout", "title: Checkout\n      revenue: { perHour: 4711, currency: EUR }", 1))
	s.frames(t, minute)
	lines := o.log.lines(t, 2, "Catalog changed")
	if len(lines) != 2 || !strings.Contains(lines[1], "4711") {
		t.Errorf("the log says %v", lines)
	}
	texts := changesOf(t, s.frames(t, over(0, 2*time.Minute, `{"format":"events"}`)))
	if len(texts) != 2 || !strings.Contains(texts[1], "flow checkout: revenue changed") {
		t.Errorf("the changes are %q", texts)
	}
	for _, text := range texts {
		if !utf8.ValidString(text) || strings.ContainsAny(text, "\n\u202e") || strings.Contains(text, "<i") || strings.Contains(text, "4711") || len(text) > 400 {
			t.Errorf("the text is %q", text)
		}
	}
}

func TestG11ThousandsOfChangesAreBounded(t *testing.T) {
	var flows strings.Builder
	flows.WriteString("apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: many }\nspec:\n  flows:\n")
	for i := range 3000 {
		fmt.Fprintf(&flows, "    - { name: flow-%d, weight: 2, slis: [{ name: up, probe: { selector: up } }] }\n", i)
	}
	o := operated(t, map[string]string{"many.yaml": flows.String()})
	s := o.source(t, "many")
	s.ask(t, over(10*time.Minute, 10*time.Minute, `{"format":"events"}`))
	o.write(t, "many.yaml", strings.ReplaceAll(flows.String(), "weight: 2", "weight: 3"))
	s.as("Admin").health(t) // It has the folder scanned.
	line := o.log.lines(t, 1, "Catalog changed")[0]
	says(t, line, "count=3000", "flow flow-19: weight 2 → 3; and 2980 more")
	if len(line) > 4000 {
		t.Errorf("the line has %d bytes", len(line))
	}
	says(t, strings.Join(o.metrics(t), "\n"), s.counted("weight", 3000))
	waitUntil(t, func() string {
		now := time.Now()
		texts := changesOf(t, s.frames(t, query{refID: "A", json: `{"format":"events"}`, from: now.Add(-time.Hour), to: now.Add(time.Minute), interval: time.Minute}))
		if len(texts) != 1 || !strings.HasSuffix(texts[0], "flow flow-9: weight 2 → 3; and 2990 more") || len(texts[0]) > 1000 {
			return fmt.Sprintf("the changes are %q", texts)
		}
		return ""
	})
}

// Saves that are used at the same time are recorded one after the other, each once.
func TestG11ConcurrentSaves(t *testing.T) {
	o := operated(t, nil)
	s := newSource(shop.URL(), shopDefinition)
	s.host = o.host
	s.frames(t, minute)
	var saves sync.WaitGroup
	for i := range 20 {
		saved := *s
		for range i + 1 {
			saved.save(strings.Replace(shopDefinition, "weight: 5", fmt.Sprintf("weight: %d", 10+i), 1))
		}
		saves.Go(func() { saved.ask(t, minute) })
	}
	saves.Wait()
	waitUntil(t, func() string { // Each line goes on where the one before ended.
		lines, used := o.log.linesNow("Catalog changed"), revision(t, shopDefinition)
		for _, line := range lines {
			if !strings.Contains(line, "oldRevision="+used) {
				return fmt.Sprintf("the revision before is not %s in %s", used, line)
			}
			_, rest, _ := strings.Cut(line, "newRevision=")
			used, _, _ = strings.Cut(rest, " ")
		}
		counts := strings.Join(o.metrics(t), "\n")
		if len(lines) == 0 || !slices.Contains(strings.Split(counts, "\n"), s.counted("weight", len(lines))) {
			return fmt.Sprintf("there are %d lines, and the metrics are\n%s", len(lines), counts)
		}
		return ""
	})
}
