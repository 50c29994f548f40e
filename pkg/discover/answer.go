package discover

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
)

// Answer is what a store has, and what is proposed, as the command and the data source write it as JSON.
type Answer struct {
	Presets []Preset `json:"presets"`
	// Definition is YAML, cer/v1, that loads without an issue; "" where nothing can be proposed, which an issue says why. Flows and SLIs
	// are how many it has.
	Definition string  `json:"definition"`
	Flows      int     `json:"flows"`
	SLIs       int     `json:"slis"`
	Issues     []Issue `json:"issues"`
	// Questions is how many requests the store was sent.
	Questions int `json:"questions"`
}

// Preset is a preset that the store has the telemetry of.
type Preset struct {
	Name        string `json:"name"`
	Exporter    string `json:"exporter"`
	Description string `json:"description"`
	Layer       string `json:"layer"`
	// Label is the label that tells services apart.
	Label string `json:"label"`
	Kind  Kind   `json:"kind"`
	SLIs  []SLI  `json:"slis"`
	// Services are the busiest first, those without traffic by name, and at the end those that are chosen and less busy than the first
	// 50. Total is how many there are, and More how many are not listed.
	Services []Service `json:"services"`
	Total    int       `json:"total"`
	More     int       `json:"more"`
}

// SLI is an SLI of a preset.
type SLI struct {
	Name      string `json:"name"`
	Component string `json:"component"`
}

// Kind says what services of a preset are in a catalog.
type Kind string

// The kinds of services.
const (
	// Flow: what users reach, by edges, gateways and meshes, or as an application.
	Flow Kind = "flow"
	// Component: what flows depend on, such as databases, hosts and orchestration. Its SLIs are added to flows.
	Component Kind = "component"
)

// Service is a service of a preset.
type Service struct {
	Name string `json:"name"`
	// EventsPerSecond is the mean of the last hour, and Share the share of those of all services of the preset; null where the preset
	// counts no events.
	EventsPerSecond *float64 `json:"eventsPerSecond"`
	Share           *float64 `json:"share"`
	// History are the events a second of the last hour, 5 minutes a point; null where there were none.
	History []*float64 `json:"history"`
	// SLIs are those of the preset that there is telemetry of.
	SLIs []string `json:"slis"`
	// Proposed says that it is in the definition.
	Proposed bool `json:"proposed"`
}

// The severities of issues: why there is no definition, and what else there is to say.
const (
	Error   = "error"
	Warning = "warning"
)

// Issue is a sentence on what was found, or on one preset.
type Issue struct {
	Severity string `json:"severity"`
	Message  string `json:"message"`
	Preset   string `json:"preset,omitempty"`
}

// layersOfFlows are the layers that users reach, the nearest to them first: edge, gateway, mesh, application.
var layersOfFlows = []string{"L1", "L3", "L4", "L5"}

// kind returns what services of the preset are in a catalog: flows where users reach them and a key SLI says whether these are served.
func (f *found) kind() Kind {
	if slices.Contains(layersOfFlows, f.Layer) && slices.ContainsFunc(f.SLIs, isKey) {
		return Flow
	}
	return Component
}

const (
	presetsPage    = "https://github.com/cer-reliability/cer-datasource/blob/main/docs/presets.md"
	definitionPage = "https://github.com/cer-reliability/cer-datasource/blob/main/docs/definition.md"
)

// answering makes an answer of what was found.
type answering struct {
	request Request
	survey  *survey
	found   []*found
}

// answer returns the answer.
func (a *answering) answer() (*Answer, error) {
	if len(a.found) == 0 {
		return a.nothing()
	}
	p := a.propose()
	answer := &Answer{Presets: []Preset{}, Flows: len(p.flows), SLIs: p.slis()}
	for _, f := range a.found {
		answer.Presets = append(answer.Presets, f.listed(p))
		if f.unlabelled && len(f.services) == 0 {
			f.warn("its series have no label %s, which identifies services; write a flow of the preset with your own matchers, see %s", f.Label, presetsPage)
		}
	}
	if len(p.flows) > 0 {
		answer.Definition = string(p.yaml())
	} else {
		a.refuse("%s", a.noFlows())
	}
	answer.Issues, answer.Questions = a.issues(), a.survey.questions+len(a.survey.asked)
	return answer, nil
}

// nothing returns the answer where no preset was recognised.
func (a *answering) nothing() (*Answer, error) {
	empty, err := a.survey.isEmpty()
	switch {
	case err != nil:
		return nil, err
	case empty:
		a.refuse("the store has had no series%s in the last hour; check its address, its tenant and whether it scrapes anything. How to write a catalog: %s", a.survey.trusted(), definitionPage)
	case a.request.Services != nil:
		a.refuse("the store has had no telemetry%s of the chosen presets in the last hour; choose others, or ask for all services", a.survey.trusted())
	default:
		a.refuse("the store has series%s, but not the metrics of any preset in the last hour; write your own flows, see %s, or your own preset: %s", a.survey.trusted(), definitionPage, presetsPage)
	}
	return &Answer{Presets: []Preset{}, Issues: a.issues(), Questions: a.survey.questions}, nil
}

// noFlows says why nothing is proposed.
func (a *answering) noFlows() string {
	if a.request.Services != nil {
		return "none of the chosen services has had telemetry in the last hour"
	}
	var names, failed []string
	for _, f := range a.found {
		if names = append(names, f.Name); f.failed {
			failed = append(failed, f.Name)
		}
	}
	if len(failed) > 0 {
		return "the store could not be asked about " + strings.Join(failed, ", ") + ", and nothing else was found that users reach; the warnings say why"
	}
	return "no services were found that users reach, but components: " + strings.Join(names, ", ") + "; choose the services that should be flows, or write your own: " + definitionPage
}

// refuse adds why there is no definition.
func (a *answering) refuse(format string, args ...any) {
	a.survey.issues = append(a.survey.issues, Issue{Severity: Error, Message: fmt.Sprintf(format, args...)})
}

// issues returns the issues by preset, those of none first.
func (a *answering) issues() []Issue {
	issues := append([]Issue{}, a.survey.issues...)
	slices.SortStableFunc(issues, func(a, b Issue) int { return strings.Compare(a.Preset, b.Preset) })
	return issues
}

// listed returns the entry of the preset in the answer. Services in the proposal are marked.
func (f *found) listed(p *proposal) Preset {
	listed := Preset{Name: f.Name, Exporter: f.Exporter, Description: f.Description, Layer: f.Layer, Label: f.Label, Kind: f.kind(),
		SLIs: []SLI{}, Services: []Service{}, Total: f.total, More: f.total - len(f.services)}
	for _, s := range f.SLIs {
		listed.SLIs = append(listed.SLIs, SLI{s.Name, string(s.Component)})
	}
	for _, s := range f.services {
		one := Service{Name: s.name, EventsPerSecond: numberOf(s.events), Share: numberOf(s.events / f.events), History: []*float64{}, SLIs: []string{}, Proposed: p.has(f, s)}
		for _, v := range s.history {
			one.History = append(one.History, numberOf(v))
		}
		for i, sli := range f.SLIs {
			if s.slis[i] != nil {
				one.SLIs = append(one.SLIs, sli.Name)
			}
		}
		listed.Services = append(listed.Services, one)
	}
	return listed
}

// numberOf returns a number as JSON has it; nil for what is none.
func numberOf(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// layer returns the place of the preset's layer, the nearest to users first.
func (f *found) layer() int { return slices.Index(definition.Layers(), f.Layer) }
