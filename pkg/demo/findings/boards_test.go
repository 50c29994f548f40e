package findings

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/demo/board"
)

// boardWorlds are those in which every panel of every dashboard is asked, and what panels say of the overall state there.
var boardWorlds = map[string]struct {
	boardWorld
	state, colour string
}{
	"calm":                     {boardWorld{flows: 2, objectives: true}, "ok", "green"},
	"an incident":              {boardWorld{flows: 2, objectives: true, outage: noon.Add(-20 * time.Minute)}, "page", "red"},
	"an error of the store":    {boardWorld{flows: 2, objectives: true, broken: true}, "unknown", "text"},
	"an empty store":           {boardWorld{flows: 2, objectives: true, empty: true}, "unknown", "text"},
	"telemetry that is gone":   {boardWorld{flows: 2, objectives: true, gapped: true, gone: noon.Add(-15 * time.Minute)}, "unknown", "text"},
	"one flow":                 {boardWorld{flows: 1, objectives: true, outage: noon.Add(-20 * time.Minute)}, "page", "red"},
	"thirty flows":             {boardWorld{flows: 30, objectives: true, outage: noon.Add(-20 * time.Minute)}, "page", "red"},
	"no objectives":            {boardWorld{flows: 2}, "unknown", "text"},
	"one SLI of one flow":      {boardWorld{flows: 2, objectives: true, chosen: board.Variables{"flow": {"flow1"}, "sli": {"fast"}}}, "ok", "green"},
	"no dimension to split by": {boardWorld{flows: 2, objectives: true, chosen: board.Variables{"split": {""}}}, "ok", "green"},
}

// U1: every panel of every dashboard answers, and none says that all is well where nothing is known: not of a null, not without
// telemetry, not while the store is down.
func TestU1NoPanelSaysGoodOfWhatIsUnknown(t *testing.T) {
	for name, world := range boardWorlds {
		t.Run(name, func(t *testing.T) {
			panels := world.panels(t)
			world.answer(t, panels)
			unknownIsNeutral(t, panels)
			statesAre(t, panels, world.state, world.colour)
			for _, s := range panels {
				if s.panel.Type == "nodeGraph" {
					s.ringsAreTrue(t)
				}
			}
			if world.empty || world.broken {
				nothingIsGood(t, panels)
			}
		})
	}
}

// shownPanel is what a panel shows, and the answers to its queries.
type shownPanel struct {
	board   board.Board
	panel   board.Panel
	cells   []board.Cell
	answers []answer
}

func (s shownPanel) String() string { return s.board.Title + ": " + s.panel.Title }

// dashboards returns the dashboards that come with cer.
func dashboards(t testing.TB) []board.Board {
	t.Helper()
	boards, err := board.Load("../../../dashboards")
	if err != nil {
		t.Fatal(err)
	}
	return boards
}

// askTarget asks a query of a panel or an annotation over the hour until noon, with variables filled in. It reports whether the query is
// asked at all.
func (tr *trial) askTarget(panel string, target map[string]any, variables board.Variables) (a answer, asked bool) {
	tr.t.Helper()
	query, asked, err := variables.Fill(target)
	if err != nil {
		tr.t.Fatalf("%s: %v", panel, err)
	}
	if !asked {
		return answer{t: tr.t}, false
	}
	return tr.askJSON(noon, query, noon.Add(-time.Hour), noon, time.Minute, nil), true
}

// panels asks every panel of every dashboard.
func (w boardWorld) panels(t *testing.T) []shownPanel {
	t.Helper()
	tr := w.open(try(t, catalog(w.spec()), nil, w.telemetry()...))
	var all []shownPanel
	for _, b := range dashboards(t) {
		for _, p := range b.Panels {
			if len(p.Targets) > 0 { // Grafana's own panels ask nothing of a data source.
				all = append(all, w.show(tr, b, p))
			}
		}
	}
	return all
}

// show asks the queries of a panel. The answer to one that fails has no frames.
func (w boardWorld) show(tr *trial, b board.Board, p board.Panel) shownPanel {
	tr.t.Helper()
	shown := shownPanel{board: b, panel: p}
	var frames data.Frames
	for _, target := range p.Targets {
		if a, asked := tr.askTarget(shown.String(), target, w.variables()); asked {
			shown.answers, frames = append(shown.answers, a), append(frames, a.Frames...)
		}
	}
	cells, err := p.Show(frames)
	if err != nil {
		tr.t.Fatal(err)
	}
	shown.cells = cells
	return shown
}

