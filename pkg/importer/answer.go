package importer

import "github.com/cer-reliability/cer-datasource/pkg/definition"

// Answer is a result as the command and the data source write it as JSON.
type Answer struct {
	// Definition is the YAML of the catalog; "" where nothing could be imported.
	Definition string  `json:"definition"`
	Flows      int     `json:"flows"`
	SLIs       int     `json:"slis"`
	Issues     []Issue `json:"issues"`
}

// Issue is an issue of an answer. Its severity is error where it is about something that is not in the catalog at all, else warning.
type Issue struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Severity string `json:"severity"`
	Path     string `json:"path,omitempty"`
	Message  string `json:"message"`
	Text     string `json:"text,omitempty"`
}

// Answer returns the result as it is written as JSON.
func (r Result) Answer() Answer {
	a := Answer{Definition: string(r.YAML), Flows: r.Flows, SLIs: r.SLIs, Issues: []Issue{}}
	for _, i := range r.Issues {
		a.Issues = append(a.Issues, Issue{i.File, i.Line, i.Column, severityName(i), i.Path, i.Message, i.Text})
	}
	return a
}

// severityName returns the severity of an issue.
func severityName(i definition.Issue) string {
	if i.Warning {
		return "warning"
	}
	return "error"
}
