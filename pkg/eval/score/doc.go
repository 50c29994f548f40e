// Package score computes score trees from the answers to a plan: the observations of SLIs, the composites of flows and of
// all flows together, for one cohort at the instants of a range. Members of a tree return their measures as columns: a
// number for each instant, NaN where there is none.
package score
