package command

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"
	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

const (
	// gap is the number of spaces between the columns of a table.
	gap = 2
	// narrowest is the width that a column of text keeps, however narrow the terminal is.
	narrowest = 9
	// maxSeconds is the number of seconds from which on a duration is written as a number: 100 years.
	maxSeconds = 100 * 365 * 86400
	// nullText stands for no number.
	nullText = "-"
)

// headings are those of columns that are not their names in capitals.
var headings = map[string]string{"time": "START", "timeToDetect": "TTD", "timeToRecover": "TTR", "lowestScore": "LOWEST", "budgetSpent": "SPENT"}

// writeTable writes the named columns of an answer as a table, those that the answer has, or all of them. Where it is wider than
// the terminal, texts are cut; a width of 0 is that of no terminal.
func (a *answer) writeTable(w io.Writer, width int, names ...string) error {
	columns := a.columns
	if len(names) > 0 {
		columns = nil
		for _, name := range names {
			if i := slices.IndexFunc(a.columns, func(c column) bool { return c.name == name }); i >= 0 {
				columns = append(columns, a.columns[i])
			}
		}
	}
	lines := [][]string{make([]string, len(columns))}
	for i, c := range columns {
		lines[0][i] = cmp.Or(headings[c.name], strings.ToUpper(c.name))
	}
	for _, r := range a.rows {
		line := make([]string, len(columns))
		for i, c := range columns {
			line[i] = c.text(r)
		}
		lines = append(lines, line)
	}
	widths := widthsOf(lines, columns, width)
	for _, line := range lines {
		if _, err := fmt.Fprintln(w, lineOf(line, columns, widths)); err != nil {
			return err
		}
	}
	return nil
}

// widthsOf returns the widths of columns, of which those of texts are narrowed until a line fits the terminal.
func widthsOf(lines [][]string, columns []column, terminal int) []int {
	widths := make([]int, len(columns))
	total := gap * (len(columns) - 1)
	for i := range columns {
		for _, line := range lines {
			widths[i] = max(widths[i], runewidth.StringWidth(line[i]))
		}
		total += widths[i]
	}
	for ; terminal > 0 && total > terminal; total-- {
		widest := -1
		for i, c := range columns {
			if c.isText && widths[i] > narrowest && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	return widths
}

// lineOf returns a line of a table. Numbers are on the right of their columns.
func lineOf(cells []string, columns []column, widths []int) string {
	parts := make([]string, len(cells))
	for i, cell := range cells {
		cell = runewidth.Truncate(cell, widths[i], "…")
		if columns[i].isNumber() {
			parts[i] = runewidth.FillLeft(cell, widths[i])
		} else {
			parts[i] = runewidth.FillRight(cell, widths[i])
		}
	}
	return strings.TrimRight(strings.Join(parts, strings.Repeat(" ", gap)), " ")
}

// isNumber reports whether the column has numbers, but for states, which are words.
func (c column) isNumber() bool { return c.unit != "" && c.name != string(query.State) }

// text returns the text of a row's value for people. The status of a row says its state in a word, and that it is in maintenance.
func (c column) text(r row) string {
	value, stated := r[c.name]
	if status, known := r["status"]; known && c.name == string(query.State) {
		value = status
	}
	switch v := value.(type) {
	case nil:
		if !stated && c.name == "flow" {
			return "(overall)"
		}
		if c.name == string(query.State) && stated {
			return cer.StateUnknown.String()
		}
		return nullText
	case time.Time:
		return v.Format("2006-01-02 15:04Z07:00")
	case float64:
		return c.numberText(v)
	default:
		return printable(fmt.Sprint(v))
	}
}

// printable returns a text of the definition or the store on one line, without what a terminal would act on.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, text)
}

// numberText returns a number for people, by its unit.
func (c column) numberText(v float64) string {
	switch {
	case c.name == string(query.State):
		return [...]string{"ok", "ticket", "page"}[int(math.Max(0, math.Min(2, v)))]
	case c.unit == "percentunit":
		return fmt.Sprintf("%.5f", v)
	case c.unit == "s" && v >= 1 && v < maxSeconds:
		return model.Duration(time.Duration(math.Round(v)) * time.Second).String()
	case math.Abs(v) >= 1000 && math.Abs(v) < 1e15:
		return fmt.Sprintf("%.0f", v)
	default:
		return fmt.Sprintf("%.4g", v)
	}
}
