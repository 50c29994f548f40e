// Package postmortem writes the report of one incident of a flow: what the engine knows of it, for those who write a postmortem.
//
//	request.go   which incident is asked for
//	find.go      the incident, or those nearest to what was asked for
//	gather.go    the queries whose answers a report consists of
//	report.go    the report, as JSON
//	timeline.go  what happened when
//	questions.go what the numbers leave open
//	markdown.go  the report as a document
//
// Each number is that of a query that a panel could ask.
package postmortem
