package fetch

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// one is the answer of a store that has one series for each expression, by the name of it.
func one(req *http.Request) (string, error) {
	var all []string
	for name := range strings.SplitSeq(askedFor(req).Get("query"), " or ") {
		all = append(all, fmt.Sprintf(`{"metric":{"name":%q},"value":[1772366400,"1"]}`, name))
	}
	return data("vector", "["+strings.Join(all, ",")+"]"), nil
}

// merged returns one request for all of the missing pieces, by the names of their expressions.
func merged(missing []Leaf) Request {
	r := Request{Leaf: Leaf{Range: missing[0].Range}}
	var names []string
	for i, leaf := range missing {
		names, r.Members = append(names, leaf.PromQL), append(r.Members, i)
	}
	r.Leaf.PromQL = strings.Join(names, " or ")
	r.Unmerge = func(all []series.Series) [][]series.Series {
		members := make([][]series.Series, len(names))
		for i, name := range names {
			for _, s := range all {
				if s.Labels.Get("name") == name {
					members[i] = append(members[i], s)
				}
			}
		}
		return members
	}
	return r
}

// named fails unless each answer has one series, by the name of its expression.
func named(t *testing.T, answers []series.Answer, names ...string) {
	t.Helper()
	for i, name := range names {
		if len(answers) != len(names) || len(answers[i].Series) != 1 || !labels.Equal(answers[i].Series[0].Labels, labels.FromStrings("name", name)) {
			t.Fatalf("got %v, want a series for each of %q", answers, names)
		}
	}
}

// waiting starts to wait for a claim and returns a channel with the outcome.
func waiting(ctx context.Context, claim *Claim) <-chan outcome {
	done := make(chan outcome, 1)
	go func() {
		answers, err := claim.Wait(ctx)
		done <- outcome{answers, err}
	}()
	return done
}

func TestMembersOfAMergedRequestAreAnsweredByIt(t *testing.T) {
	tr := &transport{answer: one}
	batch := tr.store(t, func(c *Config) { c.Cache = NewCache(1<<20, nil) }).Batch(t.Context())
	defer batch.Close()
	claim := batch.Claim([]Leaf{atNoon("a"), atNoon("b"), atNoon("a")})
	defer claim.Close()
	if diff := cmp.Diff([]Leaf{atNoon("a"), atNoon("b")}, claim.Missing()); diff != "" {
		t.Fatal(diff)
	}
	claim.Fetch([]Request{merged(claim.Missing())})
	answers, err := claim.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	named(t, answers, "a", "b", "a")
	if diff := cmp.Diff(map[string]int{"a or b": 1}, tr.asked); diff != "" {
		t.Error(diff)
	}
	again := batch.Fork().Claim([]Leaf{atNoon("b")})
	defer again.Close()
	if missing := again.Missing(); len(missing) > 0 {
		t.Errorf("the cache lacks %v", missing)
	}
}

