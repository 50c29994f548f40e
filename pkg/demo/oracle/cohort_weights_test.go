package oracle

import "slices"

// followed is what a flow's weight follows: numbers at each instant for a cohort, from the series that speak for it.
func (o *oracle) followed(f *flow, of []string) column {
	s, labelOf := &sli{indicator: value{}}, func(d dimension) string { return d.label }
	if f.dynamic.expression != nil {
		s.indicator = *f.dynamic.expression
	} else {
		s = f.traffic()
		labelOf = s.labelOf
	}
	filters := o.conditions(o.view, labelOf)
	var leaves []leaf
	for _, one := range keys(labelsOf(s.indicator, o.split, labelOf), of) {
		leaves = append(leaves, o.leaf(s.indicator, o.trustOf(s), o.in.windowOf(s), o.in, append(one, filters...)))
	}
	numbers := make(column, len(o.in.times()))
	for i := range numbers {
		numbers[i] = none
		if k := slices.IndexFunc(leaves, func(l leaf) bool { return known(l.anchor()[i]) }); k >= 0 {
			numbers[i] = leaves[k].anchor()[i]
		}
	}
	return numbers
}

// flowWeights are the weights of some flows for a cohort by instant. Traffic scales them by its ratio to the mean of
// those flows whose traffic is known; where it is missing, or an expression is, or is below 0, the weight stays.
func (o *oracle) flowWeights(flows []*flow, of []string) []told[[]float64] {
	read := make([]column, len(flows))
	for k, f := range flows {
		if f.dynamic != nil {
			read[k] = o.followed(f, of)
		}
	}
	all := make([]told[[]float64], len(o.in.times()))
	for i := range all {
		sum, n := 0.0, 0.0
		for k, f := range flows {
			if f.dynamic != nil && f.dynamic.expression == nil && known(read[k][i]) {
				sum, n = sum+read[k][i], n+1
			}
		}
		for k, f := range flows {
			w := f.weight
			switch {
			case f.dynamic == nil:
			case f.dynamic.expression != nil && read[k][i] >= 0:
				w = read[k][i]
				all[i].how |= byExpression
			case f.dynamic.expression != nil:
				all[i].how |= byExpressionLeft
			case missing(read[k][i]):
				all[i].how |= byTrafficLeft
			case sum > 0:
				w *= read[k][i] * n / sum
				all[i].how |= byTraffic
			}
			all[i].of = append(all[i].of, w)
		}
	}
	return all
}

// wholeVerdicts judges some flows together for a cohort.
func (o *oracle) wholeVerdicts(flows []*flow, of []string) []told[verdict] {
	var byFlow [][]told[verdict]
	for _, f := range flows {
		byFlow = append(byFlow, o.flowVerdicts(f, of))
	}
	whole := make([]told[verdict], len(o.in.times()))
	for i, weights := range o.flowWeights(flows, of) {
		whole[i].how = weights.how
		var verdicts []verdict
		for _, v := range at(byFlow, i) {
			verdicts = append(verdicts, v.of)
			whole[i].how |= v.how
		}
		whole[i].of = o.judge(weights.of, verdicts)
	}
	return whole
}

// shown returns the flows that the view's filters keep.
func (o *oracle) shown() []*flow {
	var flows []*flow
	for k := range o.flows {
		if o.view.kept(teamLabel, o.flows[k].team) {
			flows = append(flows, &o.flows[k])
		}
	}
	return flows
}

// seen returns the cohorts that the series of a flow tell, "" for a dimension that they don't.
func (o *oracle) seen(f *flow) [][]string {
	var found [][]string
	for _, of := range o.universe() {
		told := slices.ContainsFunc(of, func(value string) bool { return value != "" })
		if told && slices.ContainsFunc(f.slis, func(s sli) bool { return o.sees(&s, of) }) {
			found = append(found, of)
		}
	}
	return found
}

// sees reports whether there are series of an SLI, or of its fallback, that tell just a cohort.
func (o *oracle) sees(s *sli, of []string) bool {
	tells := func(i indicator) bool {
		labels := labelsOf(i, o.split, s.labelOf)
		for k, label := range labels {
			if label == "" && of[k] != "" {
				return false
			}
		}
		conditions := slices.Concat(keys(labels, of)[0], o.conditions(o.view, s.labelOf))
		return o.leaf(i, o.trustOf(s), o.in.windowOf(s), o.in, conditions).seen
	}
	return tells(s.indicator) || s.fallback != nil && tells(s.fallback.indicator)
}

// universe returns every cohort of which there may be telemetry, and the partial ones.
func (o *oracle) universe() [][]string {
	all := [][]string{{}}
	for _, d := range o.split {
		values := append([]string{""}, regions...)
		if d.name == "tier" {
			values = append([]string{""}, tiers...)
		}
		var next [][]string
		for _, of := range all {
			for _, value := range values {
				next = append(next, append(slices.Clone(of), value))
			}
		}
		all = next
	}
	return all
}
