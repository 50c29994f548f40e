package audit

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

// nothing stands for what is not stated.
const nothing = "none"

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
	return join(path, name)
}

// join appends a name to a path.
func join(path, name string) string { return strings.Trim(path+"."+name, ".") }

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
		return join(path, string(indicator.Kind()))
	}
	return path
}

// textOf returns what is stated for a field at a path.
func textOf(path string, v reflect.Value) string {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nothing
		}
		return textOf(path, v.Elem())
	case reflect.Struct:
		return structText(path, v)
	case reflect.Slice:
		return listText(path, v)
	case reflect.Map:
		return mapText(path, v)
	case reflect.Float64:
		return numberText(path, v.Float())
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

// shares are the fields, by the ends of their paths, that are shares: they are printed in percent.
var shares = []string{"objective", "timesliceTarget", "minCoverage", "burn.budget", "minShare", "maxDrop", "minPassed"}

// sharesOf are the maps of shares.
var sharesOf = []string{"objectives.", "maxDrops."}

// isShare reports whether the field at a path is a share.
func isShare(path string) bool {
	ends := func(end string) bool { return path == end || strings.HasSuffix(path, "."+end) }
	begins := func(begin string) bool { return strings.HasPrefix(path, begin) }
	return slices.ContainsFunc(shares, ends) || slices.ContainsFunc(sharesOf, begins)
}

// numberText prints a number with as many digits as tell it from any other, shares in percent. No objective is 0.
func numberText(path string, v float64) string {
	switch {
	case !isShare(path):
		return strconv.FormatFloat(v, 'g', -1, 64)
	case v == 0 && strings.HasPrefix(path, "objective"):
		return nothing
	case v == 0 && path == "timesliceTarget":
		return nothing
	}
	for digits := 4; digits <= 17; digits++ {
		text := strconv.FormatFloat(100*v, 'g', digits, 64)
		if again, err := strconv.ParseFloat(text+"e-2", 64); err == nil && again == v {
			return text + "%"
		}
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// structText returns what stands in a struct, but for what does not differ from nothing.
func structText(path string, v reflect.Value) string {
	name := lowered(v.Type().Name())
	switch stated := v.Interface().(type) {
	case cer.Indicator:
		name = string(stated.Kind())
	case cer.Budget:
		name = "objective"
	}
	var parts []string
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.IsExported() && !v.Field(i).IsZero() {
			own := cmp.Or(spelled("", v.Type(), f), lowered(f.Name))
			parts = append(parts, own+": "+textOf(join(path, own), v.Field(i)))
		}
	}
	if len(parts) == 0 {
		return name
	}
	return name + " { " + strings.Join(parts, ", ") + " }"
}

// listText returns the elements of a list; that there is none differs from an empty one.
func listText(path string, v reflect.Value) string {
	if v.IsNil() {
		return nothing
	}
	parts := make([]string, v.Len())
	for i := range parts {
		parts[i] = textOf(path, v.Index(i))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// mapText returns the entries of a map, sorted.
func mapText(path string, v reflect.Value) string {
	if v.Len() == 0 {
		return nothing
	}
	parts := map[string]string{}
	for _, key := range v.MapKeys() {
		parts[key.String()] = textOf(path+"."+key.String(), v.MapIndex(key))
	}
	var texts []string
	for _, key := range slices.Sorted(maps.Keys(parts)) {
		texts = append(texts, key+": "+parts[key])
	}
	return "{ " + strings.Join(texts, ", ") + " }"
}
