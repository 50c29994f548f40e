package packaging_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	fields "github.com/cer-reliability/cer-datasource/pkg/schema"
)

// glossaryPage has an entry for each term, with a link to the page that says more.
const glossaryPage = "docs/glossary.md"

var (
	// glossaryEntry is a line such as - **[term](page.md)**: what it means.
	glossaryEntry = regexp.MustCompile(`^- \*\*\[([^\]]+)\]\([^)]+\)\*\*: (.+)\.$`)
	// inlineCode is what stands between backticks, without a key before it: step, and page of severity: page.
	inlineCode = regexp.MustCompile("`(?:[a-zA-Z]+: )?([^`]+)`")
	// glossarySource names where a term comes from, at the end of its entry.
	glossarySource = regexp.MustCompile(`\(([A-Z][A-Za-z ]+)(?:, chapter \d)?\)$`)
)

// glossary returns the terms of the glossary in the order in which they stand, and everything that its entries explain: terms, and
// values in code. It fails the test for a line of the list that is no entry.
func glossary(t *testing.T) (terms []string, explained map[string]bool) {
	t.Helper()
	prose, _ := splitMarkdown(t, glossaryPage)
	_, list, _ := strings.Cut(prose, "\n## Terms\n")
	list, sources, _ := strings.Cut(list, "\n## Sources\n")
	explained = map[string]bool{}
	for line := range strings.Lines(strings.TrimSpace(list)) {
		line = strings.TrimSpace(line)
		entry := glossaryEntry.FindStringSubmatch(line)
		if entry == nil {
			t.Errorf("%s: this is no entry with a linked term and a sentence: %s", glossaryPage, line)
			continue
		}
		terms = append(terms, entry[1])
		for _, term := range strings.Split(entry[1], ", ") {
			explained[term] = true
		}
		for _, code := range inlineCode.FindAllStringSubmatch(entry[2], -1) {
			explained[code[1]] = true
		}
		if from := glossarySource.FindStringSubmatch(entry[2]); from != nil && !strings.Contains(sources, "\n- "+from[1]+": [") {
			t.Errorf("%s: %s is from %s, which the page has no link to", glossaryPage, entry[1], from[1])
		}
	}
	return terms, explained
}

func TestTheGlossaryIsSorted(t *testing.T) {
	terms, _ := glossary(t)
	if len(terms) < 50 {
		t.Fatalf("the glossary has %d terms only", len(terms))
	}
	for i, term := range terms[1:] {
		if before := terms[i]; strings.ToLower(before) >= strings.ToLower(term) {
			t.Errorf("%s stands before %s", before, term)
		}
	}
}

// words returns every word that definitions, queries and answers choose from, and what has it.
func words() map[string]string {
	all := map[string]string{}
	for _, row := range query.Rows() {
		all[string(row.Measure)] = "a measure"
		for _, level := range row.Levels {
			all[string(level)] = "a level"
		}
	}
	for _, format := range query.Formats() {
		all[string(format)] = "a format"
	}
	for state := cer.StateUnknown; state <= cer.StatePage; state++ {
		all[state.String()] = "a state"
	}
	for _, kind := range fields.Kinds() {
		all[kind] = "a kind of SLIs"
	}
	for _, curve := range fields.Curve.Names() {
		all[curve] = "a curve"
	}
	for _, mapping := range fields.Mappings() {
		for _, field := range mapping.Fields {
			for _, word := range field.Words() {
				all[word] = field.Name + " of " + mapping.What
			}
		}
	}
	return all
}

func TestTheGlossaryHasEveryWordOfTheAPI(t *testing.T) {
	_, explained := glossary(t)
	for word, of := range words() {
		if !explained[word] {
			t.Errorf("%s has no %q, which is %s", glossaryPage, word, of)
		}
	}
}

// bareWord is a value or a field by itself, other than PromQL.
var bareWord = regexp.MustCompile(`^[a-zA-Z]+$`)

// A value that no longer exists would be looked for in vain.
func TestTheGlossaryExplainsNoOtherWords(t *testing.T) {
	known := words()
	for _, label := range []string{"le", "vmrange"} {
		known[label] = "a label of buckets"
	}
	for _, mapping := range fields.Mappings() {
		for _, field := range mapping.Names() {
			known[field] = "a field"
		}
	}
	prose, _ := splitMarkdown(t, glossaryPage)
	for _, code := range inlineCode.FindAllStringSubmatch(prose, -1) {
		if bareWord.MatchString(code[1]) && known[code[1]] == "" {
			t.Errorf("%s has the word %q, which neither definitions nor queries have", glossaryPage, code[1])
		}
	}
}
