package soak

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// maxRepeats is how often an answer may be an error though no fault is on: what one request has run into others that wait for the
// same may run into too, a moment later.
const maxRepeats = 3

// user does one operation after the other, and compares what is answered. It is not safe for concurrent use.
type user struct {
	*soak
	number int
	random *rand.Rand
	// references numbers the data sources that keep nothing.
	references int64
}

// operations are what a user may do, the usual ones more often.
var operations = []struct {
	name  string
	often int
	do    func(*user, context.Context) error
}{
	{"panel", 50, func(u *user, ctx context.Context) error { return u.ask(ctx, false) }},
	{"rule", 20, func(u *user, ctx context.Context) error { return u.ask(ctx, true) }},
	{"cancel", 8, (*user).cancel},
	{"save", 4, func(u *user, _ context.Context) error { pick(u.random, u.sources...).save(); return nil }},
	{"whatif", 4, (*user).whatIf},
	{"validate", 3, (*user).validate},
	{"expand", 3, (*user).expand},
	{"health", 2, (*user).health},
}

// run does operations until a time, or until one of them fails.
func (u *user) run(ctx context.Context, until time.Time) error {
	all := 0
	for _, o := range operations {
		all += o.often
	}
	for time.Now().Before(until) && ctx.Err() == nil {
		at := u.random.IntN(all)
		for _, o := range operations {
			if at -= o.often; at < 0 {
				if err := o.do(u, ctx); err != nil {
					return fmt.Errorf("%s: %w", o.name, err)
				}
				u.count(o.name)
				break
			}
		}
	}
	return nil
}

// asking is a data source as a user of a tenant asks it.
type asking struct {
	of      *source
	saved   saved
	tenant  string
	headers map[string]string
}

// choose draws a data source, and whose telemetry is asked for.
func (u *user) choose() asking {
	a := asking{of: pick(u.random, u.sources...), headers: map[string]string{}}
	a.saved = a.of.now()
	a.tenant = a.saved.tenant
	if a.of.forwards {
		a.tenant = pick(u.random, tenants...)
		a.headers["Authorization"] = token(a.tenant)
	}
	return a
}

// context is that of the plugin that is tried.
func (u *user) context(a asking) backend.PluginContext {
	return a.saved.context(a.of.uid, u.proxy.faulty(), a.saved.version, nil)
}

// reference is the context of a data source that keeps nothing and has not been asked anything yet.
func (u *user) reference(a asking) backend.PluginContext {
	u.references++
	return a.saved.context(fmt.Sprint("reference-", u.number), u.proxy.straight, u.references, map[string]any{"cacheBytes": 0})
}

// ask asks a panel or an alert rule, and compares.
func (u *user) ask(ctx context.Context, isRule bool) error {
	a := u.choose()
	request := &backend.QueryDataRequest{PluginContext: u.context(a), Headers: a.headers, Queries: queries(u.random, isRule)}
	if isRule {
		request.Headers["FromAlert"] = "true"
	}
	fresh := *request
	fresh.PluginContext = u.reference(a)
	want, err := u.fresh.QueryData(ctx, &fresh)
	if err != nil {
		return u.unless(ctx, err)
	}
	for range maxRepeats {
		began := time.Now()
		got, err := u.tried.QueryData(ctx, request)
		if err != nil {
			return u.unless(ctx, err)
		}
		isExcused, err := u.compareAll(a, request.Queries, got.Responses, want.Responses)
		if err != nil || !isExcused || u.proxy.isFaulty(began) {
			return err
		}
		time.Sleep(time.Second)
	}
	return fmt.Errorf("no fault is on, but %s is answered with an error, again and again", request.Queries[0].JSON)
}

// unless returns an error unless the soak has ended.
func (u *user) unless(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// compareAll compares answers with those of a data source that keeps nothing. It reports whether any of them says that the store
// has failed, and returns an error where one is wrong.
func (u *user) compareAll(a asking, asked []backend.DataQuery, got, want backend.Responses) (isExcused bool, err error) {
	for _, q := range asked {
		one, other := got[q.RefID], want[q.RefID]
		text := said(one)
		if leaked := leakOf(a.tenant, text); leaked != "" {
			return false, fmt.Errorf("the query %s of %s is answered with what is of %s: %s", q.JSON, a.tenant, leaked, text)
		}
		if other.Error != nil && other.Status >= 500 {
			return false, fmt.Errorf("the query %s fails on the healthy store: %w", q.JSON, other.Error)
		}
		diff := compare(read(text), read(said(other)))
		switch {
		case diff == "":
			u.count("equal answers")
		case excused(one, other):
			u.count("answers with an error")
			isExcused = true
		default:
			return false, fmt.Errorf("the query %s of %s from %s to %s every %s by %s is answered otherwise than afresh:\n%s", q.JSON, a.tenant,
				q.TimeRange.From.Format(time.TimeOnly), q.TimeRange.To.Format(time.TimeOnly), q.Interval, a.of.uid, diff)
		}
	}
	return isExcused, nil
}

// leakOf returns the tenant other than that of a user of which a text has something; "" if there is none.
func leakOf(tenant, text string) string {
	for _, other := range tenants {
		if strings.Contains(text, token(other)) || other != tenant && strings.Contains(text, other+"-") {
			return other
		}
	}
	return ""
}

// excused reports whether an answer says itself that the store has failed: by an error, or by a notice that a fresh one lacks.
func excused(got, want backend.DataResponse) bool {
	if got.Error != nil {
		return true
	}
	known := notices(want.Frames)
	return slices.ContainsFunc(notices(got.Frames), func(text string) bool {
		return !slices.Contains(known, text) && strings.Contains(strings.ToLower(text), "the store")
	})
}

// notices returns the texts of the notices of frames.
func notices(frames data.Frames) []string {
	var all []string
	for _, f := range frames {
		if f.Meta != nil {
			for _, n := range f.Meta.Notices {
				all = append(all, n.Text)
			}
		}
	}
	return all
}

// said is an answer as anybody reads it.
func said(answer backend.DataResponse) string {
	if answer.Error != nil {
		text, _ := json.Marshal(fmt.Sprint(answer.Status, " ", answer.Error))
		return string(text)
	}
	text, err := json.Marshal(answer.Frames)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// dataSource matches the UID of a data source in a link.
var dataSource = regexp.MustCompile(`(var-datasource=|/uid/)[\w-]+`)

// read decodes JSON, with the same links whichever data source answered.
func read(text string) any {
	var value any
	if err := json.Unmarshal([]byte(dataSource.ReplaceAllString(text, "${1}any")), &value); err != nil {
		panic(err)
	}
	return value
}
