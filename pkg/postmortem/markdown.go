package postmortem

import (
	"fmt"
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// Markdown returns the report as a document to complete: what is known, what is open, and a table for actions. Texts of the definition
// and the store are escaped.
func (r *Report) Markdown() string {
	d := &document{}
	d.line("# Postmortem: %s, %s", escape(r.Title), minute(r.Onset))
	d.line("This report states what was measured. It is about systems and decisions, not about who is to blame.")
	r.writeSummary(d)
	r.writeTimeline(d)
	r.writeScores(d)
	r.writeCauses(d)
	r.writeAlerts(d)
	r.writeEvents(d)
	r.writeQuestions(d)
	r.writeActions(d)
	r.writeNotes(d)
	return d.text.String()
}

// document collects the lines of a document.
type document struct{ text strings.Builder }

// line writes a paragraph.
func (d *document) line(format string, args ...any) { fmt.Fprintf(&d.text, format+"\n\n", args...) }

// table writes a table. Cells are escaped by the caller.
func (d *document) table(head []string, rows [][]string) {
	fmt.Fprintf(&d.text, "| %s |\n|%s\n", strings.Join(head, " | "), strings.Repeat("---|", len(head)))
	for _, row := range rows {
		fmt.Fprintf(&d.text, "| %s |\n", strings.Join(row, " | "))
	}
	d.text.WriteString("\n")
}

// list writes a list.
func (d *document) list(mark string, items []string) {
	for _, item := range items {
		fmt.Fprintf(&d.text, "- %s%s\n", mark, item)
	}
	d.text.WriteString("\n")
}

// writeSummary writes the numbers of the incident.
func (r *Report) writeSummary(d *document) {
	d.line("## Summary")
	end := minute(r.End)
	if r.Ongoing {
		end = "ongoing at " + end
	}
	began := minute(r.Onset)
	if r.BeganBefore {
		began = "before " + began
	}
	rows := [][]string{
		{"Flow", escape(r.Title) + named(r.Flow, r.Title)}, {"Worst state", r.State}, {"Began", began}, {"Detected", minute(r.Detected)}, {"Ended", end},
		{"Time to detect", secondsText(r.TimeToDetect)}, {"Duration", secondsText(r.TimeToRecover)},
		{"Lowest score", share(r.LowestScore) + of(" (objective %s)", r.Objective)},
		{"Error budget spent", r.atLeast() + share(r.BudgetSpent) + fmt.Sprintf(" of that of %s", r.BudgetWindow) + of("; %s left", r.BudgetLeft)},
	}
	if r.Revenue != nil {
		rows = append(rows, []string{"Revenue lost", r.revenueLost()})
	}
	for _, stated := range [][]string{{"Cohorts", escape(r.Cohorts)}, {"Owner", escape(r.Owner)}, {"Runbook", link(r.Runbook)}} {
		if stated[1] != "" {
			rows = append(rows, stated)
		}
	}
	d.table([]string{"", ""}, rows)
}

// revenueLost prints what the flow lost.
func (r *Report) revenueLost() string {
	if r.Revenue.Lost == nil {
		return unknown
	}
	return fmt.Sprintf("%s%.0f %s", r.atLeast(), *r.Revenue.Lost, escape(r.Revenue.Currency))
}

// atLeast stands before amounts of an incident that began before it was looked at.
func (r *Report) atLeast() string {
	if r.BeganBefore {
		return "at least "
	}
	return ""
}

// named adds the name to a title, where it is another.
func named(name, title string) string {
	if name == title {
		return ""
	}
	return " (" + escape(name) + ")"
}

// of prints a share, if there is one.
func of(format string, v *float64) string {
	if v == nil {
		return ""
	}
	return fmt.Sprintf(format, share(v))
}

// writeTimeline writes what happened when.
func (r *Report) writeTimeline(d *document) {
	d.line("## Timeline")
	rows := make([][]string, len(r.Timeline))
	for i, e := range r.Timeline {
		rows[i] = []string{minute(e.At), escape(e.Text)}
	}
	d.table([]string{"Time", "What happened"}, rows)
	d.line("Add what people did: who responded when, what was tried, and what helped.")
}

// titlesOf are the headings of snapshots.
var titlesOf = map[string]string{before: "Before", lowest: "At the lowest score", after: "After"}

// writeScores writes the scores before, during and after.
func (r *Report) writeScores(d *document) {
	d.line("## Score and SLIs")
	if len(r.Scores) == 0 {
		d.line("There is no telemetry for that time.")
		return
	}
	head, flow := []string{"", "Component"}, []string{"**" + escape(r.Title) + "**", ""}
	for _, s := range r.Scores {
		head = append(head, fmt.Sprintf("%s (%s)", titlesOf[s.When], s.At.Format("15:04")))
		flow = append(flow, share(s.Score))
	}
	rows := [][]string{flow}
	for k, sli := range r.Scores[0].SLIs {
		row := []string{escape(sli.Title), string(sli.Component)}
		for _, s := range r.Scores {
			row = append(row, s.cell(k, sli.SLI))
		}
		rows = append(rows, row)
	}
	d.table(head, rows)
}

// cell prints the score of an SLI, which is likely the k-th, and its value where that is another number.
func (s Snapshot) cell(k int, name string) string {
	for i := range s.SLIs {
		sli := s.SLIs[(i+k)%len(s.SLIs)]
		if sli.SLI != name {
			continue
		}
		if sli.Value == nil || sli.Score == nil || *sli.Value == *sli.Score {
			return share(sli.Score)
		}
		return share(sli.Score) + ", at " + valueText(*sli.Value, sli.Unit)
	}
	return share(nil)
}

// valueText prints the value of an SLI in its unit.
func valueText(v float64, unit string) string {
	switch {
	case unit == string(query.UnitShare):
		return share(&v)
	case unit == string(query.UnitSeconds) && v < 1:
		return fmt.Sprintf("%.3g ms", 1000*v)
	case unit == string(query.UnitSeconds):
		return fmt.Sprintf("%.3g s", v)
	default:
		return fmt.Sprintf("%.4g", v)
	}
}

// leastShare is the smallest share of the loss that is listed.
const leastShare = 0.005

// writeCauses writes the SLIs and cohorts that the loss came from.
func (r *Report) writeCauses(d *document) {
	d.line("## Caused by")
	var rows [][]string
	for _, c := range r.CausedBy {
		if c.Share >= leastShare {
			rows = append(rows, []string{"SLI", escape(c.Name), share(&c.Share), ""})
		}
	}
	for _, c := range r.MostAffected {
		rows = append(rows, []string{"Most affected", escape(c.Name), share(&c.Share), of("%s", c.Events)})
	}
	if len(rows) == 0 {
		d.line("No SLI or cohort stands out.")
		return
	}
	d.table([]string{"", "", "Share of the loss", "Share of the events"}, rows)
}

// writeAlerts writes which policies were on, and when: states and alerts follow from them.
func (r *Report) writeAlerts(d *document) {
	d.line("## Alerts")
	if len(r.Policies) == 0 {
		d.line("It is unknown which policies were active.")
		return
	}
	var rows [][]string
	for _, p := range r.Policies {
		for _, s := range p.Spans {
			to := minute(s.To)
			if s.Ongoing {
				to = "ongoing"
			}
			rows = append(rows, []string{escape(p.Policy), string(p.Severity), minute(s.From), to, annotate.Lasted(s.To.Sub(s.From))})
		}
	}
	d.table([]string{"Policy", "Severity", "On", "Off", "For"}, rows)
	d.line("Alert rules notify after their pending period, and notification policies group alerts.")
}

// writeEvents writes the deployments and other events that addEvents found near the onset.
func (r *Report) writeEvents(d *document) {
	d.line("## Events near the onset")
	if len(r.Events) == 0 {
		d.line("There are none from %s before the onset to the end of the incident, or to a day after the onset.", annotate.Lasted(beforehand))
		return
	}
	var rows [][]string
	for _, e := range r.Events {
		rows = append(rows, []string{minute(e.From), escape(e.Name), escape(e.Kind), escape(e.Text), fromOnset(e.From, r.Onset)})
	}
	d.table([]string{"Time", "Event", "Kind", "Details", ""}, rows)
}

// writeQuestions writes what is open.
func (r *Report) writeQuestions(d *document) {
	d.line("## Open questions")
	items := make([]string, len(r.Questions))
	for i, q := range r.Questions {
		items[i] = escape(q)
	}
	d.list("[ ] ", items)
}

// writeActions writes a table for actions.
func (r *Report) writeActions(d *document) {
	d.line("## Actions")
	d.line("Each is specific, measurable, achievable, relevant and has a date.")
	blank := func(kind string) []string { return []string{kind, "", "", "", ""} }
	d.table([]string{"Kind", "Action", "Owner", "Due", "Measured by"}, [][]string{blank("Prevent"), blank("Detect"), blank("Mitigate"), blank("Weights and SLIs")})
}

// writeNotes writes where the numbers come from.
func (r *Report) writeNotes(d *document) {
	d.line("## About this report")
	d.line("Catalog %s, revision %s, evaluated at %s. Times are UTC. Scores are those of panels, over the catalog's window; the lowest score is that of the incidents table.",
		escape(r.Catalog), escape(r.Revision[:min(len(r.Revision), 12)]), minute(r.EvaluatedAt))
	if len(r.Notices) > 0 {
		items := make([]string, len(r.Notices))
		for i, n := range r.Notices {
			items[i] = escape(n)
		}
		d.list("", items)
	}
}

// minute prints a time to the minute.
func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// link returns an address as a link, and other texts escaped.
func link(text string) string {
	isAddress := strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://")
	if isAddress && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || strings.ContainsRune("<>|\\`", r) }) {
		return "<" + text + ">"
	}
	return escape(text)
}

// special are the characters that have a meaning in Markdown or HTML.
var special = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "|", `\|`, "~", `\~`, "#", `\#`, "!", `\!`)

// escape returns a text on one line that Markdown shows as it is.
func escape(text string) string {
	return special.Replace(strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text))
}