// answer fails the test for queries that fail, but for a gate that has no telemetry to compare, and for a store that is down unless
// nearly all do.
func (w boardWorld) answer(t *testing.T, panels []shownPanel) {
	t.Helper()
	asked, failed := 0, 0
	for _, s := range panels {
		for _, a := range s.answers {
			asked++
			if a.Error == nil {
				continue
			}
			failed++
			isIncomparable := w.empty && strings.Contains(a.Error.Error(), "the store has had no telemetry of the SLIs of the gate canary for 1h")
			if !w.broken && !isIncomparable {
				t.Errorf("%s fails: %v", s, a.Error)
			}
		}
	}
	if w.broken && failed < asked*9/10 {
		t.Errorf("%d of %d queries fail while the store is down", failed, asked)
	}
}

var (
	// neutralColours say neither good nor bad; "" is that of what has none.
	neutralColours = []string{"", "text", "gray", "transparent", "panel-bg"}
	// promising are texts that say that all is well.
	promising = []string{"ok", "pass", "never", "none", "0", "0%", "good"}
)

// unknownIsNeutral fails the test where something that is not known has a colour of good or bad, or is said to be good.
func unknownIsNeutral(t *testing.T, panels []shownPanel) {
	t.Helper()
	for _, s := range panels {
		for _, cell := range s.cells {
			if filler, isFiller := cell.Value.(board.Filler); isFiller {
				t.Errorf("%s draws %g where %q is not known", s, filler, cell.Of)
			}
			// What is ongoing is known.
			if cell.IsUnknown() && !strings.EqualFold(cell.Text, "ongoing") && (cell.Text != "" && !slices.Contains(neutralColours, cell.Colour) || slices.Contains(promising, strings.ToLower(cell.Text))) {
				t.Errorf("%s shows %s", s, cell)
			}
		}
	}
}

// nothingIsGood fails the test where something is said to be good, or green.
func nothingIsGood(t *testing.T, panels []shownPanel) {
	t.Helper()
	for _, s := range panels {
		for _, cell := range s.cells {
			if strings.Contains(cell.Colour, "green") || strings.EqualFold(cell.Text, "ok") {
				t.Errorf("%s shows %s", s, cell)
			}
		}
	}
}

// statesAre fails the test unless the panels of the overall state say a word in a colour.
func statesAre(t *testing.T, panels []shownPanel, word, colour string) {
	t.Helper()
	found := 0
	for _, s := range panels {
		target := s.panel.Targets[0]
		if s.panel.Type != "stat" || target["measure"] != "state" || target["level"] != "overall" {
			continue
		}
		found++
		for _, cell := range s.cells {
			if cell.Text != word || cell.Colour != colour {
				t.Errorf("%s shows %s, want %s in %s", s, cell, word, colour)
			}
		}
	}
	if found == 0 {
		t.Error("no panel is about the overall state")
	}
}

// ringsAreTrue fails the test if the ring of a node does not add up to 1, or has an unknown part beside others.
func (s shownPanel) ringsAreTrue(t *testing.T) {
	t.Helper()
	for _, f := range framesOf(s.answers) {
		unknown, _ := f.FieldByName("arc__unknown")
		for row := range f.Rows() {
			sum, part := 0.0, 0.0
			for _, field := range f.Fields {
				if strings.HasPrefix(field.Name, "arc__") {
					share, err := field.NullableFloatAt(row)
					if err != nil || share == nil {
						t.Fatalf("%s: row %d of %s is %v: %v", s, row, field.Name, share, err)
					}
					sum += *share
					if field == unknown {
						part = *share
					}
				}
			}
			if unknown != nil && (sum < 1-1e-9 || sum > 1+1e-9 || part != 0 && part != 1) {
				t.Errorf("%s: the ring of row %d adds up to %g, %g of it unknown", s, row, sum, part)
			}
		}
	}
}

// framesOf returns the frames of all answers.
func framesOf(answers []answer) data.Frames {
	var frames data.Frames
	for _, a := range answers {
		frames = append(frames, a.Frames...)
	}
	return frames
}