func TestMissingPiecesAreClaimedByNoOtherClaim(t *testing.T) {
	minute := func(start, end int) Leaf { // In minutes after noon.
		return Leaf{PromQL: "a", Range: series.New(noon.Add(time.Duration(start)*time.Minute), noon.Add(time.Duration(end)*time.Minute), time.Minute)}
	}
	const day = 24 * 60
	for name, tc := range map[string]struct {
		cached, claimed, leaf Leaf
		want                  []Leaf
	}{
		"all of a leaf":                        {leaf: minute(0, 10), want: []Leaf{minute(0, 10)}},
		"what the cache lacks":                 {cached: minute(0, 10), leaf: minute(0, 30), want: []Leaf{minute(11, 30)}},
		"before and after what the cache has":  {cached: minute(0, 10), leaf: minute(-5, 15), want: []Leaf{minute(-5, -1), minute(11, 15)}},
		"nothing of what another claims":       {claimed: minute(0, 10), leaf: minute(0, 10)},
		"all of what another claims in part":   {claimed: minute(0, 5), leaf: minute(0, 10), want: []Leaf{minute(0, 10)}},
		"pieces of a long range":               {leaf: minute(0, day), want: []Leaf{minute(0, 239), minute(240, 719), minute(720, 1199), minute(1200, day)}},
		"those pieces that nobody else claims": {claimed: minute(240, day), leaf: minute(0, day), want: []Leaf{minute(0, 239)}},
		"two instants one by one":              {leaf: leafOver(atNoon("a"), series.New(noon, noon.Add(time.Hour), time.Hour)), want: []Leaf{atNoon("a"), leafOver(atNoon("a"), series.InstantOf(noon.Add(time.Hour)))}},
		"an end between steps":                 {claimed: minute(0, 10), leaf: leafOver(atNoon("a"), series.New(noon, noon.Add(10*time.Minute+time.Second), time.Minute))},
		"nothing of no instants":               {leaf: minute(0, -1)},
	} {
		t.Run(name, func(t *testing.T) {
			store := (&transport{}).store(t, func(c *Config) {
				c.Cache, c.Now = NewCache(1<<20, nil), func() time.Time { return noon.Add(48 * time.Hour) }
			})
			for _, before := range []Leaf{tc.cached, tc.claimed} {
				if before.PromQL == "" {
					continue
				}
				batch := store.Batch(t.Context())
				defer batch.Close()
				claim := batch.Claim([]Leaf{before})
				defer claim.Close()
				if before == tc.cached {
					claim.Fetch(Merge(nil).requests(claim.Missing()))
					if _, err := claim.Wait(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
			}
			batch := store.Batch(t.Context())
			defer batch.Close()
			claim := batch.Claim([]Leaf{tc.leaf})
			defer claim.Close()
			if got := claim.Missing(); !slices.Equal(got, tc.want) {
				t.Errorf("got  %v\nwant %v", got, tc.want)
			}
		})
	}
}

func TestRefusedMergedRequestIsSplit(t *testing.T) {
	tr := &transport{answer: func(req *http.Request) (string, error) {
		if strings.Contains(askedFor(req).Get("query"), " or ") {
			return refusal("execution", "too many samples"), nil
		}
		return one(req)
	}}
	now := noon
	store := tr.store(t, func(c *Config) { c.Now = func() time.Time { return now } })
	ask := func(leaves ...Leaf) {
		t.Helper()
		tr.asked = nil
		batch := store.Batch(t.Context())
		defer batch.Close()
		claim := batch.Claim(leaves)
		defer claim.Close()
		claim.Fetch([]Request{merged(claim.Missing())})
		answers, err := claim.Wait(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		named(t, answers, "a", "b")
	}
	if store.MergeRefused("a or b") {
		t.Error("refused before it was sent")
	}
	ask(atNoon("a"), atNoon("b"))
	if diff := cmp.Diff(map[string]int{"a or b": 1, "a": 1, "b": 1}, tr.asked); diff != "" || !store.MergeRefused("a or b") {
		t.Errorf("not refused, or %s", diff)
	}
	ask(atNoon("a"), atNoon("b"))
	if diff := cmp.Diff(map[string]int{"a": 1, "b": 1}, tr.asked); diff != "" {
		t.Errorf("refused lately: %s", diff)
	}
	now = now.Add(refusedMergeTTL)
	ask(atNoon("a"), atNoon("b"))
	if diff := cmp.Diff(map[string]int{"a or b": 1, "a": 1, "b": 1}, tr.asked); diff != "" {
		t.Errorf("refused long ago: %s", diff)
	}
}

func TestClaimThatIsClosedWithoutFetchLeavesItsPiecesToOthers(t *testing.T) {
	for name, other := range map[string]func(*testing.T, *Store, *Batch) *Batch{
		"of another batch":  func(t *testing.T, s *Store, _ *Batch) *Batch { return s.Batch(t.Context()) },
		"of the same batch": func(_ *testing.T, _ *Store, b *Batch) *Batch { return b },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tr := &transport{answer: one}
				store := tr.store(t)
				batch := store.Batch(t.Context())
				defer batch.Close()
				joining := other(t, store, batch)
				defer joining.Close()
				var done <-chan outcome
				func() {
					defer func() { _ = recover() }()
					claim := batch.Claim([]Leaf{atNoon("a"), atNoon("b")})
					defer claim.Close()
					second := joining.Claim([]Leaf{atNoon("b")})
					done = waiting(t.Context(), second)
					if missing := second.Missing(); len(missing) > 0 {
						t.Errorf("%v are missing though they are claimed", missing)
					}
					second.Fetch(nil)
					synctest.Wait()
					mustWait(t, done)
					panic("a bug in merging")
				}()
				synctest.Wait()
				o := outcomeOf(t, done)
				if o.err != nil {
					t.Fatal(o.err)
				}
				named(t, o.answers, "b")
				if tr.asked["b"] != 1 {
					t.Errorf("requested %v, want b once", tr.asked)
				}
			})
		})
	}
}

