package query

import "time"

// Limits of what may be asked.
const (
	// MaxWindow is the longest window over which SLIs may look back, and MaxBurnWindow that which is counted in time slices: of a
	// burn rate, a score or a value.
	MaxWindow     = 24 * time.Hour
	MaxBurnWindow = 90 * 24 * time.Hour
	// MaxNames is how many names a list of a query may have.
	MaxNames = 1000
	// MaxLegend is the length of a legend in bytes.
	MaxLegend = 1 << 10
	// MaxBy is by how many dimensions and labels a query may split.
	MaxBy = 4
	// MaxLabels is how many labels of flows answers may bear.
	MaxLabels = 10
	// MaxFilters is how many ad hoc filters a query may have.
	MaxFilters = 20
	// MaxQuantiles is how many quantiles a query may name.
	MaxQuantiles = 10
	// MaxPattern is the length of a regular expression in bytes, and MaxNamed that of all cohorts a filter names. They
	// stand in every selector.
	MaxPattern = 200
	MaxNamed   = 8 << 10
)
