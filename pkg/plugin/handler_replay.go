package plugin

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/frame"
	"github.com/cer-reliability/cer-datasource/pkg/replay"
)

const (
	// replayTimeout is how long a calibration or a backtest may take.
	replayTimeout = time.Minute
	// maxReplays is how many of them a data source computes at the same time, since each costs as much as several dashboards.
	maxReplays = 2
	// backtestDays is how many days a backtest replays that does not say.
	backtestDays = 7
)

// replayRequest is the body of POST /calibrate and POST /backtest.
type replayRequest struct {
	Flow string `json:"flow"`
	// SLI is that which is calibrated; "" for the flow.
	SLI string `json:"sli"`
	// Definition is calibrated instead of the catalog, or compared with it; "" for none.
	Definition string `json:"definition"`
	// Days is how many of the last days are replayed; 0 for the usual number.
	Days int `json:"days"`
	// Progress asks for lines of JSON with the progress before the answer.
	Progress bool `json:"progress"`
}

// calibrateAnswer is the answer of POST /calibrate.
type calibrateAnswer struct {
	*replay.Calibration
	// Issues are the warnings on the definition that was sent.
	Issues  []issue       `json:"issues"`
	Notices []data.Notice `json:"notices"`
}

// backtestAnswer is the answer of POST /backtest.
type backtestAnswer struct {
	*replay.Comparison
	// Issues are the warnings on the definition that was sent.
	Issues  []issue       `json:"issues"`
	Notices []data.Notice `json:"notices"`
}

// postCalibrate answers POST /calibrate: which objectives a flow, or an SLI, would have kept. Nothing is saved.
func (d *snapshot) postCalibrate(r *http.Request) (any, error) {
	asked, sent, err := d.readReplay(r)
	if err != nil {
		return nil, err
	}
	if sent.catalog == nil {
		if err := d.ready(); err != nil {
			return nil, err
		}
		sent.catalog = d.catalog
	}
	return d.replay(r, asked.Progress, func(ctx context.Context, by *replay.Replayer) (any, error) {
		answer, err := by.Calibrate(ctx, sent.catalog, asked.Flow, asked.SLI, cmp.Or(asked.Days, replay.MaxDays))
		if err != nil {
			return nil, err
		}
		return calibrateAnswer{answer, issuesOf(sent.issues), frame.Notices(answer.Notices)}, nil
	})
}

// postBacktest answers POST /backtest: what a definition would have made of the last days beside the catalog. Nothing is saved.
func (d *snapshot) postBacktest(r *http.Request) (any, error) {
	asked, sent, err := d.readReplay(r)
	if err != nil {
		return nil, err
	}
	return d.replay(r, asked.Progress, func(ctx context.Context, by *replay.Replayer) (any, error) {
		answer, err := by.Backtest(ctx, d.catalog, sent.catalog, asked.Flow, cmp.Or(asked.Days, backtestDays))
		if err != nil {
			return nil, err
		}
		return backtestAnswer{answer, issuesOf(sent.issues), frame.Notices(answer.Notices)}, nil
	})
}

// readReplay reads a request, and loads the definition that it sends; without one the state has no catalog.
func (d *snapshot) readReplay(r *http.Request) (asked replayRequest, sent catalogState, err error) {
	if err := readJSON(r, &asked); err != nil {
		return asked, sent, err
	}
	if d.broken != nil {
		return asked, sent, userError(d.broken.Error())
	}
	if asked.Definition != "" {
		sent, err = d.sent(r.Context(), asked.Definition)
	}
	return asked, sent, err
}

// busy refuses requests that ask the store for very much while as many of them are being answered as may be.
var busy = refusal{http.StatusTooManyRequests, "other users are discovering, calibrating or backtesting with this data source; try again in a minute"}

// replay has work done once there is a turn, at once or with its progress as it goes.
func (d *snapshot) replay(r *http.Request, progress bool, work func(context.Context, *replay.Replayer) (any, error)) (any, error) {
	if !d.replays.TryAcquire(1) {
		return nil, busy
	}
	answer := func(report func(done float64)) (any, error) {
		defer d.replays.Release(1)
		ctx, cancel := context.WithTimeoutCause(r.Context(), replayTimeout, refusal{http.StatusGatewayTimeout,
			"this took longer than a minute; choose fewer days, or ask again: the store's answers so far are cached"})
		defer cancel()
		body, err := work(ctx, &replay.Replayer{Engine: d.engine, Now: d.now(), Progress: report})
		if late := (refusal{}); err != nil && errors.As(context.Cause(ctx), &late) {
			err = late
		}
		return body, err
	}
	if progress {
		return withProgress{r.Context(), answer}, nil
	}
	return answer(nil)
}

// withProgress is an answer that takes a while to compute, and reports the share of it that is done.
type withProgress struct {
	ctx    context.Context
	answer func(report func(done float64)) (any, error)
}

// write computes the answer, and writes a line of JSON a report, and at last {"result": ...}, or the error as {"message": ..., "status":
// ...}. Each line is flushed at once, unless the request was cancelled.
func (p withProgress) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	encoder, control := json.NewEncoder(w), http.NewResponseController(w)
	line := func(value any) {
		if p.ctx.Err() == nil {
			_ = encoder.Encode(value)
			_ = control.Flush()
		}
	}
	body, err := p.answer(func(done float64) { line(map[string]float64{"progress": done}) })
	if err != nil {
		fault := faultOf(err)
		line(map[string]any{"message": fault.message, "status": fault.status})
		return
	}
	line(map[string]any{"result": body})
}
