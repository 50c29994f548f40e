package discover

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/common/model"
	"github.com/sourcegraph/conc/pool"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

const nameLabel = model.MetricNameLabel

// warnsOfMore precedes what a store warns of.
const warnsOfMore = "the store warns that it may have more: "

// survey asks a store about presets.
type survey struct {
	ctx   context.Context
	store *fetch.Store
	batch *fetch.Batch
	now   time.Time
	trust []string
	// presets are those that are asked about; catalog has a flow of each, in the same order.
	presets []definition.Preset
	catalog *catalog.Catalog

	mu sync.Mutex
	// questions are those about names, and asked the expressions, each of which is asked for once.
	questions int
	asked     map[fetch.Leaf]bool
	issues    []Issue
}

// newSurvey returns a survey, whose batch is to be closed. The error is an Invalid.
func newSurvey(ctx context.Context, store *fetch.Store, presets []definition.Preset, trust []string, now time.Time) (*survey, error) {
	s := &survey{ctx: store.ForQuery(ctx), store: store, now: now, trust: trust, presets: presets, asked: map[fetch.Leaf]bool{}}
	if _, err := s.lookup(nil); err != nil {
		return nil, err
	}
	c := &cer.Catalog{Trust: trust}
	for _, p := range presets {
		c.Flows = append(c.Flows, cer.Flow{Name: p.Name, SLIs: p.SLIs})
	}
	var err error
	if s.catalog, err = catalog.Compile(c); err != nil {
		return nil, Invalid(err.Error())
	}
	s.batch = store.Batch(s.ctx)
	return s, nil
}

// run returns the presets that the store has telemetry of, with their services: the busiest ones, and the chosen ones.
func (s *survey) run(chosen []Choice) ([]*found, error) {
	names, err := s.names()
	if err != nil {
		return nil, err
	}
	all := make([]*found, len(s.presets))
	group := pool.New().WithContext(s.ctx).WithCancelOnError().WithFirstError() // It hands panics on.
	for i, p := range s.presets {
		if !isRecognised(p, names) {
			continue
		}
		group.Go(func(ctx context.Context) error {
			f := &found{Preset: p, survey: s, ctx: ctx, flow: &s.catalog.Flows[i]}
			err := f.look(chosen)
			all[i] = f
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(f *found) bool { return f == nil || len(f.services) == 0 && !f.unlabelled && !f.failed }), nil
}

const (
	bucketSuffix = "_bucket"
	// namesBytes is how many bytes of names a request has, so that its address is short enough for any proxy.
	namesBytes = 1600
)

// names returns which of the metrics that presets are recognised by the store has. A histogram may be there without _bucket: as a
// native one.
func (s *survey) names() (map[string]bool, error) {
	var wanted []string
	for _, p := range s.presets {
		for _, name := range p.Signature {
			wanted = append(wanted, name)
			if native, ok := strings.CutSuffix(name, bucketSuffix); ok {
				wanted = append(wanted, native)
			}
		}
	}
	slices.Sort(wanted)
	wanted = slices.Compact(wanted)
	var selectors []string
	for _, part := range partsOf(wanted, namesBytes) {
		selector, err := s.lookup(part)
		if err != nil {
			return nil, err
		}
		selectors = append(selectors, selector)
	}
	s.questions += len(selectors)
	values, warnings, err := s.store.LabelValues(s.ctx, nameLabel, selectors, s.now.Add(-span), s.now, len(wanted))
	if err != nil {
		return nil, err
	}
	for _, w := range warnings {
		s.warn("", warnsOfMore+w)
	}
	names := map[string]bool{}
	for _, value := range values {
		names[value] = true
	}
	return names, nil
}

// partsOf returns texts in parts of so many bytes.
func partsOf(texts []string, bytes int) [][]string {
	var parts [][]string
	left := 0
	for _, text := range texts {
		if left -= len(text) + 1; left < 0 || parts == nil {
			parts, left = append(parts, nil), bytes-len(text)-1
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], text)
	}
	return parts
}

// isRecognised reports whether the store has all the metrics by which a preset is recognised.
func isRecognised(p definition.Preset, names map[string]bool) bool {
	return !slices.ContainsFunc(p.Signature, func(name string) bool {
		return !names[name] && !names[strings.TrimSuffix(name, bucketSuffix)]
	})
}

// isEmpty reports whether the store has no series at all.
func (s *survey) isEmpty() (bool, error) {
	selector, err := s.lookup(nil)
	if err != nil {
		return false, err
	}
	s.questions++
	names, _, err := s.store.Names(s.ctx, nameLabel, selector, s.now.Add(-span), s.now, 1)
	return len(names) == 0, err
}

// ask returns the answers to expressions at the instants of a range; none, and an issue, where the store can't answer what is asked
// about the preset. The error is that of a store that does not answer.
func (f *found) ask(over series.Range, exprs ...*expand.Expr) ([]series.Answer, error) {
	leaves := make([]fetch.Leaf, len(exprs))
	for i, expr := range exprs {
		leaves[i] = fetch.Leaf{PromQL: expr.String(), Range: over}
	}
	f.survey.count(leaves)
	answers, err := f.survey.batch.Fetch(f.ctx, leaves, nil)
	for _, answer := range answers {
		if answer.Refused != nil {
			err = answer.Refused
		}
		for _, warning := range answer.Warnings {
			f.warn("%s", warnsOfMore+warning)
		}
	}
	if err != nil && f.ctx.Err() == nil && isOfPreset(err) {
		f.failed = true
		f.warn("the preset can't be checked: %v", err)
		return make([]series.Answer, len(exprs)), nil
	}
	return answers, err
}

// isOfPreset reports whether an error may be due to what is asked about one preset: it is refused, takes too long, or fails, as stores
// that evaluate too much say.
func isOfPreset(err error) bool {
	var e *fetch.Error
	return fetch.IsOfQuery(err) || errors.As(err, &e) && slices.Contains([]fetch.Kind{fetch.NotNumbers, fetch.Timeout, fetch.Unavailable}, e.Kind)
}

// count counts questions.
func (s *survey) count(leaves []fetch.Leaf) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, leaf := range leaves {
		s.asked[leaf] = true
	}
}

// warn adds an issue about the preset, once.
func (f *found) warn(format string, args ...any) {
	f.survey.warn(f.Name, fmt.Sprintf(format, args...))
}

// warn adds an issue about a preset, once.
func (s *survey) warn(preset, message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	issue := Issue{Severity: Warning, Message: message, Preset: preset}
	if !slices.Contains(s.issues, issue) {
		s.issues = append(s.issues, issue)
	}
}
