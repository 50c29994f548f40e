package main

import (
	"fmt"
	"os"
	"strings"
	"time"
	"unicode/utf8"
)

// screen is where the tables are shown: on a terminal in colours and in place, elsewhere one below the other.
type screen struct {
	out      *os.File
	terminal bool
	// shown says that a table has been shown.
	shown bool
}

// clearScreen empties a terminal and moves its cursor to the upper left corner.
const clearScreen = "\x1b[H\x1b[2J"

func newScreen(out *os.File) *screen {
	info, err := out.Stat()
	return &screen{out: out, terminal: err == nil && info.Mode()&os.ModeCharDevice != 0}
}

// show prints the tables, in place of the last ones on a terminal, and more below them.
func (s *screen) show(ts tables, at time.Time, more string) error {
	text := page{tables: ts, at: at, colours: s.terminal}.String() + more
	if s.terminal && s.shown {
		text = clearScreen + text
	}
	s.shown = true
	_, err := fmt.Fprint(s.out, text)
	return err
}

// page is what is shown of the tables at an instant.
type page struct {
	tables  tables
	at      time.Time
	colours bool
}

// measures are the columns behind the name: the table's field, its heading, its width and how its numbers are printed.
var measures = []struct {
	field, heading string
	width          int
	format         string
}{
	{"score", "SCORE", 8, "%.4f"},
	{"change", "1H", 9, "%+.4f"},
	{"objective", "OBJECTIVE", 11, "%g"},
	{"coverage", "COVERAGE", 10, "%.0f%%"},
	{"value", "VALUE", 10, "%.4g"},
	{"impact", "IMPACT", 9, "%.4f"},
	{"weight", "WEIGHT", 9, "%.0f%%"},
	{"traffic", "EVENTS/S", 10, "%.1f"},
}

// nameWidth is the width of the column of names.
const nameWidth = 26

// String prints the whole, then each flow with its SLIs, then what the reader should know.
func (p page) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "\nHow are our users doing?  %s\n\n", p.at.Local().Format("15:04:05"))
	out.WriteString(pad("", nameWidth))
	for _, m := range measures {
		fmt.Fprintf(&out, "%*s", m.width, m.heading)
	}
	out.WriteString("\n")
	overall, flows, slis := p.tables["overall"], p.tables["flow"], p.tables["sli"]
	for row := range overall.rows() {
		p.line(&out, "cer "+overall.word("title", row), overall, row)
	}
	for row := range flows.rows() {
		flow := flows.word("flow", row)
		p.line(&out, flow, flows, row)
		for sli := range slis.rows() {
			if slis.word("flow", sli) == flow {
				p.line(&out, "  "+slis.word("sli", sli), slis, sli)
			}
		}
	}
	for _, notice := range p.tables.notices() {
		fmt.Fprintf(&out, "note: %s\n", notice)
	}
	return out.String()
}

// line prints one row.
func (p page) line(out *strings.Builder, name string, t table, row int) {
	out.WriteString(pad(name, nameWidth))
	for _, m := range measures {
		text := "-"
		if number, ok := t.number(m.field, row); ok {
			if strings.Contains(m.format, "%%") {
				number *= 100
			}
			text = fmt.Sprintf(m.format, number)
		}
		if m.field == "value" {
			text = withUnit(text, t.word("unit", row))
		}
		cell := strings.Repeat(" ", max(m.width-utf8.RuneCountInString(text), 1)) + text
		if m.field == "score" {
			cell = p.coloured(cell, t, row)
		}
		out.WriteString(cell)
	}
	out.WriteString("\n")
}

// withUnit appends a unit that a reader would miss.
func withUnit(text, unit string) string {
	if unit == "s" && text != "-" {
		return text + " s"
	}
	return text
}

// coloured prints a score red under its objective and green from there on, on a terminal.
func (p page) coloured(cell string, t table, row int) string {
	score, scored := t.number("score", row)
	objective, has := t.number("objective", row)
	switch {
	case !p.colours || !scored || !has:
		return cell
	case score < objective:
		return "\x1b[31m" + cell + "\x1b[0m"
	default:
		return "\x1b[32m" + cell + "\x1b[0m"
	}
}

func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(width-utf8.RuneCountInString(text), 1))
}
