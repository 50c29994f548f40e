package importer

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

const openSLOVersion = "openslo/v1"

// openSLO holds the documents of OpenSLO, which refer to each other by name.
type openSLO struct {
	// objects are by kind and name.
	objects map[string]map[string]node
	// slos are in the order in which they stand.
	slos []node
	// used are objects that another one refers to.
	used map[string]map[string]bool
}

// The kinds of documents.
const (
	kindSLO       = "SLO"
	kindSLI       = "SLI"
	kindService   = "Service"
	kindPolicy    = "AlertPolicy"
	kindCondition = "AlertCondition"
	kindTarget    = "AlertNotificationTarget"
	kindSource    = "DataSource"
)

// openSLOKinds are all of them.
var openSLOKinds = []string{kindSLO, kindSLI, kindService, kindPolicy, kindCondition, kindTarget, kindSource}

// newOpenSLO returns one without documents.
func newOpenSLO() openSLO {
	o := openSLO{objects: map[string]map[string]node{}, used: map[string]map[string]bool{}}
	for _, kind := range openSLOKinds {
		o.objects[kind], o.used[kind] = map[string]node{}, map[string]bool{}
	}
	return o
}

// read keeps a document until all are known.
func (o *openSLO) read(document node) {
	version, kind := document.text("apiVersion"), document.text("kind")
	name := peek(document.mapping("metadata"), "name")
	switch known := o.objects[kind]; {
	case version != openSLOVersion:
		document.leave("%s is not read, and this document not imported; write it as %s", version, openSLOVersion)
	case known == nil:
		document.leave("there is no kind %s in OpenSLO; not imported: %s are", kind, strings.Join(openSLOKinds, ", "))
	case name == "":
		document.leave("a document of OpenSLO needs a metadata.name; not imported")
	case known[name].is():
		document.leave("another %s has this name, at %s; not imported", kind, known[name].where())
	default:
		known[name] = document
		if kind == kindSLO {
			o.slos = append(o.slos, document)
		}
	}
}

// refer returns the document that a field refers to; the zero node where it is not among the sources.
func (o *openSLO) refer(at node, kind string) node {
	name := at.asText()
	if name == "" {
		return node{}
	}
	o.used[kind][name] = true
	return o.objects[kind][name]
}

// finish reads the documents.
func (o *openSLO) finish(r *reader) {
	for _, slo := range o.slos {
		r.openSLOObjectives(slo)
	}
	for name, document := range o.objects[kindService] {
		r.openSLOService(name, document)
	}
	for kind, reason := range map[string]string{
		kindSLI: "no SLO that is imported refers to this SLI; left out", kindPolicy: "no SLO that is imported refers to this policy; left out",
		kindCondition: "no policy that is imported refers to this condition; left out",
	} {
		for name, document := range o.objects[kind] {
			if !o.used[kind][name] {
				document.drop("%s", reason)
			}
		}
	}
	for _, target := range o.objects[kindTarget] {
		target.drop("contact points and notification policies of Grafana define who is notified; left out")
	}
	for _, source := range o.objects[kindSource] {
		openSLOMetadata(source)
		source.mapping("spec").get("type")
		source.mapping("spec").get("description").drop("a catalog is about the store of its data source in Grafana; left out")
		source.mapping("spec").get("connectionDetails").drop("the settings of the data source in Grafana define the connection; left out")
	}
}

// openSLOMetadata reads the metadata of a document, and returns what it is called for people.
func openSLOMetadata(n node) (name, displayName string) {
	metadata := n.mapping("metadata")
	metadata.get("annotations").drop("annotations have no counterpart; left out")
	metadata.get("labels").drop("only flows have labels, those of their Service; left out")
	return metadata.text("name"), metadata.text("displayName")
}

// openSLOService reads a service.
func (r *reader) openSLOService(name string, document node) {
	s, metadata := r.service(name), document.mapping("metadata")
	s.title = metadata.text("displayName")
	for _, p := range metadata.get("labels").pairs() {
		switch {
		case p.at.Kind == yaml.SequenceNode && len(p.at.Content) == 1:
			s.addLabel(p.name, p.at.item(p.at.Content[0], 0))
		case p.at.Kind != yaml.ScalarNode:
			p.at.drop("a label of a flow has one value; left out")
		default:
			s.addLabel(p.name, p.at)
		}
	}
	metadata.get("name")
	metadata.get("annotations").drop("annotations have no counterpart; left out")
	s.notes = addNote(s.notes, document.mapping("spec").text("description"))
	if !r.hasFlow(name) {
		document.drop("no flow is made of this service; left out")
	}
}

// hasFlow reports whether there is an objective of a service.
func (r *reader) hasFlow(service string) bool {
	return slices.ContainsFunc(r.objectives, func(o *objective) bool { return o.flow == service })
}
