package main

import (
	"fmt"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// tables are the plugin's answers, by level.
type tables map[string]table

// table is a frame whose rows can be read by the names of its fields.
type table struct {
	frame  *data.Frame
	fields map[string]*data.Field
}

// tablesOf returns the tables of an answer, or the first error in it.
func tablesOf(answer *backend.QueryDataResponse) (tables, error) {
	result := tables{}
	for _, level := range levels {
		response, ok := answer.Responses[level]
		if !ok || response.Error != nil {
			return nil, fmt.Errorf("the plugin answers the level %s with: %w", level, response.Error)
		}
		if len(response.Frames) != 1 {
			return nil, fmt.Errorf("the plugin answers the level %s with %d frames, not with one", level, len(response.Frames))
		}
		t := table{frame: response.Frames[0], fields: map[string]*data.Field{}}
		for _, field := range t.frame.Fields {
			t.fields[field.Name] = field
		}
		result[level] = t
	}
	return result, nil
}

// rows is the number of rows.
func (t table) rows() int {
	if len(t.frame.Fields) == 0 {
		return 0
	}
	return t.frame.Rows()
}

// word returns the string in a field's row; "" where there is none.
func (t table) word(name string, row int) string {
	field, ok := t.fields[name]
	if !ok {
		return ""
	}
	text, ok := field.At(row).(string)
	if !ok {
		return ""
	}
	return text
}

// number returns the number in a field's row, and whether there is one.
func (t table) number(name string, row int) (float64, bool) {
	field, ok := t.fields[name]
	if !ok {
		return 0, false
	}
	number, ok := field.At(row).(*float64)
	if !ok || number == nil {
		return 0, false
	}
	return *number, true
}

// notices are the sentences that came with the tables, each once.
func (ts tables) notices() []string {
	var sentences []string
	seen := map[string]bool{}
	for _, level := range levels {
		if ts[level].frame.Meta == nil {
			continue
		}
		for _, notice := range ts[level].frame.Meta.Notices {
			if !seen[notice.Text] {
				seen[notice.Text] = true
				sentences = append(sentences, notice.Text)
			}
		}
	}
	return sentences
}
