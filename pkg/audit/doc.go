// Package audit says what changes from one revision of a catalog to the next: change by change, in sentences, and as a history of
// bounded size.
package audit
