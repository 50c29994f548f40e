package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/replay"
)

// calibration is which objectives would have been kept, as JSON.
type calibration struct {
	*replay.Calibration
	Notices []notice `json:"notices"`
}

// comparison is what two catalogs made of a flow, as JSON.
type comparison struct {
	*replay.Comparison
	Notices []notice `json:"notices"`
}

// replayRequest is a question about the last days, as the resources of the data source read it.
type replayRequest struct {
	Flow       string `json:"flow"`
	SLI        string `json:"sli,omitempty"`
	Days       int    `json:"days"`
	Definition string `json:"definition,omitempty"`

	// changed is the catalog that Definition makes, where a store is asked; files or folders, "" for none.
	changed string
}

// replayFlags are those of the commands that look at the last days.
type replayFlags struct {
	sourceFlags
	days int
	json bool
}

// bind adds the flags to a command.
func (f *replayFlags) bind(cmd *cobra.Command, days int) {
	f.sourceFlags.bind(cmd)
	flags := cmd.Flags()
	flags.IntVar(&f.days, "days", days, fmt.Sprintf("number of the last days to look at, up to %d", replay.MaxDays))
	flags.BoolVar(&f.json, "json", false, "print JSON")
}

// replayer returns what replays by the engine, and shows its progress on a terminal.
func (s *storeSource) replayer(env *Environment) *replay.Replayer {
	r := &replay.Replayer{Engine: s.engine, Now: s.now}
	if env.Width > 0 {
		r.Progress = func(done float64) {
			fmt.Fprintf(env.Stderr, "\rreplayed %3.0f%%", 100*done)
			if done == 1 {
				fmt.Fprintln(env.Stderr)
			}
		}
	}
	return r
}

// calibrate tries objectives by the engine.
func (s *storeSource) calibrate(ctx context.Context, env *Environment, asked replayRequest) (calibration, error) {
	found, err := s.replayer(env).Calibrate(ctx, s.catalog, asked.Flow, asked.SLI, asked.Days)
	if err != nil {
		return calibration{}, inFlags(err)
	}
	return calibration{found, noticesOf(found.Notices)}, nil
}

// backtest compares catalogs by the engine.
func (s *storeSource) backtest(ctx context.Context, env *Environment, asked replayRequest) (comparison, error) {
	changed, err := loadCatalog(asked.changed, s.catalog.Name, env.Stdin)
	if err != nil {
		return comparison{}, err
	}
	found, err := s.replayer(env).Backtest(ctx, s.catalog, changed, asked.Flow, asked.Days)
	if err != nil {
		return comparison{}, inFlags(err)
	}
	return comparison{found, noticesOf(found.Notices)}, nil
}

// noticesOf returns notices as they are printed.
func noticesOf(all cer.Annotations) []notice {
	found := []notice{}
	for _, n := range all {
		severity := "info"
		if n.Severity != cer.Info {
			severity = "warning"
		}
		found = append(found, notice{severity, n.String()})
	}
	return found
}

// calibrate tries objectives by the data source's resource.
func (g *grafanaSource) calibrate(ctx context.Context, _ *Environment, asked replayRequest) (answer calibration, err error) {
	if err = g.post(ctx, "calibrate", asked, &answer); err == nil && answer.Calibration == nil {
		err = g.fault(http.StatusOK, "")
	}
	return answer, err
}

// backtest compares catalogs by the data source's resource.
func (g *grafanaSource) backtest(ctx context.Context, env *Environment, asked replayRequest) (answer comparison, err error) {
	read := readDefinitions([]string{asked.changed}, env.Stdin)
	if len(read.unread) > 0 {
		return answer, errors.New(strings.Join(read.unread, "\n"))
	}
	documents := make([]string, len(read.sources))
	for i, s := range read.sources {
		documents[i] = string(s.Content)
	}
	asked.Definition = strings.Join(documents, "\n---\n")
	if err = g.post(ctx, "backtest", asked, &answer); err == nil && answer.Comparison == nil {
		err = g.fault(http.StatusOK, "")
	}
	return answer, err
}

// post asks a resource of the data source with a body of JSON, and decodes its answer.
func (g *grafanaSource) post(ctx context.Context, resource string, body, into any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	status, answer, err := g.send(ctx, http.MethodPost, g.resource(resource), raw)
	if err != nil {
		return err
	}
	if status == http.StatusOK && json.Unmarshal(answer, into) == nil {
		return nil
	}
	var refused struct{ Message string }
	_ = json.Unmarshal(answer, &refused) // Without a message the status says what is wrong.
	if status == http.StatusBadRequest && refused.Message != "" {
		return &query.Invalid{Message: g.clean(refused.Message)}
	}
	return g.fault(status, refused.Message)
}
