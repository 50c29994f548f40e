package definition

import (
	"cmp"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// titled is a flow or an SLI, by its name, its title, and its title with the name.
type titled struct {
	name, title string
	shared      *string
}

// distinguishInplace adds their names to the titles of flows that have the same title, and so of the SLIs of each flow, so that people can
// tell them apart wherever titles are shown. The titles that are stated stay.
func distinguishInplace(flows []cer.Flow) {
	all := make([]titled, len(flows))
	for i := range flows {
		f := &flows[i]
		all[i] = titled{f.Name, f.Title, &f.SharedTitle}
		slis := make([]titled, len(f.SLIs))
		for j := range f.SLIs {
			slis[j] = titled{f.SLIs[j].Name, f.SLIs[j].Title, &f.SLIs[j].SharedTitle}
		}
		distinguishTitlesInplace(slis)
	}
	distinguishTitlesInplace(all)
}

// distinguishTitlesInplace does so for one list: twice, since a title with a name may be the title of another one.
func distinguishTitlesInplace(all []titled) {
	for range 2 {
		shown := map[string]int{}
		for _, one := range all {
			shown[one.text()]++
		}
		for _, one := range all {
			if one.title != "" && shown[one.text()] > 1 {
				*one.shared = one.text() + " (" + one.name + ")"
			}
		}
	}
}

// text is what is shown: the title, or else the name.
func (t titled) text() string {
	return cmp.Or(*t.shared, t.title, t.name)
}
