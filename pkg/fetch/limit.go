package fetch

import "regexp"

// storeLimits are the limits of stores, by what they say when one is reached, and what users can do about each. Those of Mimir are
// in https://grafana.com/docs/mimir/latest/manage/mimir-runbooks/#errors-catalog; Cortex and Thanos have the same in other words.
var storeLimits = []struct {
	says   *regexp.Regexp
	kind   Kind
	advice string
}{
	{
		regexp.MustCompile(`(?i)err-mimir-max-(?:total-)?query-length|query (?:time )?range exceeds|query length exceeds|query length: .*limit: `),
		RangeLimit, "Ask for a shorter range, or for budgets state a shorter budgetWindow or a shorter lookback in the definition; or have the limit raised for this tenant.",
	},
	{
		regexp.MustCompile(`(?i)err-mimir-max-query-expression-size-bytes|query expression size.*exceeds|-search\.maxQueryLen`),
		TooLong, "Ask for fewer flows, or have the limit raised.",
	},
	{
		regexp.MustCompile(`(?i)err-mimir-(?:max-(?:estimated-)?(?:fetched-)?(?:series|chunks?|memory|data)[a-z-]*|[a-z-]*-per-query)|-search\.max(?:\w+|\*)|ResourceExhausted|` +
			`exceed(?:ed|s) (?:the )?(?:max(?:imum)? )?(?:number of )?(?:fetched )?(?:series|chunks?|data bytes|bytes|samples)\w* limit|` +
			`(?:exceeded|hit) the (?:max|maximum|aggregated)\w* (?:number of|chunks?|data|memory)|limit \d+ violated`),
		StoreLimit, "Filter by dimensions, split by fewer, ask for a shorter range or a larger step, or have the limit raised.",
	},
	{
		regexp.MustCompile(`(?i)too many outstanding requests|err-mimir-tenant-max-request-rate|too many (?:concurrent )?(?:requests|queries)`),
		TooManyRequests, "Refresh less often, or lower concurrency in the data source's settings.",
	},
	{
		regexp.MustCompile(`(?i)err-mimir-query-blocked`),
		Forbidden, "The operator of the store has blocked this query.",
	},
	{
		regexp.MustCompile(`(?i)err-mimir-(?:store-consistency-check-failed|bucket-index-too-old)`),
		Unavailable, "A part of the store's history could not be read.",
	},
	{ // Thanos without partial responses answers 422, as it does for an expression that it can't evaluate.
		regexp.MustCompile(`(?i)rpc error: code = (?:Unavailable|DeadlineExceeded|Aborted|Canceled|Internal|Unknown)|proxy Series\(\): `),
		Unavailable, "A part of the store did not answer.",
	},
}

// overLimit returns the error of an answer that says that a limit of the store was reached; nil for others.
func overLimit(status int, message string) *Error {
	for _, limit := range storeLimits {
		if limit.says.MatchString(message) {
			return downstream(limit.kind, status, "The store answered %s. %s", statusLine(status, message), limit.advice)
		}
	}
	return nil
}
