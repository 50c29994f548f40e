package board

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
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
		var options struct {
			From, To       *float64
			Match, Pattern string
			Result         result
		}
		err := json.Unmarshal(m.Options, &options)
		switch m.Type {
		case "range":
			n, is := value.(float64)
			return only(is && (options.From == nil || n >= *options.From) && (options.To == nil || n <= *options.To), options.Result), err
		case "regex":
			text, is := value.(string)
			return only(is && regexp.MustCompile(strings.Trim(options.Pattern, "/")).MatchString(text), options.Result), err
		default:
			return only(isSpecial(value, options.Match), options.Result), err
		}
	default:
		return nil, fmt.Errorf("nothing is known of mappings of the type %q", m.Type)
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
	mapped := &result{}
	for _, m := range c.Mappings {
		found, err := m.of(value)
		if err != nil {
			return "", "", err
		}
		if found != nil {
			mapped = found
			break
		}
	}
	n, isNumber := value.(float64)
	isNumber = isNumber && !math.IsNaN(n)
	switch {
	case mapped.Text != nil:
		text = *mapped.Text
	case isNumber:
		text = strconv.FormatFloat(n, 'g', 6, 64)
	case value != nil:
		text = fmt.Sprint(value)
	}
	if text == "" && mapped.Text == nil {
		text = c.NoValue
	}
	if !isNumber {
		n = math.Inf(-1)
	}
	if mapped.Color != "" {
		return text, mapped.Color, nil
	}
	return text, c.scale(n), nil
}

// scale returns the colour of a number.
func (c config) scale(n float64) string {
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
