package process

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// replicas returns the same data source in two plugins that read one folder, as two replicas of Grafana on one database have it.
func replicas(t *testing.T, store string, files map[string]string) (dir string, first, second *replica) {
	t.Helper()
	dir = t.TempDir()
	for name, content := range files {
		(&operator{dir: dir}).write(t, name, content)
	}
	s := newSource(store, "", "catalog", "shop")
	return dir, replicaOf(t, s, dir), replicaOf(t, s, dir)
}

// replica is a data source in one of several plugins.
type replica struct {
	*source
	operator *operator
}

// replicaOf starts a plugin that reads a folder, and returns a data source in it.
func replicaOf(t *testing.T, s *source, dir string) *replica {
	t.Helper()
	in := *s
	o := startOperated(t, dir)
	in.host = o.host
	return &replica{source: in.as("Admin"), operator: o}
}

// answers returns the frames of a query as JSON.
func (r *replica) answers(t *testing.T, q query) string {
	t.Helper()
	var all strings.Builder
	for _, frame := range r.frames(t, q) {
		text, err := data.FrameToJSON(frame, data.IncludeAll)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
		all.WriteByte('\n')
	}
	return all.String()
}

// kinds are queries of every kind of answer that dashboards and alert rules have.
var kinds = []string{`{}`, `{"level":"flow"}`, `{"level":"sli","format":"table"}`, `{"measure":"state","level":"flow","format":"latest"}`,
	`{"measure":"budget","level":"flow","format":"latest"}`, `{"level":"flow","format":"incidents"}`, `{"measure":"impact","level":"sli"}`, `{"format":"definition"}`}

// agree fails the test where the replicas answer anything otherwise, or by another catalog than the definition.
func agree(t *testing.T, definition string, first, second *replica) {
	t.Helper()
	for _, text := range kinds {
		q := over(10*time.Minute, 20*time.Minute, text)
		if a, b := first.answers(t, q), second.answers(t, q); a != b || a == "" {
			t.Errorf("to %s one replica answers\n%s\nand the other\n%s", text, a, b)
		}
	}
	for _, r := range []*replica{first, second} {
		if used := usedRevision(t, r.frames(t, minute)); used != revision(t, definition) {
			t.Errorf("a replica uses the revision %s", used)
		}
	}
}

func TestTwoReplicasAnswerAlike(t *testing.T) {
	dir, first, second := replicas(t, shop.URL(), map[string]string{"shop.yaml": shopDefinition})
	for _, r := range []*replica{first, second} {
		r.healthThatSays(t, "Catalog shop, revision "+revision(t, shopDefinition)[:12])
	}
	agree(t, shopDefinition, first, second)

	first.operator.write(t, "shop.yaml", heavier)
	for _, r := range []*replica{first, second} { // Each reads the folder itself.
		r.healthThatSays(t, "Catalog shop, revision "+revision(t, heavier)[:12])
	}
	agree(t, heavier, first, second)
	for _, r := range []*replica{first, second} {
		says(t, r.operator.log.lines(t, 1, "Catalog changed")[0], "oldRevision="+revision(t, shopDefinition), "newRevision="+revision(t, heavier))
		says(t, strings.Join(r.operator.metrics(t), "\n"), `revision="`+revision(t, heavier)+`"} 1`)
	}

	// The last valid version is kept by each process: one that starts later has none.
	first.operator.write(t, "shop.yaml", "apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: shop }\n")
	for _, r := range []*replica{first, second} {
		r.healthThatSays(t, "its last valid version is used instead")
	}
	agree(t, heavier, first, second)
	restarted := replicaOf(t, first.source, dir)
	restarted.healthThatSays(t, "shop.yaml")
	if answer := restarted.ask(t, minute)["A"]; answer.Error == nil {
		t.Error("a replica that was restarted answers by a catalog that is refused")
	}
	restarted.operator.write(t, "shop.yaml", heavier)
	for _, r := range []*replica{first, restarted} {
		r.healthThatSays(t, "Catalog shop, revision "+revision(t, heavier)[:12])
	}
	agree(t, heavier, first, restarted)
}

func TestEachReplicaHasItsOwnCache(t *testing.T) {
	var requests atomic.Int64
	target := proxyTo(shop.URL())
	store := serve(t, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		target.ServeHTTP(w, r)
	})
	_, first, second := replicas(t, store, map[string]string{"shop.yaml": shopDefinition})
	for _, r := range []*replica{first, second} {
		r.healthThatSays(t, "Catalog shop, revision ")
		before := requests.Load()
		want := r.answers(t, minute)
		asked := requests.Load()
		if asked == before {
			t.Error("a replica answers from what the other has asked")
		}
		if again := r.answers(t, minute); again != want || requests.Load() != asked {
			t.Errorf("a replica asks again %d times", requests.Load()-asked)
		}
	}
}

// A definition in the settings is in Grafana's database: each replica has it with its next query.
func TestReplicasUseSettingsThatAreSavedInEither(t *testing.T) {
	s := newSource(shop.URL(), shopDefinition)
	first, second := replicaOf(t, s, t.TempDir()), replicaOf(t, s, t.TempDir())
	agree(t, shopDefinition, first, second)
	for _, r := range []*replica{first, second} {
		r.save(heavier)
	}
	agree(t, heavier, first, second)
}
