package board

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// Cell is a value that a panel shows.
type Cell struct {
	// Of is the display name of its field, or of the row where a panel shows rows; "" where the panel has nothing to show.
	Of string
	// Value is a float64, a Filler, a string or a bool; nil where it is null.
	Value any
	// Text is what is read, but for units and decimals.
	Text string
	// Colour is Grafana's name of its colour, or the mode that chooses it; "" where the panel does not colour it.
	Colour string
}

// field is a field of a frame as the frontend gets it.
type field struct {
	Name, Type string
	Labels     map[string]string
	Config     map[string]any
	values     []any
}

// displayName is what a field is called before the panel says otherwise.
func (f field) displayName() string {
	name, _ := f.Config["displayNameFromDS"].(string)
	if name == "" {
		return f.Name
	}
	return name
}

// fieldsOf returns the fields of a frame by its JSON.
func fieldsOf(frame *data.Frame) ([]field, error) {
	text, err := data.FrameToJSON(frame, data.IncludeAll)
	if err != nil {
		return nil, err
	}
	var wire struct {
		Schema struct{ Fields []field }
		Data   struct {
			Values   [][]any
			Entities []*struct{ NaN, Inf, NegInf []int }
		}
	}
	if err := json.Unmarshal(text, &wire); err != nil {
		return nil, err
	}
	fields := wire.Schema.Fields
	for i, values := range wire.Data.Values {
		fields[i].values = values
	}
	for i, special := range wire.Data.Entities {
		if special == nil {
			continue
		}
		put(fields[i].values, special.NaN, math.NaN())
		put(fields[i].values, special.Inf, math.Inf(1))
		put(fields[i].values, special.NegInf, math.Inf(-1))
	}
	return fields, nil
}

// put sets the values at indices.
func put(values []any, at []int, value float64) {
	for _, i := range at {
		values[i] = value
	}
}

// Filler is a number that is drawn where there is no value.
type Filler float64

// supported are the types of panels that Show can show.
var supported = []string{"stat", "gauge", "bargauge", "table", "timeseries", "state-timeline", "nodeGraph"}

// Show returns what a panel shows of the frames of its answers; of none where a query has failed. Gaps of graphs are not shown.
func (p Panel) Show(frames data.Frames) ([]Cell, error) {
	if !slices.Contains(supported, p.Type) {
		return nil, fmt.Errorf("%s: panels of the type %s are not supported", p.Title, p.Type)
	}
	var cells []Cell
	for _, frame := range frames {
		fields, err := fieldsOf(frame)
		if err != nil {
			return nil, err
		}
		some, err := p.showFrame(p.kept(fields))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Title, err)
		}
		cells = append(cells, some...)
	}
	if len(cells) > 0 {
		return cells, nil
	}
	return p.showNothing()
}

// kept returns the fields that transformations leave. Others than those that choose fields are passed over.
func (p Panel) kept(fields []field) []field {
	for _, transformation := range p.Transformations {
		if names := transformation.Options.Include.Names; transformation.ID == "filterFieldsByName" && len(names) > 0 {
			fields = slices.DeleteFunc(fields, func(f field) bool { return !slices.Contains(names, f.Name) && !slices.Contains(names, f.displayName()) })
		}
	}
	return fields
}

// showFrame returns what a panel shows of a frame.
func (p Panel) showFrame(fields []field) ([]Cell, error) {
	var cells []Cell
	for _, f := range fields {
		c, err := p.configure(f)
		if err != nil {
			return nil, err
		}
		values, colours := p.shown(f, c)
		for _, value := range values {
			cell, err := c.cell(f.title(c), value, colours)
			if err != nil {
				return nil, err
			}
			cells = append(cells, cell)
		}
	}
	return cells, nil
}

// title is what a field is called in the panel.
func (f field) title(c config) string {
	if c.DisplayName != "" {
		return c.DisplayName
	}
	return f.displayName()
}

// cell returns a value as it is shown.
func (c config) cell(of string, value any, colours bool) (Cell, error) {
	text, colour, err := c.display(value)
	if !colours {
		colour = ""
	}
	return Cell{of, value, text, colour}, err
}

// shown returns the values of a field that the panel shows, and whether their colours say how good they are.
func (p Panel) shown(f field, c config) (values []any, colours bool) {
	switch p.Type {
	case "stat", "gauge", "bargauge":
		if f.Type != "number" {
			return nil, false
		}
		colours = p.Type == "gauge" || p.Type == "bargauge" && p.Options.ValueMode != "text" || p.Type == "stat" && p.Options.ColorMode != "none"
		if p.Options.ReduceOptions.Values {
			return f.values, colours
		}
		return []any{reduced(f.values, p.Options.ReduceOptions.Calcs)}, colours
	case "table":
		if c.Custom.Hidden {
			return nil, false
		}
		return f.values, slices.Contains([]string{"color-text", "color-background", "color-background-solid", "gauge", "lcd-gauge"}, c.Custom.CellOptions.Type)
	case "state-timeline":
		return drawn(f, c), f.Type == "number"
	case "timeseries":
		return drawn(f, c), c.Color.Mode == "" || c.Color.Mode == "thresholds"
	default: // A node graph, whose rings are no values of their own.
		return f.values, false
	}
}

// drawn returns the values of a field over time that are drawn: nulls are gaps, unless the text for no value is a number
// (Grafana's nullToValue).
func drawn(f field, c config) []any {
	if f.Type == "time" {
		return nil
	}
	var values []any
	for _, value := range f.values {
		if number := c.noNumber(); value == nil && !math.IsNaN(number) {
			value = Filler(number)
		}
		if value != nil {
			values = append(values, value)
		}
	}
	return values
}

// reduced returns the one value that a panel shows of many.
func reduced(values []any, calcs []string) any {
	if len(values) == 0 {
		return nil
	}
	if slices.Equal(calcs, []string{"lastNotNull"}) {
		for _, value := range slices.Backward(values) {
			if value != nil {
				return value
			}
		}
	}
	return values[len(values)-1]
}

// showNothing returns what a panel shows where there is nothing: panels of one number show a null, others a text.
func (p Panel) showNothing() ([]Cell, error) {
	c, err := decoded(p.defaults())
	if err != nil {
		return nil, err
	}
	cell, err := c.cell("", nil, slices.Contains([]string{"stat", "gauge", "bargauge"}, p.Type))
	if cell.Text == "" {
		cell.Text = "No data"
	}
	return []Cell{cell}, err
}

// IsUnknown reports whether a cell is of no value.
func (c Cell) IsUnknown() bool {
	n, isNumber := c.Value.(float64)
	return c.Value == nil || isNumber && math.IsNaN(n)
}

// String says what a cell shows.
func (c Cell) String() string {
	return strconv.Quote(c.Of) + ": " + fmt.Sprint(c.Value) + " as " + strconv.Quote(c.Text) + " in " + strconv.Quote(c.Colour)
}
