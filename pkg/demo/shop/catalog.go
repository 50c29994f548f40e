package shop

import _ "embed"

// Catalog is the shop's definition, a cer/v1 document in YAML.
//
//go:embed catalog.yaml
var Catalog []byte
