package importer

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
)

// openSLOObjectives reads the objectives of an SLO.
func (r *reader) openSLOObjectives(document node) {
	name, displayName := openSLOMetadata(document)
	spec := document.mapping("spec")
	service, list := spec.text("service"), spec.items("objectives")
	if service == "" || len(list) == 0 {
		document.leave("an SLO needs a spec.service and spec.objectives; not imported")
		return
	}
	shared := objective{tool: "OpenSLO", flow: service, method: openSLOMethod(spec.get("budgetingMethod")), period: r.openSLOPeriod(spec)}
	shared.notes = addNote(addNote(nil, displayName), spec.text("description"))
	shared.composite = slices.ContainsFunc(list, isComposite)
	if shared.composite {
		r.composite(&shared, name, displayName, service)
	}
	outer := indicatorSource{inline: spec.mapping("indicator"), ref: spec.get("indicatorRef")}
	alerts := r.openSLOAlerts(spec.items("alertPolicies"), name)
	before := len(r.objectives)
	for i, at := range list {
		o := shared
		o.at, o.name = at, openSLOName(name, at, i, len(list), shared.composite)
		o.alerts = alerts
		r.openSLOObjective(&o, at, outer)
	}
	if len(r.objectives) == before {
		document.leave("no objective of the SLO %s can be imported; left out", name)
	}
}

// isComposite reports whether an objective is a part of a composite one.
func isComposite(n node) bool {
	return peekNode(n, "indicator") != nil || peekNode(n, "indicatorRef") != nil
}

// composite makes a composite SLO a flow of its own.
func (r *reader) composite(o *objective, name, displayName, service string) {
	o.flow = name
	s := r.service(name)
	s.title, s.notes = displayName, o.notes
	s.labels = append(s.labels, field{name: "service", text: service})
	o.notes = nil
}

// openSLOName returns the name of the SLI of an objective, one of several.
func openSLOName(slo string, at node, i, of int, composite bool) string {
	stated := at.text("displayName")
	switch {
	case of == 1 && !composite:
		return slo
	case composite && stated != "":
		return stated
	case composite:
		return cmp.Or(peek(at, "indicatorRef"), slo+"-"+strconv.Itoa(i+1))
	default:
		return slo + "-" + cmp.Or(stated, strconv.Itoa(i+1))
	}
}

// openSLOMethod returns a budgeting method; "" where there is none.
func openSLOMethod(at node) string {
	method := at.asText()
	if method != "" && !slices.Contains([]string{"Occurrences", "Timeslices", ratioTimeslices}, method) {
		at.warn("there is no such budgeting method; %s instead", ratioTimeslices)
		return ratioTimeslices
	}
	return method
}

// openSLOObjective reads an objective.
func (r *reader) openSLOObjective(o *objective, at node, outer indicatorSource) {
	o.notes = addNote(slices.Clone(o.notes), at.text("displayName"))
	o.target = at.share("target", "targetPercent")
	if w := at.get("compositeWeight"); w.is() {
		v, ok := w.asNumber()
		switch {
		case !o.composite:
			w.drop("only a part of a composite objective has a weight; left out")
		case !ok || v <= 0:
			w.warn("a weight is a number above 0; 1 instead")
		default:
			o.weight = v
		}
	}
	o.slices(at)
	source := indicatorSource{inline: at.mapping("indicator"), ref: at.get("indicatorRef")}
	if source.inline.is() || source.ref.is() {
		outer = source
	}
	var ok bool
	if o.sli, ok = r.openSLOIndicator(outer, at, o); !ok {
		at.leave("the objective %s is left out, since its indicator can't be imported", o.name)
		return
	}
	if o.method != "" && o.method != "Occurrences" && o.sli.kind == "ratio" {
		at.warn("%s holds for the error budget of the flow; that of an SLI of events counts events, and so do alerts on it", o.method)
	}
	r.keep(o)
}

// share returns a target, which one field states as a share and another one as a percentage; 0 where there is none.
func (n node) share(share, percentage string) float64 {
	at := n.get(share)
	if !at.is() {
		return n.percentage(percentage)
	}
	if v, ok := at.asNumber(); ok && v > 0 && v < 1 {
		return v
	}
	at.warn("an objective is a share above 0 and below 1; left out, and with it the alerts on the budget")
	return 0
}

