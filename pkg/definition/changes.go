package definition

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// Change is one thing that two catalogs say differently.
type Change struct {
	// Kind is what it is about: catalog, flow, SLI, dimension, event, policy or maintenance. Name is which one, such as
	// checkout or checkout/success.
	Kind, Name string
	// Field is the setting, as the definition spells it. Of a flow or an SLI that is new or gone it is weight, and of other things
	// that are it is "".
	Field string
	// Before and After are what is stated, "none" for nothing.
	Before, After string
	// New and Gone say that it stands in one of the catalogs only.
	New, Gone bool
}

// String returns the change in words.
func (c Change) String() string {
	subject := c.Kind + " " + c.Name
	switch {
	case c.New && c.Field != "":
		return subject + " is new, with the weight " + c.After
	case c.New:
		return subject + " is new"
	case c.Gone && c.Field != "":
		return subject + " is gone, which had the weight " + c.Before
	case c.Gone:
		return subject + " is gone"
	default:
		return subject + ": " + c.Field + " " + c.Before + " → " + c.After
	}
}

// nothing stands for what is not stated.
const nothing = "none"

// Changes returns what two catalogs say differently: settings and members in the order of the one before, and each time
// the new members after them. The order of members is no change.
func Changes(before, after *cer.Catalog) []Change {
	c := comparison{kind: "catalog", name: after.Name, changes: &[]Change{}}
	c.structs("", reflect.ValueOf(*before), reflect.ValueOf(*after))
	return *c.changes
}

// comparison compares a member of two catalogs, or all of them.
type comparison struct {
	kind, name string
	changes    *[]Change
}

// add adds a change of the member.
func (c comparison) add(change Change) {
	change.Kind, change.Name = c.kind, c.name
	*c.changes = append(*c.changes, change)
}

// values compares a field, of any type that a catalog is made of.
func (c comparison) values(field string, before, after reflect.Value) {
	switch before.Kind() {
	case reflect.Struct:
		c.structs(field, before, after)
		return
	case reflect.Pointer, reflect.Interface:
		if !before.IsNil() && !after.IsNil() && before.Elem().Type() == after.Elem().Type() {
			c.values(fieldOf(field, before), before.Elem(), after.Elem())
			return
		}
	case reflect.Slice:
		if isMember(before.Type().Elem()) {
			c.members(before, after)
			return
		}
	}
	if !reflect.DeepEqual(before.Interface(), after.Interface()) {
		c.add(Change{Field: cmp.Or(field, "indicator"), Before: textOf(field, before), After: textOf(field, after)})
	}
}

// structs compares the fields of two structs of a type.
func (c comparison) structs(field string, before, after reflect.Value) {
	for i := range before.NumField() {
		f := before.Type().Field(i)
		if !f.IsExported() || f.Tag.Get("json") == "-" || f.Name == "Name" && isMember(before.Type()) && c.kind != "catalog" {
			continue
		}
		c.values(spelled(field, before.Type(), f), before.Field(i), after.Field(i))
	}
}

// members compares two lists of what has a name.
func (c comparison) members(before, after reflect.Value) {
	old, current := byName(before), byName(after)
	for i := range before.Len() {
		m := before.Index(i)
		now, stays := current[nameOf(m)]
		if !stays {
			c.of(m).moved(m, Change{Gone: true})
			continue
		}
		c.of(m).structs("", m, now)
	}
	for i := range after.Len() {
		if m := after.Index(i); !old[nameOf(m)].IsValid() {
			c.of(m).moved(m, Change{New: true})
		}
	}
}

// moved adds that a member is new or gone, and so are its own members.
func (c comparison) moved(member reflect.Value, change Change) {
	if weight := member.FieldByName("Weight"); weight.IsValid() {
		change.Field, change.Before, change.After = "weight", textOf("weight", weight), textOf("weight", weight)
		if change.New {
			change.Before = nothing
		} else {
			change.After = nothing
		}
	}
	c.add(change)
	for i := range member.NumField() {
		list := member.Field(i)
		if list.Kind() != reflect.Slice || !isMember(list.Type().Elem()) {
			continue
		}
		for j := range list.Len() {
			c.of(list.Index(j)).moved(list.Index(j), Change{New: change.New, Gone: change.Gone})
		}
	}
}

// of returns the comparison of a member of the one compared.
func (c comparison) of(member reflect.Value) comparison {
	name := nameOf(member)
	if c.kind != "catalog" {
		name = c.name + "/" + name
	}
	return comparison{kind: kindOf(member.Type()), name: name, changes: c.changes}
}

