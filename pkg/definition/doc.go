// Package definition reads catalogs: it turns the bytes of cer/v1 YAML into a validated cer.Catalog, or says
// everything that is wrong with them, each with its file, line and column.
//
// Several documents and files make one catalog. Every document says apiVersion, kind and the same metadata.name; the
// flows of all documents are joined in their order, and each other setting of spec stands in one document only.
//
// Where the definition is silent: the window is 5m, the aggregate mean, minCoverage 0.5 and a weight 1, but 0 for one
// that follows PromQL; a flow has the catalog's objective; the traffic of a flow is that of its first key SLI that
// counts events, else of its first SLI that does; ratios and probes speak for availability, latency, apdex and quantile
// for latency, and a value or what is recorded says what it speaks for; a histogram is in milliseconds where its name
// ends in _milliseconds or _ms, else in seconds; apdex tolerates four times what satisfies; the curve of an SLI or a
// fallback is identity, but a quantile states one; what is missing or idle is ignored; a dimension is called on series
// what it is called in answers; the policies are those of policy.Default, and an empty list is none.
//
// A flow, an SLI or a fallback may be made of a preset: of an SLI in a file of pkg/preset, or in a source of the kind Preset. Its
// fields are read as if they stood at the use, those that the use states replace them, and matchers are put into the selectors of
// what was read, so that nothing of a preset is left in a catalog.
//
// Every field is known or refused. Aliases are understood, merge keys are not. A name starts with a letter and goes on
// with letters, digits, _ and -; that of a dimension is the name of a label. The values of a dimension are text as it
// is written, with quotes or without. Weights of a flow that are all 0 are a warning: such a flow loads and has no
// score. Recorded series, also those of a fallback, state what is trusted of them wherever matchers would be inherited.
package definition
