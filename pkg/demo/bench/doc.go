// Package bench measures the plugin's process beside what its users would do instead, against the same store and in the
// same run, and reports the ratios. What they would do is PromQL that asks for the same numbers.
package bench
