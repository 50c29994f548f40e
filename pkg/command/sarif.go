package command

import (
	"io"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

const (
	// homepage is where people find more about the command.
	homepage = "https://github.com/cer-reliability/cer-datasource"
	// sarifRule is the rule that all issues break. They have no rules of their own: each says in words what is wrong.
	sarifRule = "definition"
)

// writeSARIF writes issues in the Static Analysis Results Interchange Format, version 2.1.0.
func writeSARIF(w io.Writer, r checkReport) error {
	run := sarif.NewRunWithInformationURI("cer", homepage)
	run.Tool.Driver.WithVersion(r.version)
	run.AddRule(sarifRule).WithShortDescription(sarif.NewMultiformatMessageString().WithText("Definitions of catalogs are valid.")).WithHelpURI(homepage + "/blob/main/docs/definition.md")
	for _, i := range r.issues {
		result := run.CreateResultForRule(sarifRule).WithLevel(severity(i)).WithMessage(sarif.NewTextMessage(message(i)))
		if i.File == "" {
			continue
		}
		at := sarif.NewPhysicalLocation().WithArtifactLocation(sarif.NewSimpleArtifactLocation(i.File))
		if i.Line > 0 {
			at.WithRegion(sarif.NewRegion().WithStartLine(i.Line).WithStartColumn(max(1, i.Column)))
		}
		result.AddLocation(sarif.NewLocationWithPhysicalLocation(at))
	}
	report := sarif.NewReport()
	report.AddRun(run)
	if err := report.PrettyWrite(w); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
