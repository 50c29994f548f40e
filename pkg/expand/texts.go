package expand

// MergeTexts is Merge for expressions of which only the texts are known, which it parses. Those that do not parse stay as
// they are.
func MergeTexts(texts []string) []Merged {
	exprs := make([]*Expr, len(texts))
	for i, text := range texts {
		var err error
		if exprs[i], err = Parse(text); err != nil {
			exprs[i] = &Expr{}
			exprs[i].printed.Do(func() { exprs[i].text = text })
			exprs[i].aggregated.Do(func() {})
		}
	}
	return Merge(exprs)
}
