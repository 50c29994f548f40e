package bench

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// dashboard is what is read of a dashboard's file.
type dashboard struct {
	Panels []struct {
		Title   string            `json:"title"`
		GridPos struct{ W int }   `json:"gridPos"`
		Targets []json.RawMessage `json:"targets"`
	} `json:"panels"`
}

// executiveDashboard is dashboards/executive.json, whose range is a day: every panel as a request of its own and all at
// once, as Grafana's browser sends them, or one expression per panel.
func executiveDashboard(c catalog, root string, span time.Duration) (scenario, error) {
	content, err := os.ReadFile(filepath.Join(root, "dashboards", "executive.json"))
	if err != nil {
		return scenario{}, err
	}
	var d dashboard
	if err := json.Unmarshal(content, &d); err != nil {
		return scenario{}, err
	}
	expressions := c.executiveExpressions()
	for _, p := range d.Panels {
		if expressions[p.Title] == nil {
			return scenario{}, fmt.Errorf("nothing is known that could be asked instead of the dashboard's panel %q", p.Title)
		}
	}
	return scenario{catalog: c, at: func(now time.Time) question {
		q := question{atOnce: len(d.Panels), same: map[int]int{}}
		for _, p := range d.Panels {
			view := view{from: now.Add(-span), to: now, step: stepOf(span, p.GridPos.W, c.scrape)}
			one := panel{}
			for _, target := range p.Targets {
				one.queries = append(one.queries, query{json: interpolate(target, c.names()), from: view.from, to: view.to, interval: view.step})
			}
			if slices.Contains(equalPanels, p.Title) {
				q.same[len(q.panels)] = len(q.instead)
			}
			q.panels, q.instead = append(q.panels, one), append(q.instead, expressions[p.Title](view))
		}
		return q
	}}, nil
}

// equalPanels are the panels whose numbers are those of the expressions.
var equalPanels = []string{"Score now", "Score against the objective", "Revenue at risk"}

// view is what Grafana says of the time of a panel.
type view struct {
	from, to time.Time
	step     time.Duration
}

// series is an expression over the range of a panel, newest its number at the end, and both those at its ends.
func (v view) series(promQL string) expression { return during(promQL, v.from, v.to, v.step) }
func (v view) newest(promQL string, scrape time.Duration) expression {
	return expression{promQL: promQL, end: v.to.Truncate(scrape)}
}
func (v view) both(promQL string) expression {
	return expression{promQL: promQL, start: v.from, end: v.to, step: v.to.Sub(v.from)}
}

// executiveExpressions are what a user would ask the store instead of each panel of the executive dashboard, by its
// title. What has no like in PromQL, as sentences, incidents and impacts, is reduced to the numbers behind it.
func (c catalog) executiveExpressions() map[string]func(view) expression {
	p := c.composed()
	slices := p.inSlices()
	return map[string]func(view) expression{
		"Summary":                     func(v view) expression { return v.both(p.whole()) },
		"Score now":                   func(v view) expression { return v.newest(p.whole(), c.scrape) },
		"Score against the objective": func(v view) expression { return v.series(p.whole()) },
		"Error budget left": func(v view) expression {
			return v.newest(budget(slices.whole(), wholeObjective, c.budgetWindow), c.scrape)
		},
		"Revenue at risk": func(v view) expression {
			return v.newest(fmt.Sprintf("sum(%d * (1 - %s))", revenue, p.score()), c.scrape)
		},
		"Error budgets by flow": func(v view) expression {
			return v.newest(budget(slices.score(), flowObjective, c.budgetWindow), c.scrape)
		},
		"Error budgets over time": func(v view) expression {
			return v.series(budget(slices.score(), flowObjective, c.budgetWindow))
		},
		"Most affected by $cohorts": func(v view) expression { return v.both(p.split("region").whole()) },
		"Revenue at risk by flow": func(v view) expression {
			return v.series(fmt.Sprintf("%d * (1 - %s)", revenue, p.score()))
		},
		"Incidents": func(v view) expression { return during(alarm(slices.score()), v.from, v.to, time.Minute) },
	}
}

// interpolate fills in the dashboard's variables as the frontend does, with All flows chosen and the first dimension.
func interpolate(target json.RawMessage, flows []string) string {
	fields := map[string]any{}
	if err := json.Unmarshal(target, &fields); err != nil {
		panic("a target of a dashboard is an object: " + err.Error())
	}
	delete(fields, "datasource")
	if fields["flows"] != nil {
		fields["flows"] = flows
	}
	if fields["by"] != nil {
		fields["by"] = []string{"region"}
	}
	return asked(fields)
}

// The width of a dashboard in pixels and in columns, as on a screen of full HD.
const (
	pixels  = 1850
	columns = 24
)

// steps are the intervals between points that Grafana rounds to.
var steps = []time.Duration{15 * time.Second, 20 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute}

// stepOf is the interval that Grafana suggests for a panel so many columns wide.
func stepOf(span time.Duration, width int, least time.Duration) time.Duration {
	exact := span / time.Duration(pixels*width/columns)
	step := steps[0]
	for i, next := range steps[1:] {
		if exact >= (steps[i]+next)/2 {
			step = next
		}
	}
	return max(step, least)
}
