package packaging_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// broken is a change to the small plugin, and what Check then says.
type broken struct {
	file, content, want string
}

// metadata is a broken plugin.json, by the replacement of a text.
func metadata(from, to, want string) broken {
	return broken{"plugin.json", strings.Replace(smallMetadata, from, to, 1), want}
}

// validator lists the analyzers of Grafana's plugin validator (grafana/plugin-validator 0.45.6), which decides what enters Grafana's catalog. For
// each it says what it asks, and either how Check finds that in an archive, or which test finds it in the repository, or why neither can.
var validator = map[string]struct {
	asks    string
	archive []broken
	source  func(*testing.T)
	beyond  string
}{
	"archive":     {asks: "one folder, without a folder dist", archive: []broken{{"dist/module.js", "x", "dist has no business"}}},
	"archivename": {asks: "the folder is named by the plugin's id", source: TestAnArchiveOfOthersIsCheckedToo},
	"backendbinary": {asks: "backend, alerting and executable agree, and a binary is built for linux/amd64", archive: []broken{
		metadata(`"backend":true`, `"backend":false`, "need backend to be true"),
		metadata(`"executable":"gpx_x"`, `"executable":""`, "a backend needs an executable"),
		{"gpx_x_linux_amd64", "#!/bin/sh", "gpx_x_linux_amd64 was not built by Go"},
		{"gpx_x_linux_amd64", "", "gpx_x_linux_amd64 is missing"},
	}},
	"backenddebug": {asks: "no files of a debugger", archive: []broken{
		{"standalone.txt", "x", "standalone.txt has no business"}, {"sub/pid.txt", "1", "pid.txt has no business"},
	}},
	"binarypermissions": {asks: "binaries have the mode 0755", source: TestAnArchiveOfOthersIsCheckedToo},
	"brokenlinks": {asks: "links of README and plugin.json are whole addresses, which lead somewhere (that one needs a network)", archive: []broken{
		{"README.md", "![x](docs/img/x.png)", "README.md links to docs/img/x.png, which leads nowhere"},
		metadata("https://acme.example/x", "acme.example/x", "is no https address"),
	}},
	"buildtools": {asks: "the repository is built as @grafana/create-plugin builds", source: builtAsCreatePluginBuilds},
	"changelog":  {asks: "a changelog that is not empty", archive: []broken{{"CHANGELOG.md", "", `"CHANGELOG.md" is missing`}, {"CHANGELOG.md", " \n", "CHANGELOG.md is empty"}}},
	"checksum":   {asks: "the checksum handed in is the archive's", beyond: "it is handed in with the archive; the release writes it"},
	"circulardependencies": {asks: "the plugin does not depend on itself, nor on plugins that depend on it (that one needs a network, and there are none)",
		archive: []broken{metadata(`"plugins":[]`, `"plugins":[{"id":"acme-x-datasource"}]`, "depends on itself")}},
	"code-rules": {asks: "no forbidden calls in the code", source: keepsTheRulesOfCode},
	"codediff":   {asks: "the code does what it did in the version before", beyond: "it asks a language model"},
	"discoverability": {asks: "a description and keywords", archive: []broken{
		metadata("Asks X.", "", "the description is empty"), metadata(`["x"]`, `[]`, "there are no keywords"),
	}},
	"go-manifest": {asks: "the Go files that the binaries were built from, with checksums", archive: []broken{
		{"go_plugin_build_manifest", "", `"go_plugin_build_manifest" is missing`},
	}},
	"gosec":             {asks: "no findings of gosec of high severity", beyond: "golangci-lint runs it: see .golangci.yml"},
	"govulncheck":       {asks: "no known vulnerability is reachable", beyond: "its database needs a network"},
	"grafanadependency": {asks: "a range of versions of Grafana", archive: []broken{metadata(">=10.1.0", "10 or later", `the dependency on Grafana is "10 or later"`)}},
	"includesnested":    {asks: "plugins within an app are declared", archive: []broken{{"sub/plugin.json", "{}", "sub/plugin.json has no business"}}},
	"jargon":            {asks: "no words for developers in the README", archive: []broken{{"README.md", "run yarn", `"yarn"`}}},
	"jsMap":             {asks: "a source map, whose sources are the repository's", archive: []broken{{"module.js.map", "", `"module.js.map" is missing`}, {"module.js.map", `{"sources":["x"]}`, "lacks the sources"}}},
	"legacybuilder":     {asks: "no grafana-toolkit", source: usesNoToolkit},
	"legacyplatform":    {asks: "no AngularJS", archive: []broken{{"module.js", "class X extends PanelCtrl", "PanelCtrl"}}},
	"license": {asks: "a license that Grafana allows, filled in", source: hasTheApacheLicense,
		archive: []broken{{"LICENSE", "", `"LICENSE" is missing`}, {"LICENSE", "Copyright {yyyy}", "placeholder"}}},
	"llmreview": {asks: "the code does no harm", beyond: "it asks a language model"},
	"logos": {asks: "two logos", archive: []broken{
		metadata("img/small.svg", "", "missing"), metadata("img/large.svg", "img/shot.png", `the logo "img/shot.png" is no SVG`),
	}},
	"manifest": {asks: "a signature over all files", beyond: "Grafana Labs signs; the release asks for it where it has a token"},
	"metadata": {asks: "a plugin.json", archive: []broken{{"plugin.json", "[]", "can't be read"}}},
	"metadatapaths": {asks: "logos and screenshots are named by relative paths of files that are there", archive: []broken{
		{"img/large.svg", "", `"img/large.svg" is missing`}, {"img/shot.png", "", `"img/shot.png" is missing`},
		metadata("img/shot.png", "./img/shot.png", "is not named by a path relative"), metadata("img/shot.png", "https://acme.example/shot.png", "is not named by a path relative"),
	}},
	"metadatavalid":    {asks: "plugin.json keeps the rules of its schema", source: TestPluginJSONKeepsTheRulesOfItsSchema},
	"modulejs":         {asks: "a frontend", archive: []broken{{"module.js", "", `"module.js" is missing`}}},
	"nestedmetadata":   {asks: "every plugin.json can be read", archive: []broken{{"plugin.json", "{", "can't be read"}, {"sub/plugin.json", "{", "sub/plugin.json has no business"}}},
	"org":              {asks: "the id starts with an account of Grafana Cloud", beyond: "Grafana's catalog knows its accounts"},
	"osv-scanner":      {asks: "no dependency has a known vulnerability", beyond: "its database needs a network"},
	"packagejson":      {asks: "package.json has the version of plugin.json, which is a placeholder for it", source: TestPluginJSONKeepsTheRulesOfItsSchema},
	"plugindocs":       {asks: "pages of documentation that plugin.json names", source: namesNoPagesInPluginJSON},
	"pluginname":       {asks: "a name for people, and an id of three parts", archive: []broken{metadata("X by Acme", "acme-x-datasource", "is not one for people"), metadata("acme-x-datasource", "x-datasource", "organisation-name-type")}},
	"provenance":       {asks: "an attestation of where the archive was built", beyond: "GitHub keeps it; the release makes it"},
	"published-plugin": {asks: "whether the plugin is in the catalog", beyond: "Grafana's catalog knows"},
	"reactcompat":      {asks: "no API that React 19 removed", beyond: "`go tool mage compat` checks src against React 19"},
	"readme":           {asks: "a README without comments", archive: []broken{{"README.md", "", `"README.md" is missing`}, {"README.md", "<!-- build:\nstatus -->", "a comment"}}},
	"restrictivedep": {asks: "not one release of Grafana alone", archive: []broken{
		metadata(">=10.1.0", "10.1.x", `the dependency on Grafana is "10.1.x"`), metadata(">=10.1.0", "10.1.0", `the dependency on Grafana is "10.1.0"`),
	}},
	"safelinks": {asks: "no link leads to malware", beyond: "Google's Web Risk knows"},
	"screenshots": {asks: "screenshots that are pictures of the type that their names say", archive: []broken{
		metadata(`"screenshots":[{"path":"img/shot.png"}]`, `"screenshots":[]`, "there are no screenshots"),
		{"img/shot.png", "GIF89a", "img/shot.png holds image/gif, not image/png"}, {"img/shot.png", "<html>", "img/shot.png holds text/html"},
	}},
	"sdkusage":        {asks: "the Grafana SDK itself, not older than two months (that one needs a network)", source: usesTheSDKItself},
	"signature":       {asks: "a valid signature", beyond: "Grafana Labs signs"},
	"sourcecode":      {asks: "the source code beside the archive", beyond: "it is handed in with the archive"},
	"sponsorshiplink": {asks: "recommends a link to sponsors", beyond: "cer has none"},
	"templatereadme":  {asks: "not the README of the template", archive: []broken{{"README.md", "# Grafana data source plugin template", "the template's title"}}},
	"trackingscripts": {asks: "no addresses of trackers in the frontend", archive: []broken{{"module.js", `load("https://tracker.example.org/x.js")`, "must not track"}}},
	"typesuffix":      {asks: "the id ends with the type", archive: []broken{metadata(`"type":"datasource"`, `"type":"panel"`, "does not end with the type")}},
	"unsafesvg": {asks: "no scripts in pictures", archive: []broken{
		{"img/small.svg", `<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`, "the element <script>"},
		{"img/small.svg", `<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>`, "the attribute onload"}, {"img/small.svg", "<svg", "is no SVG"},
	}},
	"version":   {asks: "a semantic version, later than the one in the catalog (that one needs a network)", archive: []broken{metadata("1.2.3", "1.2", `the version is "1.2"`)}},
	"virusscan": {asks: "no virus", beyond: "the scanner's database needs a network"},
}

func TestValidator(t *testing.T) {
	if err := checked(t, nil); err != nil {
		t.Fatalf("the small plugin is refused: %v", err)
	}
	for _, name := range slices.Sorted(maps.Keys(validator)) {
		analyzer := validator[name]
		t.Run(name, func(t *testing.T) {
			if analyzer.asks == "" || len(analyzer.archive) == 0 && analyzer.source == nil && analyzer.beyond == "" {
				t.Error("it is not said what it asks, and how that is tested or why not")
			}
			for _, b := range analyzer.archive {
				if err := checked(t, map[string]string{b.file: b.content}); err == nil || !strings.Contains(err.Error(), b.want) {
					t.Errorf("with %s changed to %.60q the error is %v, want one that says %q", b.file, b.content, err, b.want)
				}
			}
			if analyzer.source != nil {
				analyzer.source(t)
			}
		})
	}
}
