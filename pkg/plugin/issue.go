package plugin

import "github.com/cer-reliability/cer-datasource/pkg/definition"

// issue is a definition.Issue in the JSON of answers.
type issue struct {
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Path    string `json:"path,omitempty"`
	Text    string `json:"text,omitempty"`
	Message string `json:"message"`
	Warning bool   `json:"warning,omitempty"`
	// Hint says that it is no fault at all, but something to think of. It has no place in the definition.
	Hint bool `json:"hint,omitempty"`
}

// issuesOf converts issues to JSON; never nil.
func issuesOf(issues definition.Issues) []issue {
	all := make([]issue, 0, len(issues))
	for _, i := range issues {
		all = append(all, issue{Line: i.Line, Column: i.Column, Path: i.Path, Text: i.Text, Message: i.Message, Warning: i.Warning})
	}
	return all
}
