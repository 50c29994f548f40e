package command

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/frame"
)

// answer is what frames say, as rows.
type answer struct {
	frame.Meta
	columns []column
	rows    []row
	notices []notice
}

// column is a column of rows. Its unit is Grafana's name of one. A label says whose numbers a row has; labels and other texts may be
// cut where there is no room.
type column struct {
	name, unit      string
	isLabel, isText bool
}

// row has the values of columns by their names: strings, numbers and times, nil for null.
type row map[string]any

// notice is a notice beside the numbers.
type notice struct {
	Severity string `json:"severity"`
	Text     string `json:"text"`
}

// level is the entry of rows that says what they are of. It is no column.
const level = "level"

// add adds the rows of frames, which are of a level.
func (a *answer) add(of string, frames data.Frames) error {
	for _, f := range frames {
		if err := a.addMeta(f.Meta); err != nil {
			return err
		}
		for i := range f.Rows() {
			r := row{level: of}
			for _, field := range f.Fields {
				for name, value := range field.Labels {
					r[name] = value
					a.addColumn(column{name: name, isLabel: true, isText: true})
				}
				r[field.Name] = valueAt(field, i)
				a.addColumn(column{name: field.Name, unit: unitOf(field), isText: field.Type().NonNullableType() == data.FieldTypeString})
			}
			a.rows = append(a.rows, r)
		}
	}
	return nil
}

// addMeta adds what a frame says of the whole answer.
func (a *answer) addMeta(meta *data.FrameMeta) error {
	if meta == nil {
		return nil
	}
	for _, n := range meta.Notices {
		if n := (notice{n.Severity.String(), n.Text}); !slices.Contains(a.notices, n) {
			a.notices = append(a.notices, n)
		}
	}
	raw, err := json.Marshal(meta.Custom) // It was read from JSON, or is a frame.Meta.
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, &a.Meta)
}

// labelOrder are the labels that come before others.
var labelOrder = []string{"flow", "component", "sli"}

// addColumn adds a column that is not there yet. Labels come first.
func (a *answer) addColumn(c column) {
	if slices.ContainsFunc(a.columns, func(known column) bool { return known.name == c.name }) {
		return
	}
	a.columns = append(a.columns, c)
	place := func(c column) int {
		at := slices.Index(labelOrder, c.name)
		switch {
		case !c.isLabel:
			return len(labelOrder) + 1
		case at < 0:
			return len(labelOrder)
		default:
			return at
		}
	}
	slices.SortStableFunc(a.columns, func(a, b column) int {
		if order := cmp.Compare(place(a), place(b)); order != 0 || !a.isLabel {
			return order
		}
		return cmp.Compare(a.name, b.name)
	})
}

// unitOf returns the unit of a field; "" where it has none.
func unitOf(field *data.Field) string {
	if field.Config == nil {
		return ""
	}
	return field.Config.Unit
}

// valueAt returns a value of a field, nil for null.
func valueAt(field *data.Field, i int) any {
	value, ok := field.ConcreteAt(i)
	if !ok {
		return nil
	}
	switch v := value.(type) {
	case time.Time:
		return v.UTC()
	case float64:
		if math.IsNaN(v) { // JSON has none.
			return nil
		}
	}
	return value
}

// writeJSON writes the answer as JSON.
func (a *answer) writeJSON(w io.Writer) error {
	rows, notices := a.rows, a.notices
	if rows == nil {
		rows = []row{}
	}
	if notices == nil {
		notices = []notice{}
	}
	return writeJSON(w, struct {
		frame.Meta
		Rows    []row    `json:"rows"`
		Notices []notice `json:"notices"`
	}{a.Meta, rows, notices})
}

// writeJSON writes a value as JSON, a line a field.
func writeJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// writeNotices writes notices, a line each.
func (a *answer) writeNotices(w io.Writer) { writeNotices(w, a.notices) }

// writeNotices writes notices, a line each.
func writeNotices(w io.Writer, all []notice) {
	for _, n := range all {
		fmt.Fprintln(w, printable(n.Severity+": "+n.Text))
	}
}
