package definition

import (
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

// Head is what a source says of itself before it is read: which catalogs it belongs to, and who may use it.
type Head struct {
	// Names are those of the catalogs that its documents belong to, each once.
	Names []string
	// Orgs are the numbers of the organisations that may use the source, which all of its documents list that list any;
	// nil stands for every organisation. A list that can't be read stands for none.
	Orgs []int64
	// Presets says that it is a source of presets, which belongs to no catalog and to which any may refer.
	Presets bool
	// Whole says that nothing of the source is left that may belong to a catalog which Names lacks.
	Whole bool
}

// HeadOf returns the head of a source, as far as it can be read. Load reports what is wrong.
func HeadOf(source Source) Head {
	f := open(source, budgetOf(source))
	head := Head{Whole: len(f.issues) == 0, Presets: HoldsPresets(source)}
	for _, document := range f.documents {
		of := headOf(document)
		switch {
		case head.Presets:
		case of.name == "":
			head.Whole = false
		case !slices.Contains(head.Names, of.name):
			head.Names = append(head.Names, of.name)
		}
		if of.listed {
			head.restrict(of.orgs)
		}
	}
	return head
}

// restrict leaves those of the organisations that are listed too.
func (h *Head) restrict(listed []int64) {
	if h.Orgs == nil {
		h.Orgs = append([]int64{}, listed...)
		return
	}
	h.Orgs = slices.DeleteFunc(h.Orgs, func(org int64) bool { return !slices.Contains(listed, org) })
}

// documentHead holds the fields that identify one document; its name is "" where it can't be read.
type documentHead struct {
	name   string
	orgs   []int64
	listed bool
}

// headOf returns the head of a document. Faults are reported when the document itself is read.
func headOf(document node) documentHead {
	document.file = &file{budget: document.file.budget}
	f, _ := fieldsOf(document, schema.Document)
	var head documentHead
	if at, ok := f.values["metadata"]; ok {
		metadata, _ := fieldsOf(at, schema.Metadata)
		read(metadata, "name", &head.name, name)
	}
	read(f, "orgs", &head.orgs, organisations)
	head.listed = f.has("orgs") || f.partial
	return head
}

// organisations reads the numbers of the organisations that may use a document.
func organisations(n node) ([]int64, bool) {
	orgs, ok := list(organisation)(n)
	if ok && len(orgs) == 0 {
		n.refuse("list at least one organisation by its number, or leave the field out for all of them")
		return nil, false
	}
	if len(orgs) < len(n.Content) {
		return nil, false
	}
	return orgs, ok
}

// organisation reads the number by which Grafana knows an organisation.
func organisation(n node) (int64, bool) {
	var number int64
	if !n.is(integerTag) || n.Decode(&number) != nil || number < 1 {
		n.refuse("the number of an organisation is needed here, such as 1")
		return 0, false
	}
	return number, true
}
