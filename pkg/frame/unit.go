package frame

import "github.com/cer-reliability/cer-datasource/pkg/cer"

// UnitOfValue returns Grafana's name for the unit of an SLI's value, such as percentunit.
func UnitOfValue(sli *cer.SLI) string { return unitOfValue(sli) }