// isMember reports whether a type is that of something with a name.
func isMember(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	_, named := t.FieldByName("Name")
	return named
}

func nameOf(member reflect.Value) string { return member.FieldByName("Name").String() }

// byName returns the members of a list.
func byName(list reflect.Value) map[string]reflect.Value {
	members := map[string]reflect.Value{}
	for i := range list.Len() {
		members[nameOf(list.Index(i))] = list.Index(i)
	}
	return members
}

// kindOf returns what members of a type are called.
func kindOf(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[cer.SLI]():
		return "SLI"
	case reflect.TypeFor[cer.AlertPolicy]():
		return "policy"
	default:
		return strings.ToLower(t.Name())
	}
}

// spellings are how the definition spells fields whose Go name is another one, "" where their own fields stand beside the others.
var spellings = map[string]string{
	"Catalog.Budget": "", "Budgeting.Window": "budgetWindow", "Budgeting.Calendar": "budgetPeriod", "Budgeting.Method": "budgetingMethod",
	"Budgeting.Slice": "timeSliceWindow", "Budgeting.Target": "timesliceTarget", "Flow.Dynamic": "dynamicWeight", "SLI.Indicator": "", "Fallback.Indicator": "",
	"BurnCondition.Share": "budget", "Calendar.Period": "",
}

// spelled returns the path of a field of a struct that stands at a path.
func spelled(path string, t reflect.Type, f reflect.StructField) string {
	name, stated := spellings[t.Name()+"."+f.Name]
	if !stated {
		name = lowered(f.Name)
	}
	return strings.Trim(path+"."+name, ".")
}

// lowered returns a Go name as the definition would spell it.
func lowered(name string) string {
	if name == "PromQL" {
		return "promql"
	}
	return strings.ToLower(name[:1]) + name[1:]
}

// fieldOf returns the path of what an interface or a pointer at a path holds: indicators stand under the name of their kind.
func fieldOf(path string, v reflect.Value) string {
	if indicator, ok := v.Interface().(cer.Indicator); ok {
		return strings.Trim(path+"."+string(indicator.Kind()), ".")
	}
	return path
}

// textOf returns what is stated for a field.
func textOf(field string, v reflect.Value) string {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nothing
		}
		return textOf(field, v.Elem())
	case reflect.Struct:
		return structText(v)
	case reflect.Slice:
		return listText(v)
	case reflect.Map:
		return mapText(v)
	case reflect.Float64:
		if v.IsZero() && strings.HasSuffix(strings.ToLower(field), "objective") {
			return nothing
		}
		return strconv.FormatFloat(v.Float(), 'g', -1, 64)
	}
	d, isDuration := v.Interface().(time.Duration)
	switch {
	case v.IsZero() && v.Kind() != reflect.Bool:
		return nothing
	case v.Kind() == reflect.String && v.String() == nothing: // It is the name of something.
		return strconv.Quote(nothing)
	case isDuration && d%time.Millisecond == 0:
		return model.Duration(d).String()
	default:
		return fmt.Sprint(v.Interface())
	}
}

// structText returns what stands in a struct, but for what does not differ from nothing.
func structText(v reflect.Value) string {
	name := lowered(v.Type().Name())
	if indicator, ok := v.Interface().(cer.Indicator); ok {
		name = string(indicator.Kind())
	}
	var parts []string
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.IsExported() && !v.Field(i).IsZero() {
			parts = append(parts, cmp.Or(spelled("", v.Type(), f), lowered(f.Name))+": "+textOf(f.Name, v.Field(i)))
		}
	}
	if len(parts) == 0 {
		return name
	}
	return name + " { " + strings.Join(parts, ", ") + " }"
}

// listText returns the elements of a list; that there is none differs from an empty one.
func listText(v reflect.Value) string {
	if v.IsNil() {
		return nothing
	}
	parts := make([]string, v.Len())
	for i := range parts {
		parts[i] = textOf("", v.Index(i))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// mapText returns the entries of a map, sorted.
func mapText(v reflect.Value) string {
	if v.Len() == 0 {
		return nothing
	}
	parts := map[string]string{}
	for _, key := range v.MapKeys() {
		parts[key.String()] = textOf("", v.MapIndex(key))
	}
	var texts []string
	for _, key := range slices.Sorted(maps.Keys(parts)) {
		texts = append(texts, key+": "+parts[key])
	}
	return "{ " + strings.Join(texts, ", ") + " }"
}
