package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/spf13/cobra"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/gate"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// gateFlags say what a gate is asked.
type gateFlags struct {
	sourceFlags
	from, to, candidate, baseline, override string
	wait, json                              bool
	every                                   model.Duration
	markdown                                string
}

// newGate returns the command that asks gates.
func newGate(env *Environment) *cobra.Command {
	var f gateFlags
	cmd := &cobra.Command{
		Use: "gate NAME", Short: "Ask a gate whether a release passes",
		Long: `gate asks a gate of the catalog whether the candidate serves users as well as the baseline, and
whether the requirement of the gate holds. It can be asked as often as you like. The exit code
is 0 for pass, 1 for fail, 2 for inconclusive, and 3 if it could not be asked. With --wait it
asks until the gate passes or fails, or its maxDuration is over.`,
		Example: `  cer gate checkout-canary --from event:deploys --wait --catalog shop.yaml --store http://localhost:9090
  cer gate checkout-canary --from now --wait --candidate v42 --baseline v41 --grafana https://grafana.example --datasource cer
  cer gate checkout-canary --from 2026-03-04T12:00:00Z --json -c shop.yaml --store http://localhost:9090`,
		Args: arguments(1, 1, "the name of one gate"),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd.Context(), env, args[0]) },
	}
	f.bind(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.from, "from", "", "start of the candidate: a time (2026-03-04T12:00:00Z), now, -30m, or event:NAME for the newest run of an event")
	flags.StringVar(&f.to, "to", "", "end of the evaluated time; by default now")
	flags.StringVar(&f.candidate, "candidate", "", "value of the compared dimension, if the gate does not name it")
	flags.StringVar(&f.baseline, "baseline", "", "value of the compared dimension, if the gate does not name it")
	flags.StringVar(&f.override, "override", "", "reason for not checking the requirement of the gate")
	flags.BoolVar(&f.wait, "wait", false, "ask until the gate passes or fails, or runs out of time")
	f.every = model.Duration(15 * time.Second)
	flags.Var(&f.every, "every", "how often to ask with --wait")
	flags.BoolVar(&f.json, "json", false, "print the answer as JSON")
	flags.StringVar(&f.markdown, "markdown", "", "file to add a summary to, such as $GITHUB_STEP_SUMMARY")
	return cmd
}

// run asks a gate once, or until it decides, and prints the answer.
func (f *gateFlags) run(ctx context.Context, env *Environment, name string) error {
	if f.wait && f.to != "" {
		return errors.New("--wait always evaluates up to the current time; remove --to")
	}
	asked, err := f.open(ctx, env)
	if err != nil {
		return err
	}
	defer asked.close()
	answer, err := f.answer(ctx, env, asked, name)
	if err != nil {
		return err
	}
	if f.json {
		err = writeJSON(env.Stdout, answer)
	} else {
		err = writeVerdict(env.Stdout, env.Width, answer)
	}
	if f.markdown != "" {
		err = errors.Join(err, appendTo(f.markdown, answer))
	}
	return cmp.Or(err, codeOf(answer.Verdict))
}

// codeOf returns the code to end with for a verdict; nil for pass.
func codeOf(v cer.Verdict) error {
	switch v {
	case cer.Passes:
		return nil
	case cer.Fails:
		return exitErrors
	default:
		return exitInconclusive
	}
}

// parameters returns those of a question.
func (f *gateFlags) parameters() url.Values {
	values := url.Values{}
	for name, value := range map[string]string{"from": f.from, "to": f.to, "candidate": f.candidate, "baseline": f.baseline, "override": f.override} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return values
}

// maxFailures is how many times in turn a store or a Grafana may not answer while one waits for a verdict.
const maxFailures = 20

// answer asks a gate once, or until it decides. A start that is relative to now, or an event, is that of the first answer for all. What
// refuses the first question will refuse the others, too, and is not asked again.
func (f *gateFlags) answer(ctx context.Context, env *Environment, asked source, name string) (*gate.Answer, error) {
	parameters, answered := f.parameters(), false
	for failures := 0; ; {
		answer, err := asked.verdict(ctx, name, parameters)
		switch {
		case err != nil && (!f.wait || isLasting(err, answered) || ctx.Err() != nil || failures == maxFailures):
			return nil, err
		case err != nil:
			failures++
			fmt.Fprintf(env.Stderr, "%s could not be asked, retrying: %s\n", clockOf(env), err)
		case !f.wait || answer.Verdict != cer.Inconclusive || answer.TimedOut:
			return answer, nil
		default:
			failures, answered = 0, true
			parameters.Set("from", answer.From)
			fmt.Fprintf(env.Stderr, "%s %s\n", clockOf(env), progress(answer))
		}
		env.Sleep(ctx, time.Duration(f.every))
	}
}

