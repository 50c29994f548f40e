// Package graph arranges the scores of a catalog as a graph: the whole, its flows, their components, the SLIs of these, and
// what SLIs depend on.
package graph
