package oracle

import (
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

// yaml returns the catalog's definition.
func (c *catalog) yaml() string {
	spec := map[string]any{
		"window": duration(c.window), "aggregate": string(c.aggregate), "minCoverage": c.minCoverage,
		"trust": texts(c.trust), "flows": c.flowsAsYAML(),
	}
	if c.ownScrape {
		spec["scrapeInterval"] = duration(c.scrape)
	}
	if len(c.dimensions) > 0 {
		spec["dimensions"] = c.dimensionsAsYAML()
	}
	if c.budget != nil {
		c.budget.addFields(spec)
	}
	if c.policies != nil {
		c.addStateFields(spec)
	}
	text, err := yaml.Marshal(map[string]any{
		"apiVersion": "cer/v1", "kind": "Catalog", "metadata": map[string]any{"name": "random"}, "spec": spec,
	})
	if err != nil {
		panic(err)
	}
	return string(text)
}

func (c *catalog) flowsAsYAML() []any {
	var flows []any
	for _, f := range c.flows {
		var slis []any
		for i := range f.slis {
			slis = append(slis, f.slis[i].yaml())
		}
		fields := map[string]any{"name": f.name, "weight": f.weight, "slis": slis}
		f.addCohortFields(fields)
		f.addBudgetFields(fields)
		flows = append(flows, fields)
	}
	return flows
}

// yaml returns the SLI as the definition has it. What has a default is left out where it is that.
func (s *sli) yaml() map[string]any {
	fields := map[string]any{"name": s.name, "weight": s.weight, s.indicator.kind(): s.indicator.yaml()}
	set := func(name string, value any, stated bool) {
		if stated {
			fields[name] = value
		}
	}
	set("key", true, s.key)
	set("objective", s.objective, s.objective > 0)
	set("window", duration(s.window), s.window > 0)
	set("trust", texts(s.trust), s.trust != nil)
	set("minEvents", s.minEvents, s.minEvents > 0)
	set("missing", string(s.missing), s.missing != ignore)
	set("idle", string(s.idle), s.idle != ignore)
	set("curve", map[string]any{s.curve.name(): s.curve.yaml()}, s.curve.name() != "identity")
	set("component", s.speaksFor(), s.component != "" || s.indicator.kind() == "value")
	set("labels", s.labels, s.labels != nil)
	set("maxDelay", duration(s.maxDelay), s.maxDelay > 0)
	if s.fallback != nil {
		fields["fallback"] = s.fallback.yaml()
	}
	if h, ok := s.indicator.(interface{ unit() string }); ok {
		set("unit", h.unit(), h.unit() != "")
	}
	return fields
}

func texts(conditions []condition) []string {
	all := make([]string, len(conditions))
	for i, c := range conditions {
		all[i] = c.String()
	}
	return all
}

// duration returns d as Prometheus and the definition write it.
func duration(d time.Duration) string {
	return strconv.FormatInt(d.Milliseconds(), 10) + "ms"
}
