package importer

import (
	"regexp"
	"strings"
	"time"
)

// defaultPeriod is the period of objectives that state none, in Sloth and in cer.
const defaultPeriod = 30 * 24 * time.Hour

// objective is a service level objective as all of the formats have it.
type objective struct {
	// at is where it stands, and tool whose it is.
	at   node
	tool string
	// name is that of its SLI, flow that of its flow, as they are stated.
	name, flow string
	// notes are sentences on it that stand in comments.
	notes []string
	// target is a share in (0,1), 0 where there is none.
	target float64
	// sli is what it measures.
	sli indicator
	// weight is that in its flow; 0 stands for 1.
	weight float64
	// period is that of its error budget; the zero value where it states none.
	period period
	// method is how its error budget is counted, slice the width of its time slices, sliceTarget the least share of good events of
	// a good one; the zero values where it states none.
	method      string
	slice       time.Duration
	sliceTarget float64
	// composite is set where it is a part of a composite objective, which is its flow.
	composite bool
	// dimensions are the labels of series that it is split by.
	dimensions []string
	alerts     []alert
}

// indicator is an SLI in words of cer/v1.
type indicator struct {
	kind string
	// fields are those of the kind; a field is a text, or a list of texts.
	fields []field
	// component is what it speaks for, "" for that of its kind.
	component string
	// curve is a step of a threshold; nil where the value is the score.
	curve *threshold
}

// field is a field of YAML with a text, or with a list of texts.
type field struct {
	name, text string
	list       []string
}

// threshold is what a value must not be above or below.
type threshold struct {
	at     float64
	better string // lower or higher
	strict bool   // whether the threshold itself is bad
}

// period is that of an error budget: a window that rolls, or one of the calendar in a time zone.
type period struct {
	window         time.Duration
	calendar, zone string
	at             node
}

// alert is an alert on burn rates.
type alert struct {
	at node
	// name is a start of one, and note what the comment says of it.
	name, note string
	severity   string
	// burns are conditions of which one has to be true.
	burns []burn
	wait  time.Duration
}

// burn is the condition that the burn rates over all of some windows are above a factor.
type burn struct {
	windows []time.Duration
	factor  float64
	// operator is > or >=.
	operator string
}

// service is what the formats say of a service, which is a flow.
type service struct {
	title, runbook string
	labels         []field
	notes          []string
}

// maxObjectives is how many objectives are imported at once.
const maxObjectives = 2000

// keep keeps an objective that was read, unless there are too many.
func (r *reader) keep(o *objective) {
	if len(r.objectives) == maxObjectives {
		o.at.leave("at most %d objectives are imported at once, and this is one more; import fewer files", maxObjectives)
		return
	}
	r.objectives = append(r.objectives, o)
}

// service returns what is known of a service.
func (r *reader) service(name string) *service {
	if r.services[name] == nil {
		r.services[name] = &service{}
	}
	return r.services[name]
}

// component guesses from names what an SLI speaks for; "" where they do not say.
func componentOf(texts ...string) string {
	all := strings.ToLower(strings.Join(texts, " "))
	for _, c := range []struct {
		name  string
		words *regexp.Regexp
	}{
		{"latency", regexp.MustCompile(`latenc|duration|slow|fast|response.time|p9\d`)},
		{"correctness", regexp.MustCompile(`correct|fresh|stale|quality`)},
		{"availability", regexp.MustCompile(`availab|error|success|uptime|\bup\b|fail`)},
	} {
		if c.words.MatchString(all) {
			return c.name
		}
	}
	return ""
}

// addNote adds a sentence for a comment, if there is one.
func addNote(notes []string, text string) []string {
	if text = strings.Join(strings.Fields(text), " "); text != "" {
		return append(notes, text)
	}
	return notes
}
