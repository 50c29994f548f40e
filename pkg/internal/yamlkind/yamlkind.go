// Package yamlkind says what values of YAML are, for messages to their authors.
package yamlkind

import "go.yaml.in/yaml/v3"

// InWords returns what kind of value a node is, such as "a list" or "text".
func InWords(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch tag := n.ShortTag(); tag {
	case "!!str":
		return "text"
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "true or false"
	case "!!null":
		return "nothing"
	case "!!timestamp":
		return "a date"
	default:
		return "a value of the type " + tag
	}
}