// slices reads how the time slices of an objective are.
func (o *objective) slices(n node) {
	if at := n.get("timeSliceTarget"); at.is() {
		switch v, ok := at.asNumber(); {
		case o.method != "Timeslices":
			at.drop("only Timeslices have a timeSliceTarget; left out")
		case ok && v > 0 && v < 1:
			o.sliceTarget = v
		default:
			at.warn("a timeSliceTarget is a share above 0 and below 1; the objective instead")
		}
	}
	at := n.get("timeSliceWindow")
	if !at.is() {
		return
	}
	width, ok := shorthandOf(at, time.Minute)
	switch {
	case !ok || width < time.Minute || width > time.Hour:
		at.warn("a time slice is 1m to 1h wide in cer; 5m instead")
	case o.method == "Occurrences":
		at.drop("Occurrences have no time slices; left out")
	default:
		o.slice = width
	}
}

// openSLOPeriod reads the only time window of an SLO.
func (r *reader) openSLOPeriod(spec node) period {
	list := spec.items("timeWindow")
	if len(list) == 0 {
		spec.warn("there is no timeWindow; %s instead", model.Duration(defaultPeriod))
		return period{window: defaultPeriod, at: spec}
	}
	for _, more := range list[1:] {
		more.drop("an SLO has one time window; left out")
	}
	at, calendar := list[0].get("duration"), list[0].mapping("calendar")
	if !at.is() {
		list[0].warn("a time window needs a duration; %s instead", model.Duration(defaultPeriod))
		return period{window: defaultPeriod, at: list[0]}
	}
	if list[0].truth("isRolling", !calendar.is()) {
		calendar.drop("a rolling time window has no calendar; left out")
		window, ok := shorthandOf(at, 0)
		if !ok {
			at.warn("a duration such as 4w is needed here; %s instead", model.Duration(defaultPeriod))
			window = defaultPeriod
		}
		return boundPeriod(window, at)
	}
	return calendarPeriod(at, calendar)
}

// calendarPeriod returns a period of the calendar.
func calendarPeriod(at, calendar node) period {
	p := period{at: at, zone: timeZone(calendar.get("timeZone"))}
	start := calendar.get("startTime")
	switch at.asText() {
	case "1w", "7d":
		p.calendar = "week"
	case "1M":
		p.calendar = "month"
	case "1m":
		p.calendar = "month"
		at.warn("1m is a minute; taken for a month, 1M")
	case "1Q", "3M":
		p.calendar = "quarter"
	default:
		p.calendar = "quarter"
		at.warn("a period of the calendar is a week, a month or a quarter (1w, 1M, 1Q); a quarter instead")
	}
	if start.is() && !startsPeriod(start.asText(), p.calendar) {
		start.warn("a %s of cer begins at midnight, and a week on Monday, whatever the startTime is", p.calendar)
	}
	return p
}

// timeZone returns the name of a time zone other than UTC, or "".
func timeZone(at node) string {
	name := at.asText()
	if _, err := time.LoadLocation(name); err != nil || name == "Local" {
		at.warn("there is no time zone of this name; UTC instead")
		return ""
	}
	if name == "UTC" {
		return ""
	}
	return name
}

// startsPeriod reports whether a time is one at which a period of the calendar begins.
func startsPeriod(text, calendar string) bool {
	start, err := time.Parse(time.DateTime, text)
	if err != nil || start != start.Truncate(24*time.Hour) {
		return false
	}
	switch calendar {
	case "week":
		return start.Weekday() == time.Monday
	case "quarter":
		return start.Day() == 1 && (start.Month()-1)%3 == 0
	default:
		return start.Day() == 1
	}
}

// shorthandOf returns the duration that n states in OpenSLO's shorthand, or as a number of a unit if that is not 0, and reports
// whether it is one.
func shorthandOf(n node, unit time.Duration) (time.Duration, bool) {
	text := n.asText()
	if v, ok := n.asNumber(); ok {
		return time.Duration(v * float64(unit)), unit > 0 && v > 0
	}
	if text == "" {
		return 0, false
	}
	days := map[byte]time.Duration{'M': 30, 'Q': 91, 'Y': 365}[text[len(text)-1]]
	if days == 0 {
		return n.asDuration()
	}
	count, err := strconv.Atoi(text[:len(text)-1])
	if err != nil || count < 1 || count > 100 {
		return 0, false
	}
	d := time.Duration(count) * days * 24 * time.Hour
	n.warn("this is taken for %s", model.Duration(d))
	return d, true
}
