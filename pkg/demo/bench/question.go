package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"golang.org/x/sync/errgroup"
)

// question is what is asked at an instant: panels of the plugin, or of the store the expressions that say the same.
type question struct {
	panels  []panel
	instead []expression
	// atOnce is how many requests are under way at the same time, of either.
	atOnce int
	// same are the queries, in the order of the panels, whose numbers are those of an expression, by its position.
	same map[int]int
}

// expression is PromQL over a range, or at its end where the step is 0.
type expression struct {
	promQL     string
	start, end time.Time
	step       time.Duration
}

// during is an expression at the instants of a range that Grafana would ask for: multiples of the step.
func during(promQL string, from, to time.Time, step time.Duration) expression {
	return expression{promQL: promQL, start: from.Truncate(step), end: to.Truncate(step), step: step}
}

// askPlugin asks a data source for all panels.
func (q question) askPlugin(ctx context.Context, s *source) ([]*backend.QueryDataResponse, error) {
	answers := make([]*backend.QueryDataResponse, len(q.panels))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(q.atOnce)
	for i, p := range q.panels {
		group.Go(func() (err error) {
			answers[i], err = s.ask(ctx, p)
			return err
		})
	}
	return answers, group.Wait()
}

// askStore asks the store at an address for all expressions, to the last byte.
func (q question) askStore(ctx context.Context, store string) ([][]byte, error) {
	answers := make([][]byte, len(q.instead))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(q.atOnce)
	for i, e := range q.instead {
		group.Go(func() (err error) {
			answers[i], err = e.ask(ctx, store)
			return err
		})
	}
	return answers, group.Wait()
}

// ask asks the store.
func (e expression) ask(ctx context.Context, store string) ([]byte, error) {
	path, form := "/api/v1/query", url.Values{"query": {e.promQL}, "time": {seconds(e.end)}}
	if e.step > 0 {
		path = "/api/v1/query_range"
		form = url.Values{"query": {e.promQL}, "start": {seconds(e.start)}, "end": {seconds(e.end)}, "step": {number(e.step.Seconds())}}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, store+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var answer bytes.Buffer
	if _, err = io.Copy(&answer, response.Body); err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("the store answers %.300s with %s: %.300s", e.promQL, response.Status, answer.String())
	}
	return answer.Bytes(), err
}

// seconds prints a time as stores read it.
func seconds(t time.Time) string { return strconv.FormatFloat(float64(t.UnixMilli())/1e3, 'f', -1, 64) }

// check compares the numbers of queries with those of the expressions that say the same, of which each has one series.
func (q question) check(plugin []*backend.QueryDataResponse, store [][]byte) error {
	at := 0
	for i, p := range q.panels {
		for k, one := range p.queries {
			expr, isSame := q.same[at]
			at++
			if !isSame {
				continue
			}
			ours, err := numbersOf(plugin[i].Responses[refID(k)].Frames)
			if err != nil {
				return err
			}
			theirs, err := numbersIn(store[expr])
			if err == nil {
				err = equal(ours, theirs)
			}
			if err != nil {
				return fmt.Errorf("the plugin's answer to %s is not that of the store to %.500s: %w", one.json, q.instead[expr].promQL, err)
			}
		}
	}
	return nil
}

// equal says where two answers differ by more than rounding.
func equal(ours, theirs []float64) error {
	if len(ours) != len(theirs) {
		return fmt.Errorf("%d numbers, and not %d", len(ours), len(theirs))
	}
	for i, x := range ours {
		if !(math.Abs(x-theirs[i]) <= 1e-9*max(1, math.Abs(x))) {
			return fmt.Errorf("the number %d is %v, and not %v", i, x, theirs[i])
		}
	}
	return nil
}

// numbersOf returns the numbers of the one series in frames.
func numbersOf(frames data.Frames) ([]float64, error) {
	var numbers []float64
	if len(frames) != 1 {
		return nil, fmt.Errorf("there are %d frames, and not one", len(frames))
	}
	for _, field := range frames[0].Fields {
		for i := range field.Len() {
			if number, ok := field.At(i).(*float64); ok && number != nil {
				numbers = append(numbers, *number)
			}
		}
	}
	return numbers, nil
}

// numbersIn returns the numbers of the one series in an answer of a store.
func numbersIn(body []byte) ([]float64, error) {
	var answer struct {
		Data struct {
			Result []struct {
				Value  [2]any   `json:"value"`
				Values [][2]any `json:"values"`
			} `json:"result"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, err
	}
	if len(answer.Data.Result) != 1 {
		return nil, fmt.Errorf("the store has %d series, and not one", len(answer.Data.Result))
	}
	points := answer.Data.Result[0].Values
	if points == nil {
		points = [][2]any{answer.Data.Result[0].Value}
	}
	numbers := make([]float64, len(points))
	for i, point := range points {
		text, _ := point[1].(string)
		var err error
		if numbers[i], err = strconv.ParseFloat(text, 64); err != nil {
			return nil, err
		}
	}
	return numbers, nil
}
