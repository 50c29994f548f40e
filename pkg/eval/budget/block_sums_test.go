package budget

import (
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

func TestPageOfOperatingStatesTheMemoryOfSums(t *testing.T) {
	const mebibyte, flows = 1 << 20, 1000
	block := &BlockSums{timeSlices: map[blockKey][]cer.TimeSlice{}}
	for flow := range flows {
		block.timeSlices[blockKey{group: flow}] = make([]cer.TimeSlice, plan.BlockSlices)
	}
	blocks := int(30*24*time.Hour/(5*time.Minute)) / plan.BlockSlices
	if took := float64(blocks * block.Bytes()); math.Abs(took/mebibyte-200) > 10 {
		t.Errorf("the sums of %d flows over 30 days take %.0f MiB", flows, took/mebibyte)
	}
	text, err := os.ReadFile("../../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	if claim := "A thousand flows over 30 days in slices of five minutes take about 200 MiB of `cacheBytes`, 0.2 MiB per flow."; !strings.Contains(string(text), claim) {
		t.Errorf("docs/operating.md does not say %q", claim)
	}
}
