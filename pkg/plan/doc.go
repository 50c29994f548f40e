// Package plan decides what is asked of the store for a query: query + catalog + range -> the deduplicated leaves,
// and the score tree that refers to them. A plan is a value that prints itself; making one asks nobody anything.
package plan
