// Package expand turns an SLI into PromQL: the selectors of its definition, with the window, the trusted matchers and
// the grouping put in through the parser's syntax tree. It is the only package that knows PromQL.
package expand
