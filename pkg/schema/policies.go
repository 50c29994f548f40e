package schema

// Policy says when somebody is needed.
var Policy = &Mapping{
	Name: "policy", What: "a policy", Doc: "When a state becomes page or ticket: burn, when, or both.",
	Fields: []Field{
		{"name", name, "fast-burn", "The name of the policy."},
		{"severity", Words{{"page", "Someone is called immediately."}, {"ticket", "Someone looks into it during working hours."}}, "page", "How urgent it is."},
		{"flows", Selection, "", "The flows that it applies to. Left out: every flow and the overall score."},
		{"by", List{Of: text}, "", "Dimensions whose cohorts have a state each."},
		{"burn", Burn, "", "True while the error budget burns at this rate, over a long and a short window."},
		{"when", text, "", "A condition in CEL over score, coverage, budget, burn(\"1h\") and others, such as score < 0.9."},
		{"clear", text, "", "A condition in CEL for the state to end. Left out: when and burn are false."},
		{"for", span, "", "How long the condition must hold, in whole minutes. Left out: 0s."},
		{"keepFor", span, "", "How long the policy stays active after the condition, in whole minutes. Left out: 0s."},
	},
	rules: []object{atLeastOne("burn", "when")},
}

// Burn is the shorthand for burn rates over two windows.
var Burn = &Mapping{
	Name: "burn", What: "a burn condition", Doc: "A share of the error budget that is spent within a time.",
	Fields: []Field{
		{"budget", portion(above0, upTo1), "2%", "The share of the error budget, such as 2% or 0.02."},
		{"long", fineSpan, "1h", "The time in which it would be spent. A twelfth of this time must burn as fast."},
		{"minFailures", amount, "", "How many events must be lost in that time. Left out: any number."},
	},
}

// Selection chooses flows.
var Selection = &Mapping{
	Name: "selection", What: "a choice of flows", Doc: "The flows that meet all of these conditions.",
	Fields: []Field{
		{"minShare", wholeShare, "", "The least share of the weights of all flows, from 0 to 1."},
		{"names", List{Of: text, least: 1}, "", "The names of flows."},
		{"labels", Map{Of: text}, "", "Values that labels of flows have, such as { team: payments }."},
	},
}

// Maintenance says when nobody is called.
var Maintenance = &Mapping{
	Name: "maintenance", What: "a maintenance", Doc: "Planned maintenance, by intervals or promql.",
	Fields: []Field{
		{"name", name, "sunday-night", "The name of the maintenance."},
		{"effect", effects, "", "How that time counts; states are ok in any case. Left out: suppress."},
		{"flows", Selection, "", "The flows in maintenance. Left out: every flow and the overall score."},
		{"intervals", List{Of: Interval, least: 1}, "", "When, as Alertmanager's time intervals."},
		{"promql", promQL, "", "An expression that is not 0 during maintenance."},
		{"trust", matchers, "", "Matchers of promql instead of the catalog's."},
	},
	rules: []object{exactlyOne("intervals", "promql"), notTogether("intervals", "trust")},
}

var effects = Words{
	{"suppress", "Suppresses states only."},
	{"exclude", "Leaves the time out of the error budget, too."},
	{"good", "Counts the time as good, too."},
}

// Interval is one of Alertmanager's time intervals.
var Interval = &Mapping{
	Name: "interval", What: "a time interval", Doc: "One of Alertmanager's time intervals: the instants at which all of it is true.",
	Fields: []Field{
		{"times", List{Of: TimeRange}, "", "Times of a day."},
		{"weekdays", List{Of: namedOrNumbered}, "", "Days of the week, such as sunday or monday:friday."},
		{"days_of_month", List{Of: namedOrNumbered}, "", "Days of the month, such as 1, 1:7 or -1 for the last one."},
		{"months", List{Of: namedOrNumbered}, "", "Months by name or number, such as january, 1 or march:april."},
		{"years", List{Of: namedOrNumbered}, "", "Years, such as 2026 or 2026:2027."},
		{"location", anyText, "", "The time zone, such as Europe/Berlin. Left out: UTC."},
	},
	rules: []object{{{"minProperties", 1}}},
}

// TimeRange is a part of a day.
var TimeRange = &Mapping{
	Name: "timeRange", What: "a range of times", Doc: "A part of a day, which ends on the day on which it starts.",
	Fields: []Field{
		{"start_time", text, "\"02:00\"", "When it starts, such as \"02:00\"."},
		{"end_time", text, "\"04:00\"", "When it ends, up to \"24:00\"."},
	},
}
