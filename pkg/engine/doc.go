// Package engine answers a query of a catalog for any caller, such as Grafana's plugin or a command line. A request takes six
// steps in this order:
//
//  1. facts.go: what the store has of the histograms that the query needs
//  2. plan.go: query + catalog + range + facts -> a plan; where that is too large, shard.go splits the query by flows
//  3. blocks.go: sums of old time slices, from the cache or computed block by block
//  4. fetch.go: the plan's leaves -> the store's answers, by expressions that merge.go merges; errors.go names the SLIs of an
//     expression that the store refuses
//  5. limits.go: how many points are processed at the same time
//  6. eval.go: answers -> numbers
//
// Exec takes all of them. Explain takes the first two, and returns what would be requested. Both list the requests as they are
// sent (requests.go).
//
// Gates (gate.go), summaries (summary.go) and graphs (graph.go) are answered by several such requests. Exemplars, which are not
// numbers, are planned as above, and then fetched and evaluated by exemplars.go.
package engine
