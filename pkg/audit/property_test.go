package audit_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/cer-reliability/cer-datasource/pkg/audit"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/golden"
)

// full returns a catalog all of whose fields state something, so that a field that is added to the model is compared here too. n chooses
// the indicators and curves.
func full(n int) *cer.Catalog {
	c := &cer.Catalog{}
	fill(reflect.ValueOf(c).Elem(), n)
	return c
}

var (
	indicators = []any{cer.Ratio{}, cer.LatencyShare{}, cer.Apdex{}, cer.Quantile{}, cer.Value{}, cer.Probe{}, cer.Recorded{}}
	curves     = []any{cer.Linear{}, cer.Step{}, cer.LogNormal{}, cer.Budget{}}
)

// fill sets all that is in a value. Lists have two elements, with different names.
func fill(v reflect.Value, n int) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Type().Field(i).Tag.Get("json") != "-" {
				fill(v.Field(i), n)
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Interface:
		of := curves
		if v.Type() == reflect.TypeFor[cer.Indicator]() {
			of = indicators
		}
		holds := reflect.New(reflect.TypeOf(of[n%len(of)])).Elem()
		fill(holds, n)
		v.Set(holds)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i), n+i)
			if name := reflect.Indirect(v.Index(i)); name.Kind() == reflect.Struct {
				name.FieldByName("Name").SetString(string(rune('a' + i)))
			}
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for i, key := range []string{"a", "b"} {
			entry := reflect.New(v.Type().Elem()).Elem()
			fill(entry, n+i)
			v.SetMapIndex(reflect.ValueOf(key), entry)
		}
	case reflect.String:
		v.SetString(fmt.Sprintf("text%d", n))
	case reflect.Float64:
		v.SetFloat(0.5 + float64(n)/100)
	case reflect.Int64:
		v.SetInt(int64(time.Minute) * int64(n+1))
	case reflect.Int:
		v.SetInt(int64(n + 1))
	case reflect.Bool:
		v.SetBool(true)
	default:
		panic("the model has a field of the kind " + v.Kind().String())
	}
}

// edit changes one thing in a catalog that full returned.
type edit func(r *rand.Rand)

// edits returns all single changes of what is in a value: of each field but names of members, of each entry of a map, and that something is
// no longer stated.
func edits(v reflect.Value, isMember bool) []edit {
	var all []edit
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.IsExported() && f.Tag.Get("json") != "-" && (f.Name != "Name" || !isMember) {
				all = append(all, edits(v.Field(i), isMember)...)
			}
		}
	case reflect.Pointer:
		all = append(edits(v.Elem(), isMember), func(*rand.Rand) { v.SetZero() })
	case reflect.Interface:
		holds := v.Elem()
		for i := range holds.NumField() {
			all = append(all, func(r *rand.Rand) {
				changed := reflect.New(holds.Type()).Elem()
				changed.Set(v.Elem()) // An edit before may have changed it.
				set(changed.Field(i), r)
				v.Set(changed)
			})
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.String {
			return []edit{func(r *rand.Rand) {
				if v.Len() > 0 {
					set(v.Index(0), r)
				}
			}, func(*rand.Rand) { v.SetZero() }, func(*rand.Rand) { v.Set(v.Slice(0, min(1, v.Len()))) }}
		}
		for i := range v.Len() {
			all = append(all, edits(v.Index(i), true)...)
		}
		all = append(all, func(*rand.Rand) { v.Set(v.Slice(0, 1)) })
	case reflect.Map:
		for _, name := range []string{"a", "b"} {
			key := reflect.ValueOf(name)
			all = append(all, func(*rand.Rand) { v.SetMapIndex(key, reflect.Value{}) }, func(r *rand.Rand) {
				entry := reflect.New(v.Type().Elem()).Elem()
				if entry.Kind() == reflect.Map {
					fill(entry, 20+r.IntN(9))
				} else {
					set(entry, r)
				}
				v.SetMapIndex(key, entry)
			})
		}
	default:
		all = append(all, func(r *rand.Rand) { set(v, r) })
	}
	return all
}

// set sets a value to another one than fill does.
func set(v reflect.Value, r *rand.Rand) {
	switch v.Kind() {
	case reflect.String:
		v.SetString([]string{"other", "", "<img src=x>", "a\nb\u202e\xff", strings.Repeat("long ", 500)}[r.IntN(5)])
	case reflect.Float64:
		v.SetFloat([]float64{0, 0.999, 0.9999999, 1.0 / 3, 12, math.Nextafter(0.5, 1)}[r.IntN(6)])
	case reflect.Int64:
		v.SetInt(r.Int64N(1e15) + 1e12)
	case reflect.Int:
		v.SetInt(r.Int64N(99) + 99)
	case reflect.Bool:
		v.SetBool(false)
	default:
		panic("no value of the kind " + v.Kind().String())
	}
}

// edited returns full(n) after edits, in their order.
func edited(n int, seed uint64, which ...int) *cer.Catalog {
	c := full(n)
	all := edits(reflect.ValueOf(c).Elem(), false)
	for _, i := range which {
		all[i](rand.New(rand.NewPCG(seed, uint64(i))))
	}
	return c
}