func TestClaimWithInvalidRequestsFails(t *testing.T) {
	for name, requests := range map[string]func([]Leaf) []Request{
		"a piece is forgotten": func(missing []Leaf) []Request { return Merge(nil).requests(missing)[:1] },
		"there are none":       func([]Leaf) []Request { return nil },
		"a position that is no piece's": func(missing []Leaf) []Request {
			return append(Merge(nil).requests(missing)[:1], Request{Leaf: atNoon("b"), Members: []int{7}})
		},
		"Unmerge panics": func(missing []Leaf) []Request {
			r := merged(missing)
			r.Unmerge = func([]series.Series) [][]series.Series { panic("a bug") }
			return []Request{r}
		},
		"Unmerge leaves a member out": func(missing []Leaf) []Request {
			r := merged(missing)
			unmerge := r.Unmerge
			r.Unmerge = func(all []series.Series) [][]series.Series { return unmerge(all)[:1] }
			return []Request{r}
		},
	} {
		t.Run(name, func(t *testing.T) {
			batch := (&transport{answer: one}).store(t).Batch(t.Context())
			defer batch.Close()
			claim := batch.Claim([]Leaf{atNoon("a"), atNoon("b")})
			defer claim.Close()
			claim.Fetch(requests(claim.Missing()))
			_, err := claim.Wait(t.Context())
			wantError{Internal, 500, false, "The plugin failed while asking the store. This is a bug in the plugin."}.check(t, err)
		})
	}
}

func TestUrgentPiecesDoNotWaitForOthers(t *testing.T) {
	type urgent struct{}
	store := (&transport{}).store(t, func(c *Config) {
		c.Urgent = func(ctx context.Context) bool { return ctx.Value(urgent{}) != nil }
	})
	panel := store.Batch(t.Context())
	defer panel.Close()
	claim := panel.Claim([]Leaf{atNoon("a")})
	defer claim.Close()
	alert := store.Batch(context.WithValue(t.Context(), urgent{}, true))
	defer alert.Close()
	claim = alert.Claim([]Leaf{atNoon("a")})
	defer claim.Close()
	if diff := cmp.Diff([]Leaf{atNoon("a")}, claim.Missing()); diff != "" {
		t.Error(diff)
	}
}

func TestPiecesOfOneIdentityAreNotThoseOfAnother(t *testing.T) {
	type user struct{}
	store := (&transport{}).store(t, func(c *Config) {
		c.Cache = NewCache(1<<20, nil)
		c.Identity = func(ctx context.Context) string { return ctx.Value(user{}).(string) }
	})
	for _, tc := range []struct {
		name    string
		missing int
	}{{"ada", 1}, {"bob", 1}, {"ada", 0}} {
		batch := store.Batch(context.WithValue(t.Context(), user{}, tc.name))
		defer batch.Close()
		claim := batch.Claim([]Leaf{atNoon("a")})
		defer claim.Close()
		if got := len(claim.Missing()); got != tc.missing {
			t.Errorf("%s: %d pieces are missing, want %d", tc.name, got, tc.missing)
		}
	}
}

func TestForkUncachedDoesNotFillTheCache(t *testing.T) {
	store := (&transport{answer: one}).store(t, func(c *Config) { c.Cache = NewCache(1<<20, nil) })
	batch := store.Batch(t.Context())
	defer batch.Close()
	for i, fork := range []*Batch{batch.ForkUncached(), batch.Fork(), batch.Fork()} {
		claim := fork.Claim([]Leaf{atNoon("a")})
		if got, want := len(claim.Missing()), []int{1, 1, 0}[i]; got != want {
			t.Errorf("fork %d: %d pieces are missing, want %d", i, got, want)
		}
		claim.Fetch(Merge(nil).requests(claim.Missing()))
		if _, err := claim.Wait(t.Context()); err != nil {
			t.Error(err)
		}
		claim.Close()
		fork.Close()
	}
}

func TestClosedClaimCancelsWhatOnlyItWaitsFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := &transport{release: make(chan struct{})}
		batch := tr.store(t).Batch(t.Context())
		defer batch.Close()
		claim := batch.Claim([]Leaf{atNoon("a"), atNoon("b")})
		other := batch.Claim([]Leaf{atNoon("b")})
		defer other.Close()
		claim.Fetch(Merge(nil).requests(claim.Missing()))
		done := waiting(t.Context(), other)
		synctest.Wait()
		claim.Close()
		claim.Close()
		synctest.Wait()
		mustWait(t, done)
		close(tr.release)
		synctest.Wait()
		if o := outcomeOf(t, done); o.err != nil {
			t.Error(o.err)
		}
	})
}
