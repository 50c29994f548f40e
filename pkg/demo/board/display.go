package board

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// mapping is a value mapping of Grafana's.
type mapping struct {
	Type    string
	Options json.RawMessage
}

// result is what a mapping makes of a value.
type result struct {
	Text  *string
	Color string
}

// of returns what the mapping makes of a value; nil where it is not about it.
func (m mapping) of(value any) (*result, error) {
	switch m.Type {
	case "value":
		var words map[string]result
		if err := json.Unmarshal(m.Options, &words); err != nil {
			return nil, err
		}
		r, ok := words[key(value)]
		return only(ok && value != nil, r), nil
	case "range", "special", "regex":
		return m.byRule(value)
	default:
		return nil, fmt.Errorf("mappings of the type %q are not supported", m.Type)
	}
}

// byRule returns what a mapping of a range, a pattern or special values makes of a value; nil where it is not about it.
func (m mapping) byRule(value any) (*result, error) {
	var options struct {
		From, To       *float64
		Match, Pattern string
		Result         result
	}
	if err := json.Unmarshal(m.Options, &options); err != nil {
		return nil, err
	}
	switch m.Type {
	case "range":
		n, is := value.(float64)
		return only(is && (options.From == nil || n >= *options.From) && (options.To == nil || n <= *options.To), options.Result), nil
	case "regex":
		text, is := value.(string)
		found, err := matches(options.Pattern, text)
		return only(is && found, options.Result), err
	default:
		return only(isSpecial(value, options.Match), options.Result), nil
	}
}

// only returns a result if it is meant.
func only(is bool, r result) *result {
	if !is {
		return nil
	}
	return &r
}

// key is a value as a property of an object is called.
func key(value any) string {
	if n, ok := value.(float64); ok {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return fmt.Sprint(value)
}

// isSpecial reports whether a value is one of those that a mapping of special values is about.
func isSpecial(value any, match string) bool {
	n, isNumber := value.(float64)
	text, isText := value.(string)
	isNaN := isNumber && math.IsNaN(n)
	switch match {
	case "null":
		return value == nil
	case "nan":
		return isNaN
	case "null+nan":
		return isNaN || value == nil
	case "empty":
		return isText && text == ""
	default:
		return fmt.Sprint(value) == match // true and false
	}
}

// display returns the text and the colour of a value, as Grafana's display processor does but for units and decimals.
func (c config) display(value any) (text, colour string, err error) {
	mapped, err := c.mapped(value)
	if err != nil {
		return "", "", err
	}
	text, colour = c.text(value), mapped.Color
	if mapped.Text != nil {
		text = *mapped.Text
	}
	if colour == "" {
		colour = c.scale(value)
	}
	return text, colour, nil
}

// mapped returns what the first mapping about a value makes of it; the zero result where there is none.
func (c config) mapped(value any) (result, error) {
	for _, m := range c.Mappings {
		found, err := m.of(value)
		if err != nil {
			return result{}, err
		}
		if found != nil {
			return *found, nil
		}
	}
	return result{}, nil
}

// text returns the text of a value that no mapping gives another.
func (c config) text(value any) string {
	text := ""
	if c.NoValue != nil {
		text = *c.NoValue
	}
	if n, isNumber := value.(float64); isNumber && !math.IsNaN(n) {
		text = strconv.FormatFloat(n, 'g', 6, 64)
	} else if value != nil {
		text = cmp.Or(fmt.Sprint(value), text)
	}
	return text
}

// noNumber returns the number that JavaScript reads the text for no value as, which is 0 for an empty one; NaN where it reads none.
func (c config) noNumber() float64 {
	if c.NoValue == nil {
		return math.NaN()
	}
	number, err := strconv.ParseFloat(cmp.Or(strings.TrimSpace(*c.NoValue), "0"), 64)
	if err != nil {
		return math.NaN()
	}
	return number
}

// scale returns the colour of a value: by thresholds that of a number, and that below all of them for what is none.
func (c config) scale(value any) string {
	n, isNumber := value.(float64)
	if !isNumber || math.IsNaN(n) {
		n = math.Inf(-1)
	}
	switch mode := c.Color.Mode; mode {
	case "fixed":
		return c.Color.FixedColor
	case "", "thresholds":
	default:
		return mode
	}
	colour := "gray"
	for i, step := range c.Thresholds.Steps {
		if i == 0 || step.Value == nil || n >= *step.Value {
			colour = step.Color
		} else {
			break
		}
	}
	return colour
}