// shuffled returns the catalog with its members in another order.
func shuffled(c *cer.Catalog, seed uint64) *cer.Catalog {
	r := rand.New(rand.NewPCG(seed, 0))
	swap := func(n int, swap func(i, j int)) { r.Shuffle(n, swap) }
	for i := range c.Flows {
		swap(len(c.Flows[i].SLIs), reflect.Swapper(c.Flows[i].SLIs))
	}
	swap(len(c.Flows), reflect.Swapper(c.Flows))
	swap(len(c.Dimensions), reflect.Swapper(c.Dimensions))
	swap(len(c.Policies), reflect.Swapper(c.Policies))
	swap(len(c.Trust), reflect.Swapper(c.Trust))
	return c
}

// where is what a change is of, so that changes of several edits can be found again.
func where(c audit.Change) string {
	if c.Kind == "catalog" { // It may have another name.
		c.Name = ""
	}
	return c.Kind + " " + c.Name + " " + c.Field
}

// Each edit of each field of the model is one or several changes, whose sentences say what differs in one printable line; catalogs that
// are the same have none, in any order. The golden file has the aspect of each field, which decides how changes are counted and whether
// all may read what is stated.
func TestEveryEditIsInTheSentences(t *testing.T) {
	aspects := map[string]bool{}
	for n := range 7 {
		seed, before := uint64(n), full(n)
		all := len(edits(reflect.ValueOf(before).Elem(), false))
		if all < 200 {
			t.Fatalf("there are %d edits only", all)
		}
		for i := range all {
			now := edited(n, seed, i)
			changes := audit.Compare(before, now)
			if len(changes) == 0 {
				t.Fatalf("the edit %d of %d is no change", i, n)
			}
			for _, c := range changes {
				checkSentence(t, c)
				aspects[aspectOf(c)] = true
			}
			if again := audit.Compare(now, shuffled(edited(n, seed, i), seed)); len(again) > 0 {
				t.Fatalf("the same in another order has the changes %v", again)
			}
		}
	}
	golden.Compare(t, "aspects", strings.Join(slices.Sorted(maps.Keys(aspects)), "\n")+"\n")
}

// aspectOf says what a change of a field is about, and whether all may read what is stated.
func aspectOf(c audit.Change) string {
	field := c.Kind + " " + c.Field
	if c.New || c.Gone {
		field = c.Kind
	}
	if c.PublicSentence() != c.Sentence() {
		return field + ": " + string(c.Aspect()) + ", not shown to everybody"
	}
	return field + ": " + string(c.Aspect())
}

// checkSentence checks that a change says something, in one printable line.
func checkSentence(t interface{ Errorf(string, ...any) }, c audit.Change) {
	for _, s := range []string{c.Sentence(), c.PublicSentence()} {
		if !utf8.ValidString(s) || strings.ContainsAny(s, "\n\u202e") || strings.Contains(s, "<i") || utf8.RuneCountInString(s) > 500 || !strings.Contains(s, c.Name) && c.Kind != "catalog" {
			t.Errorf("the sentence of %d bytes is %.300q", len(s), s)
		}
	}
	if before, after, ok := strings.Cut(strings.TrimPrefix(c.Sentence(), c.Kind+" "+c.Name+": "+c.Field+" "), " → "); ok && before == after {
		t.Errorf("%.300q says nothing of %.300q and %.300q", c.Sentence(), c.Before, c.After)
	}
	if !slices.Contains(audit.Aspects(), c.Aspect()) {
		t.Errorf("%v has the aspect %q", c, c.Aspect())
	}
}

// Of several edits each has its sentences, and the changes are the same in both directions.
func TestSeveralEditsAreAllInTheSentences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, seed := rapid.IntRange(0, 6).Draw(t, "n"), rapid.Uint64().Draw(t, "seed")
		i := rapid.IntRange(0, len(edits(reflect.ValueOf(full(n)).Elem(), false))-1)
		one, other := i.Draw(t, "one"), i.Draw(t, "other")
		found := map[string]bool{}
		for _, c := range audit.Compare(full(n), edited(n, seed, one, other)) {
			checkSentence(t, c)
			found[where(c)] = true
		}
		back := audit.Compare(edited(n, seed, one, other), full(n))
		if len(back) != len(found) {
			t.Fatalf("there are %d changes, and %d on the way back", len(found), len(back))
		}
		for _, c := range back {
			if !found[where(c)] {
				t.Fatalf("%s is a change on the way back only", where(c))
			}
		}
		// The later edit is never undone by the one before.
		for _, c := range audit.Compare(edited(n, seed, one), edited(n, seed, one, other)) {
			if !found[where(c)] && !slices.ContainsFunc(back, func(b audit.Change) bool { return covers(b, c) }) {
				t.Fatalf("%s is lost", where(c))
			}
		}
	})
}

// covers reports whether a change says what another does since that is of something within.
func covers(b, c audit.Change) bool {
	within := b.Name == c.Name || strings.HasPrefix(c.Name, b.Name+"/") || b.Kind == "catalog"
	return within && (b.New || b.Gone || b.Field == "indicator" || strings.HasPrefix(c.Field, b.Field) || strings.HasPrefix(b.Field, c.Field))
}
