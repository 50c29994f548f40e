package definition

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/work"
	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

// Load reads the catalog that the sources make together, with the presets that it uses of those among them that hold presets. Where any issue is more than a warning there is no catalog;
// warnings come along with one.
func Load(sources ...Source) (*cer.Catalog, Issues) { return LoadNamed("", sources...) }

// LoadNamed is Load without the documents of catalogs of other names; "" takes them all. A document whose name can't
// be read may belong to the catalog, and is read too.
func LoadNamed(name string, sources ...Source) (*cer.Catalog, Issues) {
	return loadWithin(budgetOf(sources...), name, sources)
}

// loadWithin is LoadNamed within a budget.
func loadWithin(budget *work.Budget, name string, sources []Source) (*cer.Catalog, Issues) {
	if len(sources) == 0 {
		return nil, Issues{{Message: "the catalog is empty; write one that starts with apiVersion: " + schema.APIVersion}}
	}
	var files []*file
	var documents []node
	available, readable := &library{}, true
	for _, source := range sources {
		f := open(source, budget)
		if HoldsPresets(source) {
			available.files = append(available.files, f)
			continue
		}
		files = append(files, f)
		for _, document := range f.documents {
			if of := headOf(document).name; name == "" || of == "" || of == name {
				documents = append(documents, document)
			}
		}
		readable = readable && len(f.issues) == 0
	}
	if len(files) == 0 {
		return nil, Issues{{File: sources[0].Name, Line: 1, Column: 1, Message: "there are presets, but no catalog that uses them; write one that starts with apiVersion: " + schema.APIVersion}}
	}
	catalog := readCatalog(documents, available, readable)
	var issues Issues
	for _, f := range append(files, available.asked...) {
		issues = append(issues, f.issues.sorted()...)
	}
	if issues.Refused() {
		return nil, issues
	}
	return catalog, issues
}

// emptyCatalog returns a catalog with the settings that hold unless others are stated.
func emptyCatalog() cer.Catalog {
	return cer.Catalog{Window: 5 * time.Minute, Aggregate: cer.Mean, MinCoverage: 0.5}
}

// readCatalog reads the documents of a catalog, all there are or only some of them, with the presets that it may use.
func readCatalog(documents []node, available *library, all bool) *cer.Catalog {
	r := &reader{catalog: emptyCatalog(), presets: available, flows: names{}, dimensions: names{}}
	var flowLists []node
	for _, document := range documents {
		flowLists = append(flowLists, r.document(document)...)
	}
	if r.spec == nil {
		return nil
	}
	r.settings()
	stated := 0
	for _, flowList := range flowLists {
		flows, _ := list(r.flow)(flowList)
		r.catalog.Flows = append(r.catalog.Flows, flows...)
		stated += len(flowList.Content)
	}
	if stated == 0 && all {
		r.spec.at.refuse("a catalog needs at least one flow; add flows: [{ name: checkout, slis: [...] }]")
	}
	distinguishInplace(r.catalog.Flows)
	pr := &policyReader{catalog: &r.catalog, spec: r.spec, flowNames: slices.Sorted(maps.Keys(r.flows)), flowLabels: r.catalog.FlowLabels()}
	pr.maintenance()
	whole := all && !refused(documents)
	pr.policies(whole)
	pr.gates(whole)
	if r.weightless() {
		r.spec.at.warn("the weights of all flows are 0, so there is no overall score; give one a weight above 0")
	}
	r.spec.at.stops()
	catalog := r.catalog // A pointer into the reader would keep all that was read for as long as the catalog lives.
	return &catalog
}

// refused reports whether a file of the documents holds more than warnings.
func refused(documents []node) bool {
	return slices.ContainsFunc(documents, func(n node) bool { return n.file.issues.Refused() })
}

// reader holds what the flows of a catalog are read with.
type reader struct {
	catalog cer.Catalog
	// named is where the catalog was named first, spec its settings in all documents.
	named      *node
	spec       *fields
	flows      names
	dimensions names
	// presets are those that SLIs may be made of; nil while a preset is read.
	presets *library
}

// document reads all of a document but the settings and flows of its spec, and returns its list of flows.
func (r *reader) document(n node) []node {
	f, ok := fieldsOf(n, schema.Document)
	if !ok || n.refuseForeign() {
		return nil
	}
	var version, kind string
	read(f, "apiVersion", &version, only(schema.APIVersion))
	read(f, "kind", &kind, only(schema.KindCatalog))
	if version == "" || kind == "" {
		return nil // Of another kind: what it holds can't be judged.
	}
	read(f, "metadata", &r.catalog.Name, r.metadata)
	var spec *fields
	read(f, "spec", &spec, func(n node) (*fields, bool) { return fieldsOf(n, schema.Spec) })
	read(f, "orgs", new([]int64), organisations)
	f.end()
	if spec == nil {
		return nil
	}
	flows, ok := spec.values["flows"]
	spec.remove("flows")
	r.join(spec)
	if !ok {
		return nil
	}
	return []node{flows}
}

// metadata reads the name of the catalog, which all documents share.
func (r *reader) metadata(n node) (string, bool) {
	f, ok := fieldsOf(n, schema.Metadata)
	if !ok {
		return "", false
	}
	catalog := ""
	read(f, "name", &catalog, name)
	f.end()
	at, stated := f.values["name"]
	switch {
	case !stated || catalog == "":
		return "", false
	case r.named == nil:
		r.named = &at
	case r.named.Value != catalog:
		at.refuse("all documents belong to one catalog, which is named %s at %s; write the same name", r.named.Value, r.named.where())
		return "", false
	}
	return catalog, true
}

// join adds the settings of a document.
func (r *reader) join(spec *fields) {
	if r.spec == nil {
		r.spec = spec
		return
	}
	r.spec.join(spec)
}

// settings reads what the spec says of the catalog as a whole.
func (r *reader) settings() {
	c := &r.catalog
	read(r.spec, "window", &c.Window, span)
	read(r.spec, "scrapeInterval", &c.ScrapeInterval, span)
	readWord(r.spec, "aggregate", &c.Aggregate)
	read(r.spec, "objective", &c.Objective, objective)
	read(r.spec, "minCoverage", &c.MinCoverage, coverage)
	r.budget()
	r.events()
	read(r.spec, "delay", &c.Delay, lag)
	read(r.spec, "trust", &c.Trust, matchers)
	read(r.spec, "dimensions", &c.Dimensions, r.dimensionList)
	r.spec.end() // Policies, maintenance and gates speak of flows, and are read after them.
	r.checkWindow(r.spec, c.Window, c.ScrapeInterval)
}

// checkWindow warns of a window that is too short for the scrape interval, where f states either.
func (r *reader) checkWindow(f *fields, window, scrapeInterval time.Duration) {
	at, ok := f.values["window"]
	if !ok {
		at, ok = f.values["scrapeInterval"]
	}
	if ok && window > 0 && window < 2*scrapeInterval {
		at.warn("the window %s is less than twice the scrape interval %s, so many rates have no data; make the window longer",
			model.Duration(window), model.Duration(scrapeInterval))
	}
}

// weightless reports whether there are flows, but none can have a weight.
func (r *reader) weightless() bool {
	flows := r.catalog.Flows
	return len(flows) > 0 && !slices.ContainsFunc(flows, func(f cer.Flow) bool {
		return f.Weight > 0 || f.Dynamic != nil && !f.Dynamic.Traffic
	})
}

// index is the step of a path into a list.
func index(i int) string { return "[" + strconv.Itoa(i) + "]" }
