package board

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"strings"
)

// config is the part of a field's configuration that decides on texts and colours.
type config struct {
	DisplayName, DisplayNameFromDS string
	NoValue                        *string
	Color                          struct{ Mode, FixedColor string }
	Thresholds                     struct{ Steps []step }
	Mappings                       []mapping
	Custom                         struct {
		Hidden      bool
		CellOptions struct{ Type string }
	}
}

// step is a threshold: from Value on, or of all below the next one where it is nil.
type step struct {
	Color string
	Value *float64
}

// Grafana's defaults for panels that state nothing: green below 80.
const (
	defaultThresholds = `{"steps":[{"color":"green","value":null},{"color":"red","value":80}]}`
	defaultColor      = `{"mode":"thresholds"}`
)

// colorsOf are the colour modes of panels whose default is another.
var colorsOf = map[string]string{"timeseries": `{"mode":"palette-classic"}`, "state-timeline": `{"mode":"continuous-GrYlRd"}`}

// defaults returns the configuration that a panel states for all fields, with what Grafana adds to it.
func (p Panel) defaults() map[string]any {
	all := maps.Clone(p.FieldConfig.Defaults)
	if all == nil {
		all = map[string]any{}
	}
	color, ok := colorsOf[p.Type]
	if !ok {
		color = defaultColor
	}
	for name, text := range map[string]string{"thresholds": defaultThresholds, "color": color} {
		if all[name] == nil {
			all[name] = parsed(text)
		}
	}
	return all
}

// configure lays the configuration of the panel over that of a field: its defaults where the field says nothing, and its overrides in
// any case.
func (p Panel) configure(f field) (config, error) {
	merged := filledIn(f.Config, p.defaults())
	for _, o := range p.FieldConfig.Overrides {
		matches, err := o.matches(f)
		if err != nil {
			return config{}, err
		}
		for _, property := range o.Properties {
			if matches {
				set(merged, property.ID, property.Value)
			}
		}
	}
	return decoded(merged)
}

// filledIn returns a field's configuration with what it lacks.
func filledIn(own, defaults map[string]any) map[string]any {
	merged := maps.Clone(own)
	if merged == nil {
		merged = map[string]any{}
	}
	for name, value := range defaults {
		nested, isMap := value.(map[string]any)
		own, _ := merged[name].(map[string]any)
		switch {
		case name == "custom" && isMap:
			merged[name] = filledIn(own, nested)
		case merged[name] == nil:
			merged[name] = value
		}
	}
	return merged
}

// set sets a property, such as custom.hidden; nil takes it away.
func set(config map[string]any, id string, value any) {
	outer, inner, nested := strings.Cut(id, ".")
	if nested {
		custom, _ := config[outer].(map[string]any)
		custom = filledIn(custom, nil)
		custom[inner] = value
		config[outer] = custom
		return
	}
	if value == nil {
		delete(config, id)
		return
	}
	config[id] = value
}

// matches reports whether an override is about a field.
func (o override) matches(f field) (bool, error) {
	option := fmt.Sprint(o.Matcher.Options)
	switch o.Matcher.ID {
	case "byName":
		return option == f.Name || option == f.displayName(), nil
	case "byRegexp":
		return matches(option, f.displayName())
	case "byType":
		return option == f.Type, nil
	default:
		return false, fmt.Errorf("overrides by %s are not supported", o.Matcher.ID)
	}
}

// matches reports whether a text matches a pattern as Grafana writes it, between slashes or not.
func matches(pattern, text string) (bool, error) {
	compiled, err := regexp.Compile(strings.Trim(pattern, "/"))
	return err == nil && compiled.MatchString(text), err
}

// decoded returns a configuration by its JSON.
func decoded(merged map[string]any) (config, error) {
	var c config
	text, err := json.Marshal(merged)
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(text, &c)
}

// parsed returns JSON of this package.
func parsed(text string) any {
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		panic("the defaults are JSON: " + err.Error())
	}
	return value
}
