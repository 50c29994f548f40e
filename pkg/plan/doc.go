// Package plan decides what is asked of the store for a query, and how numbers are computed from the answers: query +
// compiled catalog + range + facts about histograms -> a Plan. A Plan is a value that prints itself; making one takes no
// request.
package plan
