// Package expand turns indicators into PromQL. Compile parses the PromQL of an indicator once; Expand puts the window,
// filters and grouping into a copy of its syntax tree. Merge makes few expressions of many, and Merged.Unmerge takes
// their answers apart. It is the only package that knows PromQL's syntax.
package expand
