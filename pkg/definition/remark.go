package definition

import "go.yaml.in/yaml/v3"

// Remark is a sentence on an SLI of a definition, such as on what its telemetry is like, or on a flow where SLI is "".
type Remark struct {
	Flow, SLI string
	Text      string
}

// WarningsOf returns remarks as warnings, each at the name of its SLI or flow in a source that Load takes, or at the preset that its
// flow is made of.
func WarningsOf(source Source, remarks []Remark) Issues {
	f := open(source, budgetOf(source))
	names, presets := map[[2]string]node{}, map[string]node{}
	for _, document := range f.documents {
		eachNamed(document.field("spec").field("flows"), func(flow string, at node) {
			if used := at.field("preset").field("use"); used.Kind != 0 {
				presets[flow] = used
			}
			names[[2]string{flow, ""}] = at.field("name")
			eachNamed(at.field("slis"), func(sli string, at node) { names[[2]string{flow, sli}] = at.field("name") })
		})
	}
	for _, remark := range remarks {
		if at, ok := names[[2]string{remark.Flow, remark.SLI}]; ok {
			at.warn("%s", remark.Text)
		} else if at, ok := presets[remark.Flow]; ok {
			at.warn("the SLI %s: %s", remark.SLI, remark.Text)
		}
	}
	return f.issues.sorted()
}

// field returns the value of a field; a node of no kind where there is none.
func (n node) field(key string) node {
	if n.Kind == yaml.MappingNode {
		fields, _ := entriesOf(n, "")
		if value, ok := fields.values[key]; ok {
			return value
		}
	}
	return node{Node: &yaml.Node{}, file: n.file}
}

// eachNamed calls a function for each item of a list, with the item's name.
func eachNamed(n node, do func(name string, at node)) {
	for i, item := range n.Content {
		at := n.child(item, index(i))
		do(at.field("name").Value, at)
	}
}
