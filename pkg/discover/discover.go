package discover

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/internal/didyoumean"
)

// What a request leaves to the defaults.
const (
	// DefaultName is the name of the catalog.
	DefaultName = "discovered"
	// DefaultObjective is the objective of flows, a start that is to be calibrated.
	DefaultObjective = 0.99
)

const (
	// maxServices is the number of services of a preset that are listed.
	maxServices = 50
	// maxProposed is the number of services that are proposed where none is chosen.
	maxProposed = 5
	// span is how far back telemetry counts, and over which traffic is measured.
	span = time.Hour
	// maxChoices is the number of services that may be chosen.
	maxChoices = 500
)

// Request says what is to be proposed. The zero value asks for the busiest services.
type Request struct {
	// Services are those that the definition is made of; nil for the busiest ones of presets of the kind Flow.
	Services []Choice `json:"services"`
	// Name is that of the catalog; "" for DefaultName.
	Name string `json:"name"`
	// Objective is that of the catalog and its flows, between 0 and 1; nil for DefaultObjective.
	Objective *float64 `json:"objective"`
	// Weights says what flows are weighted by; "" for ByTraffic.
	Weights Weights `json:"weights"`
	// Trust are matchers that series have to have, such as job="shop"; they stand in the definition.
	Trust []string `json:"trust"`
}

// Choice is a service of a preset.
type Choice struct {
	Preset  string `json:"preset"`
	Service string `json:"service"`
	// Flow is the name of the flow that the SLIs are added to; "" for the flow of the service, to which other services of the same name
	// belong, too.
	Flow string `json:"flow"`
}

// Weights is what the flows of a definition are weighted by.
type Weights string

// The weights of flows.
const (
	// ByTraffic: by the events of the last hour, where they are counted for all flows, else equally.
	ByTraffic Weights = "traffic"
	Equal     Weights = "equal"
)

// Invalid is the error of a request that can't be answered: a sentence.
type Invalid string

// Error returns the sentence.
func (e Invalid) Error() string { return string(e) }

// check returns what is wrong with a request, as Invalid; nil if nothing is.
func (r Request) check(known []definition.Preset) error {
	if o := r.Objective; o != nil && !(*o > 0 && *o < 1) {
		return Invalid(fmt.Sprintf("the objective is %v; write a share between 0 and 1, both excluded, such as 0.99", *o))
	}
	if !slices.Contains([]Weights{"", ByTraffic, Equal}, r.Weights) {
		return Invalid(fmt.Sprintf("weights is %q; it can be %s or %s", r.Weights, ByTraffic, Equal))
	}
	if r.Services != nil && len(r.Services) == 0 {
		return Invalid("no service is chosen; choose at least one, or leave services out for the busiest ones")
	}
	if len(r.Services) > maxChoices {
		return Invalid(fmt.Sprintf("%d services are chosen, more than %d; choose fewer", len(r.Services), maxChoices))
	}
	names := make([]string, len(known))
	for i, p := range known {
		names[i] = p.Name
	}
	for _, c := range r.Services {
		if !slices.Contains(names, c.Preset) {
			return Invalid(fmt.Sprintf("there is no preset %s; %s", c.Preset, didyoumean.Choices(c.Preset, names)))
		}
		if c.Service == "" {
			return Invalid(fmt.Sprintf("name a service of the preset %s: the value of its label", c.Preset))
		}
	}
	return nil
}

// presets returns those that are asked about: all that can tell services apart, or those of the chosen services.
func (r Request) presets(known []definition.Preset) []definition.Preset {
	var asked []definition.Preset
	for _, p := range known {
		isChosen := slices.ContainsFunc(r.Services, func(c Choice) bool { return c.Preset == p.Name })
		if p.Label != "" && len(p.Signature) > 0 && (r.Services == nil || isChosen) {
			asked = append(asked, p)
		}
	}
	return asked
}

// Run asks a store what it has the telemetry of at a time, and proposes a definition. The error is an Invalid, or a *fetch.Error of a
// store that does not answer. What is wrong with one preset alone is an issue of the answer.
func Run(ctx context.Context, store *fetch.Store, r Request, now time.Time) (*Answer, error) {
	known := definition.Presets()
	if err := r.check(known); err != nil {
		return nil, err
	}
	asked := r.presets(known)
	s, err := newSurvey(ctx, store, asked, r.Trust, now)
	if err != nil {
		return nil, err
	}
	defer s.batch.Close()
	found, err := s.run(r.Services)
	if err != nil {
		return nil, err
	}
	a := &answering{request: r, survey: s, found: found}
	return a.answer()
}

// lookup is the search for the names of metrics, any of some, in trusted series.
func (s *survey) lookup(among []string) (string, error) {
	selector, err := expand.Lookup{Label: nameLabel, Among: among, Trust: s.trust}.Selector()
	if err != nil {
		return "", Invalid(err.Error())
	}
	return selector, nil
}

// trusted says which series are looked at, in words behind "series".
func (s *survey) trusted() string {
	if len(s.trust) == 0 {
		return ""
	}
	return " with the trusted labels " + strings.Join(s.trust, ", ")
}