// isLasting reports whether there is no use in asking again after an error. Where the gate was answered before, its flags are right, and
// what refuses it now may be starting.
func isLasting(err error, answered bool) bool {
	var invalid *query.Invalid
	var refused refusal
	return errors.As(err, &invalid) || !answered && errors.As(err, &refused)
}

// clockOf prints the time of a line of progress.
func clockOf(env *Environment) string { return env.Now().UTC().Format("15:04:05") }

// progress says in a line what an inconclusive gate lacks.
func progress(a *gate.Answer) string {
	return printable(string(a.Verdict) + ": " + strings.Join(a.Reasons, "; "))
}

// verdictColumns are those of the table of a gate's SLIs.
var verdictColumns = []column{
	{name: "sli", isLabel: true}, {name: "verdict"}, {name: "candidate", unit: "percentunit"}, {name: "baseline", unit: "percentunit"},
	{name: "drop", unit: "percentunit"}, {name: "allowed", unit: "percentunit"}, {name: "events", unit: "none"}, {name: "evidence", unit: "none"}, {name: "left out"},
}

// tableOf returns what is found of the SLIs as rows.
func tableOf(a *gate.Answer) answer {
	all := answer{columns: verdictColumns}
	for _, s := range a.SLIs {
		r := row{"sli": s.Flow + "/" + s.SLI, "verdict": string(s.Verdict), "allowed": s.MaxDrop, "left out": s.LeftOut}
		for name, v := range map[string]*float64{"candidate": s.Candidate, "baseline": s.Baseline, "drop": s.Drop, "events": s.Events, "evidence": s.Evidence} {
			if v != nil {
				r[name] = *v
			}
		}
		all.rows = append(all.rows, r)
	}
	return all
}

// writeVerdict writes a verdict for people.
func writeVerdict(w io.Writer, width int, a *gate.Answer) error {
	fmt.Fprintf(w, "%s: %s\n", a.Gate, strings.ToUpper(string(a.Verdict)))
	for _, reason := range a.Reasons {
		fmt.Fprintf(w, "  %s\n", printable(reason))
	}
	fmt.Fprintf(w, "  from %s to %s%s\n", a.From, a.To, scoresOf(a))
	for _, n := range a.Notices {
		fmt.Fprintf(w, "  note: %s\n", printable(n))
	}
	if len(a.SLIs) == 0 {
		return nil
	}
	table := tableOf(a)
	return table.writeTable(w, width)
}

// scoresOf says how both arms score; "" where that is not known.
func scoresOf(a *gate.Answer) string {
	if a.Score.Candidate == nil || a.Score.Baseline == nil {
		return ""
	}
	return fmt.Sprintf("; score %.5f of %s, %.5f of %s", *a.Score.Candidate, a.Candidate, *a.Score.Baseline, a.Baseline)
}

// appendTo adds a summary in Markdown to a file.
func appendTo(path string, a *gate.Answer) error {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("the summary can't be written: %w", err)
	}
	_, err = io.WriteString(file, markdownOf(a))
	return errors.Join(err, file.Close())
}

// markdownOf returns a summary in Markdown.
func markdownOf(a *gate.Answer) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### Gate %s: %s\n\n", a.Gate, a.Verdict)
	for _, reason := range a.Reasons {
		fmt.Fprintf(&b, "- %s\n", cell(reason))
	}
	fmt.Fprintf(&b, "\nFrom %s to %s%s.\n", a.From, a.To, scoresOf(a))
	if len(a.SLIs) > 0 {
		fmt.Fprintf(&b, "\n| SLI | verdict | %s | %s | drop | allowed | events |\n|---|---|---|---|---|---|---|\n", cell(a.Candidate), cell(a.Baseline))
	}
	for _, s := range a.SLIs {
		verdict := string(s.Verdict)
		if s.LeftOut != "" {
			verdict = "left out: " + s.LeftOut
		}
		fmt.Fprintf(&b, "| %s/%s | %s | %s | %s | %s | %s | %s |\n", s.Flow, s.SLI, cell(verdict), percent(s.Candidate), percent(s.Baseline), percent(s.Drop),
			percent(&s.MaxDrop), whole(s.Events))
	}
	return b.String() + "\n"
}

// cell returns a text that can stand in a cell of a table in Markdown.
func cell(text string) string {
	return strings.NewReplacer("|", "\\|", "<", "&lt;").Replace(printable(text))
}

// percent prints a share in percent; - for none.
func percent(share *float64) string {
	if share == nil {
		return nullText
	}
	return fmt.Sprintf("%.3f%%", *share*100)
}

// whole prints a number of events; - for none.
func whole(v *float64) string {
	if v == nil {
		return nullText
	}
	return fmt.Sprintf("%.0f", math.Round(*v))
}
