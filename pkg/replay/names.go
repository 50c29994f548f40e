package replay

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
)

// flowNames turns texts about the candidates that a flow was made into into ones about the flow.
type flowNames struct {
	replacer *strings.Replacer
	// slis are the SLIs of the flow, as flow/sli, which texts list once for each candidate.
	slis []string
}

// namesOf returns the names of the candidates that a flow was made into.
func namesOf(candidates *catalog.Catalog, f *cer.Flow) flowNames {
	var names flowNames
	flows := slices.Clone(candidates.Flows)
	slices.SortFunc(flows, func(a, b cer.Flow) int { return cmp.Compare(len(b.Name), len(a.Name)) }) // Some begin with another one.
	var pairs []string
	for i := range flows {
		pairs = append(pairs, flows[i].Name, f.Name)
	}
	names.replacer = strings.NewReplacer(pairs...)
	for i := range f.SLIs {
		names.slis = append(names.slis, f.Name+"/"+f.SLIs[i].Name)
	}
	return names
}

// in returns a text about candidates as one about the flow.
func (n flowNames) in(text string) string {
	head, rest, found := strings.Cut(n.replacer.Replace(text), ": ")
	var once []string
	for name := range strings.SplitSeq(head, ", ") {
		if !slices.Contains(once, name) || !slices.Contains(n.slis, name) {
			once = append(once, name)
		}
	}
	head = strings.Join(once, ", ")
	if !found {
		return head
	}
	return head + ": " + rest
}

// inNotices returns notices on candidates as ones on the flow, each once.
func (n flowNames) inNotices(notices cer.Annotations) cer.Annotations {
	var all cer.Annotations
	for _, one := range notices {
		one.Subject, one.Text = n.in(one.Subject), n.in(one.Text)
		all.Add(one)
	}
	return all
}

// inError returns an error of the store that names candidates as one that names the flow, and other errors as they are.
func (n flowNames) inError(err error) error {
	var failed *fetch.Error
	if !errors.As(err, &failed) {
		return err
	}
	named := *failed
	named.Message = n.in(failed.Message)
	return &named
}
