package query

import (
	"slices"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// Measure is the number that a query asks for. The value field of its answer has the same name.
type Measure string

// The measures. Their table below says all that is known of them.
const (
	// Score is in [0,1].
	Score Measure = "score"
	// Value is that of an SLI, in the SLI's unit.
	Value Measure = "value"
	// Impact is by how much the overall score would rise if the member scored 1.
	Impact Measure = "impact"
	// Coverage is the share of weight for which there is telemetry.
	Coverage Measure = "coverage"
	// Weight is the share of a member among its siblings.
	Weight Measure = "weight"
	// Traffic is the rate of events, in events per second.
	Traffic Measure = "traffic"
	// Lag is the age of the newest sample of an SLI, in seconds.
	Lag Measure = "lag"
	// Quantile is each of the quantiles that a query names of the histogram of an SLI, in seconds.
	Quantile Measure = "quantile"
	// Budget is the share of the error budget that is left; it may be negative.
	Budget Measure = "budget"
	// Burn is how fast the error budget is spent: a burn rate of 1 spends all of it over its window.
	Burn Measure = "burn"
	// Exhaustion is how long the remaining budget lasts at the burn rate of the last hour, in seconds.
	Exhaustion Measure = "exhaustion"
	// State is the result of the policies: 0 for ok, 1 for ticket, 2 for page.
	State Measure = "state"
	// TimeToDetect is the mean time from the onset of the incidents of the range until a policy came on, and TimeToRecover that until they
	// were over, in seconds.
	TimeToDetect  Measure = "ttd"
	TimeToRecover Measure = "ttr"
	// NewestIncident is how long the newest incident of the range has lasted, from its onset on, in seconds. Its labels say what became of
	// it, for the texts of alerts.
	NewestIncident Measure = "incident"
	// RevenueAtRisk is the revenue an hour times what the score lacks to 1, in each currency.
	RevenueAtRisk Measure = "revenueAtRisk"
	// Cost is that of 1,000 good requests, in each currency.
	Cost Measure = "cost"
	// Verdict is that of a gate: 1 for pass, 0 for inconclusive, -1 for fail.
	Verdict Measure = "verdict"
	// Worse is the evidence of a gate that its candidate is worse: at level sli that of an SLI times its share, overall the sum of those
	// SLIs of which enough time slices have failures.
	Worse Measure = "evidence"
	// NotWorse is the evidence that the candidate is not worse by what the gate allows.
	NotWorse Measure = "notWorse"
)

// Row is what is known of a measure. Whatever depends on which measure is asked for reads it here, in the backend and, as
// src/measures.gen.json, in the editor; only its computation is elsewhere, in pkg/eval/measures.go.
type Row struct {
	Measure Measure `json:"-"`
	// Levels are those at which it exists.
	Levels []Level `json:"levels"`
	// ComponentLevels are those at which a query for it may name components.
	ComponentLevels []Level `json:"componentLevels,omitempty"`
	// Formats are those in which a query may ask for it; none for all that go with its basis.
	Formats []Format `json:"formats,omitempty"`
	// Unit is that of its numbers.
	Unit Unit `json:"unit"`
	// IsShare says that its numbers are in [0,1].
	IsShare bool `json:"isShare,omitempty"`
	// Worst says which of its numbers need attention first; "" where none do.
	Worst Direction `json:"worst,omitempty"`
	// Basis is what it is computed from. A table shows measures of one basis; the first of each stands for its table.
	Basis Basis `json:"basis"`
	// Needs is what the definition has to state for it; "" for nothing.
	Needs Need `json:"needs,omitempty"`
	// Window says which windows a query for it may state.
	Window WindowKind `json:"window"`
	// AllFlowsAt are the levels at which its numbers depend on every flow, whichever are shown.
	AllFlowsAt []Level `json:"-"`
	// AllSLIs says that its numbers depend on every SLI of a flow, whichever are shown.
	AllSLIs bool `json:"-"`
	// IgnoresWeights says that the overall number does not depend on the weights of flows.
	IgnoresWeights bool `json:"-"`
	// Reads is what it is read from; "" for the values of SLIs.
	Reads Reads `json:"-"`
	// Over are the windows of time slices over which it is computed, if it is; none for the newest slice alone.
	Over []WindowKind `json:"-"`
	// Target is the time under which its numbers are good; 0 where there is no such time.
	Target time.Duration `json:"-"`
}

// Unit is the unit of a measure.
type Unit string

// The units.
const (
	UnitShare     Unit = "share"     // in [0,1] as a rule
	UnitSeconds   Unit = "seconds"   //
	UnitPerSecond Unit = "perSecond" // events a second
	UnitNone      Unit = "none"      // a plain number
	UnitMoney     Unit = "money"     // of the member's currency
	UnitOfSLI     Unit = "sli"       // that of the SLI's value
)

// Direction says which numbers are the worst.
type Direction string

// The directions.
const (
	Lowest  Direction = "lowest"
	Highest Direction = "highest"
)

// Basis is what a measure is computed from.
type Basis string

// The bases.
const (
	// OfInstants are measures of the very instants of the query.
	OfInstants Basis = "instants"
	// OfBudgets are measures of the losses of time slices, held against an objective.
	OfBudgets Basis = "budgets"
	// OfPolicies are measures of what policies decide by time slices.
	OfPolicies Basis = "policies"
	// OfGates are measures of what gates decide.
	OfGates Basis = "gates"
)

// Reads is what a measure is read from.
type Reads string

// What measures are read from other than values.
const (
	// ReadsEvents is the rates of all events, whether a dimension has weights or not.
	ReadsEvents Reads = "events"
	// ReadsAges is the ages of the newest samples.
	ReadsAges Reads = "ages"
	// ReadsHistograms is the buckets of histograms.
	ReadsHistograms Reads = "histograms"
	// ReadsIncidents is the incidents of the range.
	ReadsIncidents Reads = "incidents"
)

// Need is what a definition has to state for a measure.
type Need string

// The needs.
const (
	NeedsHistogram Need = "histogram"
	NeedsObjective Need = "objective"
	NeedsPolicies  Need = "policies"
	NeedsGates     Need = "gates"
	NeedsRevenue   Need = "revenue"
	NeedsCost      Need = "cost"
)

// WindowKind says which windows a query for a measure may state.
type WindowKind string

// The kinds of windows.
const (
	// AnyWindow is that over which SLIs look back. LongWindow may be longer, since it is counted in time slices then.
	AnyWindow  WindowKind = "any"
	LongWindow WindowKind = "long"
	// BurnWindow is that of a burn rate, a multiple of the time slices.
	BurnWindow WindowKind = "burn"
	// BudgetWindow is the catalog's, and PolicyWindow those of policies: a query states none.
	BudgetWindow WindowKind = "budget"
	PolicyWindow WindowKind = "policy"
)

var (
	allLevels    = []Level{LevelOverall, LevelFlow, LevelComponent, LevelSLI}
	memberLevels = []Level{LevelFlow, LevelComponent, LevelSLI}
	partLevels   = []Level{LevelComponent, LevelSLI}
	flowLevels   = []Level{LevelOverall, LevelFlow}
	sliLevel     = []Level{LevelSLI}
)

var (
	verdictFormats  = []Format{Gate, Latest, Timeseries, Summary}
	evidenceFormats = []Format{Latest, Timeseries}
	seriesFormats   = []Format{Timeseries, Latest, Definition}
	numberFormats   = []Format{Latest, Definition}
)

// The targets of the mean times of incidents that panels are coloured by. An incident should be over in less than 10 minutes, which is
// where the guide to cer starts for critical flows, and be detected within half of that.
const (
	detectionTarget = recoveryTarget / 2
	recoveryTarget  = 10 * time.Minute
)

// measures is THE TABLE, in the order in which measures are offered and shown.
var measures = []Row{
	{Measure: Score, Levels: allLevels, ComponentLevels: allLevels, Unit: UnitShare, IsShare: true, Worst: Lowest, Basis: OfInstants, Window: LongWindow},
	{Measure: Value, Levels: sliLevel, ComponentLevels: sliLevel, Unit: UnitOfSLI, Basis: OfInstants, Window: LongWindow},
	{Measure: Impact, Levels: memberLevels, ComponentLevels: partLevels, Unit: UnitShare, Worst: Highest, Basis: OfInstants, Window: AnyWindow, AllFlowsAt: allLevels},
	{Measure: Coverage, Levels: allLevels, ComponentLevels: allLevels, Unit: UnitShare, IsShare: true, Worst: Lowest, Basis: OfInstants, Window: AnyWindow},
	{Measure: Weight, Levels: memberLevels, ComponentLevels: partLevels, Unit: UnitShare, IsShare: true, Basis: OfInstants, Window: AnyWindow,
		AllFlowsAt: []Level{LevelFlow}, AllSLIs: true},
	{Measure: Traffic, Levels: []Level{LevelOverall, LevelFlow, LevelSLI}, ComponentLevels: sliLevel, Unit: UnitPerSecond, Basis: OfInstants, Window: AnyWindow,
		IgnoresWeights: true, Reads: ReadsEvents},
	{Measure: Lag, Levels: sliLevel, ComponentLevels: sliLevel, Unit: UnitSeconds, Worst: Highest, Basis: OfInstants, Window: AnyWindow, Reads: ReadsAges},
	{Measure: Quantile, Levels: sliLevel, ComponentLevels: sliLevel, Formats: seriesFormats, Unit: UnitSeconds, Basis: OfInstants, Needs: NeedsHistogram, Window: AnyWindow,
		Reads: ReadsHistograms},
	{Measure: Budget, Levels: allLevels, ComponentLevels: partLevels, Unit: UnitShare, Worst: Lowest, Basis: OfBudgets, Needs: NeedsObjective, Window: BudgetWindow,
		Over: []WindowKind{BudgetWindow}},
	{Measure: Burn, Levels: allLevels, ComponentLevels: partLevels, Unit: UnitNone, Worst: Highest, Basis: OfBudgets, Needs: NeedsObjective, Window: BurnWindow,
		Over: []WindowKind{BurnWindow}},
	{Measure: Exhaustion, Levels: allLevels, ComponentLevels: partLevels, Unit: UnitSeconds, Worst: Lowest, Basis: OfBudgets, Needs: NeedsObjective, Window: BudgetWindow,
		Over: []WindowKind{BurnWindow, BudgetWindow}},
	{Measure: State, Levels: flowLevels, Unit: UnitNone, Worst: Highest, Basis: OfPolicies, Needs: NeedsPolicies, Window: PolicyWindow},
	{Measure: TimeToDetect, Levels: flowLevels, Formats: numberFormats, Unit: UnitSeconds, Worst: Highest, Basis: OfPolicies, Needs: NeedsPolicies, Window: PolicyWindow,
		Reads: ReadsIncidents, Target: detectionTarget},
	{Measure: TimeToRecover, Levels: flowLevels, Formats: numberFormats, Unit: UnitSeconds, Worst: Highest, Basis: OfPolicies, Needs: NeedsPolicies, Window: PolicyWindow,
		Reads: ReadsIncidents, Target: recoveryTarget},
	{Measure: NewestIncident, Levels: flowLevels, Formats: numberFormats, Unit: UnitSeconds, Basis: OfPolicies, Needs: NeedsPolicies, Window: PolicyWindow,
		Reads: ReadsIncidents},
	{Measure: RevenueAtRisk, Levels: flowLevels, Unit: UnitMoney, Worst: Highest, Basis: OfInstants, Needs: NeedsRevenue, Window: AnyWindow, IgnoresWeights: true},
	{Measure: Cost, Levels: flowLevels, Unit: UnitMoney, Worst: Highest, Basis: OfInstants, Needs: NeedsCost, Window: AnyWindow, IgnoresWeights: true},
	{Measure: Verdict, Levels: []Level{LevelOverall}, Formats: verdictFormats, Unit: UnitNone, Basis: OfGates, Needs: NeedsGates, Window: PolicyWindow},
	{Measure: Worse, Levels: []Level{LevelOverall, LevelSLI}, Formats: evidenceFormats, Unit: UnitNone, Basis: OfGates, Needs: NeedsGates, Window: PolicyWindow},
	{Measure: NotWorse, Levels: sliLevel, Formats: evidenceFormats, Unit: UnitNone, Basis: OfGates, Needs: NeedsGates, Window: PolicyWindow},
}

// Rows returns the table of measures.
func Rows() []Row { return slices.Clone(measures) }

// Measures returns all measures, in the order of the table.
func Measures() []Measure { return measuresThat(func(Row) bool { return true }) }

// measuresThat returns the measures whose row has a property.
func measuresThat(has func(Row) bool) []Measure {
	var some []Measure
	for _, row := range measures {
		if has(row) {
			some = append(some, row.Measure)
		}
	}
	return some
}

// Row returns what is known of the measure; the zero Row of one that does not exist.
func (m Measure) Row() Row {
	i := slices.IndexFunc(measures, func(row Row) bool { return row.Measure == m })
	if i < 0 {
		return Row{}
	}
	return measures[i]
}

// ExistsAt reports whether the measure exists at a level.
func (m Measure) ExistsAt(l Level) bool { return slices.Contains(m.Row().Levels, l) }

// IsOfSlices reports whether the measure is computed from time slices.
func (m Measure) IsOfSlices() bool {
	basis := m.Row().Basis
	return basis == OfBudgets || basis == OfPolicies
}

// IsOfPolicies reports whether policies decide the measure.
func (m Measure) IsOfPolicies() bool { return m.Row().Basis == OfPolicies }

// IsOfIncidents reports whether the measure is about the incidents of the range: one number, whatever its instants.
func (m Measure) IsOfIncidents() bool { return m.Row().Reads == ReadsIncidents }

// ComesAs reports whether the measure may be asked for in a format.
func (m Measure) ComesAs(f Format) bool {
	some := m.Row().Formats
	return len(some) == 0 || slices.Contains(some, f)
}

// IsBudget reports whether the measure is held against an objective.
func (m Measure) IsBudget() bool { return m.Row().Needs == NeedsObjective }

// IsMoney reports whether the measure is an amount of money.
func (m Measure) IsMoney() bool { return m.Row().Unit == UnitMoney }

// MoneyOf returns the money of a flow that a measure is computed from; nil where the definition states none, and of
// other measures.
func (m Measure) MoneyOf(f *cer.Flow) *cer.Money {
	switch m.Row().Needs {
	case NeedsRevenue:
		return f.Revenue
	case NeedsCost:
		return f.Cost
	default:
		return nil
	}
}
