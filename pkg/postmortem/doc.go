// Package postmortem writes the report of one incident of a flow, from which people write a postmortem.
//
//	request.go   the parameters of a request
//	find.go      the incident, or the nearest ones if there is none
//	gather.go    the queries that fill the report
//	report.go    the report, as JSON
//	timeline.go  what happened when
//	questions.go what the numbers leave open
//	markdown.go  the report as a document
//
// Every number is the answer to a query that a panel could send, too.
package postmortem
