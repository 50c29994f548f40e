package archtest

const (
	sdk          = "github.com/grafana/grafana-plugin-sdk-go"
	sdkBackend   = sdk + "/backend"
	clientGolang = "github.com/prometheus/client_golang"
	promqlParser = "github.com/prometheus/prometheus/promql/parser"
)

// A rule says what some packages must not do. A package is named by its first directory under pkg, so that a rule for
// fetch also holds for what lies beneath it; the plugin's program goes by the name main.
type rule struct {
	only   []string // the packages it is for; none means every package
	except []string // the packages it is not for

	imports      []string // what they must not import directly; a path stands for everything beneath it too
	standardOnly bool     // they must import nothing but the standard library and one another, and so need nothing else
	calls        []string // functions they must not mention, as package.Function

	reason string
}

// rules is the import table of the architecture. Only what is compiled into the plugin counts: tests may do as they like.
var rules = []rule{
	{
		only:         []string{"cer"},
		standardOnly: true,
		reason:       "the domain is pure maths, which anything can import and nothing can break",
	},
	{
		only:    []string{"audit", "series", "query", "schema", "definition", "importer", "expand", "policy", "catalog", "plan", "eval"},
		imports: []string{sdk, clientGolang, "net/http", "os", module + "/pkg/fetch"},
		reason:  "these are pure functions of their arguments: nothing in them knows Grafana, the store, the network or the machine",
	},
	{
		except:  []string{"expand"},
		imports: []string{promqlParser},
		reason:  "PromQL is read and written in one place, through its syntax tree",
	},
	{
		only:    []string{"fetch"},
		imports: []string{sdkBackend},
		reason:  "fetch is handed an *http.Client, so that it works, and is tested, without Grafana",
	},
	{
		only:    []string{"fetch"},
		imports: []string{module + "/pkg/plan", module + "/pkg/query"},
		reason:  "fetch knows series and expressions; what they are for is the plan's concern",
	},
	{
		only:    []string{"engine", "replay", "postmortem"},
		imports: []string{sdk, clientGolang, "net/http"},
		reason:  "engine answers any caller: the plugin is one of them, and only fetch waits for the store",
	},
	{
		only:    []string{"discover"},
		imports: []string{sdk, clientGolang, "net/http", "os"},
		reason:  "discover proposes a definition to any caller: the plugin is one of them, and only fetch waits for the store",
	},
	{
		only:    []string{"frame"},
		imports: []string{sdkBackend, clientGolang},
		reason:  "frame turns evaluated results into data frames; requests belong to plugin and the store to fetch",
	},
	{
		only:    []string{"folder"},
		imports: []string{sdk, clientGolang, "net/http"},
		reason:  "folder reads files and nothing else; who asks, and what of it is shown to whom, is plugin's concern",
	},
	{
		only:    []string{"cmd", "command"},
		imports: []string{module + "/pkg/plugin", sdkBackend},
		reason:  "the command line is the engine's second caller: what it says is in frames, as the plugin says it, and it needs no Grafana to run",
	},
	{
		except: []string{"catalog", "definition"},
		calls:  []string{"expand.Compile", "policy.Of", "policy.New", "policy.ParseIntervals"},
		reason: "PromQL, CEL and time intervals are compiled once, when a catalog is loaded; a query finds them in it",
	},
	{
		only:   []string{"plan", "engine", "eval", "frame"},
		calls:  []string{"catalog.Compile", "expand.Parse"},
		reason: "a query parses nothing that its catalog holds compiled",
	},
	{
		except: []string{"fetch", "plugin", "engine", "main", "cmd"},
		calls:  []string{"time.Now", "time.Since", "time.Until"},
		reason: "the time is an argument, so that the same inputs give the same answer",
	},
}
