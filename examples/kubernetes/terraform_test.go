package kubernetes

import (
	"encoding/json"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/dynblock"
	"github.com/hashicorp/hcl/v2/hcldec"
	"github.com/hashicorp/hcl/v2/hclparse"
	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// attributes are the attributes of a block by their names, of which those whose names end in ! have to be there.
func attributes(all map[string]cty.Type) hcldec.ObjectSpec {
	spec := hcldec.ObjectSpec{}
	for name, kind := range all {
		bare := strings.TrimSuffix(name, "!")
		spec[bare] = &hcldec.AttrSpec{Name: bare, Type: kind, Required: bare != name}
	}
	return spec
}

// with adds blocks to a block.
func with(spec hcldec.ObjectSpec, name string, nested hcldec.Spec) hcldec.ObjectSpec {
	spec[name] = &hcldec.BlockListSpec{TypeName: name, Nested: nested, MinItems: 1}
	return spec
}

// resourceTypes are the resources of version 4 of the provider grafana/grafana, with their arguments as far as the example states them.
var resourceTypes = map[string]hcldec.Spec{
	"grafana_data_source": attributes(map[string]cty.Type{"type!": cty.String, "name!": cty.String, "uid": cty.String, "url": cty.String, "json_data_encoded": cty.String}),
	"grafana_folder":      attributes(map[string]cty.Type{"title!": cty.String, "uid": cty.String}),
	"grafana_dashboard":   attributes(map[string]cty.Type{"config_json!": cty.String, "folder": cty.String}),
	"grafana_rule_group": with(attributes(map[string]cty.Type{"name!": cty.String, "folder_uid!": cty.String, "interval_seconds!": cty.Number}), "rule",
		with(attributes(map[string]cty.Type{"name!": cty.String, "uid": cty.String, "condition": cty.String, "for": cty.String, "no_data_state": cty.String,
			"exec_err_state": cty.String, "labels": cty.Map(cty.String), "annotations": cty.Map(cty.String)}), "data",
			with(attributes(map[string]cty.Type{"ref_id!": cty.String, "datasource_uid!": cty.String, "model!": cty.String}), "relative_time_range",
				attributes(map[string]cty.Type{"from!": cty.Number, "to!": cty.Number})))),
}

// planned are resources by their types and keys, as JSON.
type planned map[string]map[string]json.RawMessage

// module is the configuration while it is evaluated.
type module struct {
	t       *testing.T
	context *hcl.EvalContext
	planned planned
}

// terraform evaluates the configuration as Terraform plans it, with the address of a store.
func terraform(t *testing.T) planned {
	t.Helper()
	const dir = "../terraform"
	file, diagnostics := hclparse.NewParser().ParseHCLFile(path.Join(dir, "main.tf"))
	m := module{t: t, planned: planned{}, context: &hcl.EvalContext{
		Variables: map[string]cty.Value{"path": cty.ObjectVal(map[string]cty.Value{"module": cty.StringVal(dir)})},
		Functions: map[string]function.Function{"file": textOf(t), "fileset": filesIn(t), "yamldecode": ctyyaml.YAMLDecodeFunc,
			"jsonencode": stdlib.JSONEncodeFunc, "trimsuffix": stdlib.TrimSuffixFunc},
	}}
	m.must(diagnostics)
	content, diagnostics := file.Body.Content(&hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
		{Type: "terraform"}, {Type: "variable", LabelNames: []string{"name"}}, {Type: "locals"}, {Type: "resource", LabelNames: []string{"type", "name"}},
	}})
	m.must(diagnostics)
	blocks := content.Blocks.ByType()
	m.setVariables(blocks["variable"])
	for _, block := range blocks["locals"] {
		m.setLocals(block)
	}
	for _, block := range blocks["resource"] {
		m.plan(block)
	}
	return m.planned
}

// must fails the test where something is wrong with the configuration.
func (m module) must(diagnostics hcl.Diagnostics) {
	m.t.Helper()
	if diagnostics.HasErrors() {
		m.t.Fatal(diagnostics)
	}
}

// set makes a value known by a name, such as var.store_url.
func (m module) set(object, name string, value cty.Value) {
	all := map[string]cty.Value{}
	if known, is := m.context.Variables[object]; is {
		all = known.AsValueMap()
	}
	all[name] = value
	m.context.Variables[object] = cty.ObjectVal(all)
}

// setVariables sets variables to their defaults, and those without one to an address.
func (m module) setVariables(blocks hcl.Blocks) {
	for _, block := range blocks {
		content, diagnostics := block.Body.Content(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "type"}, {Name: "description", Required: true}, {Name: "default"}}})
		m.must(diagnostics)
		value := cty.StringVal("http://store:9090")
		if attribute, is := content.Attributes["default"]; is {
			value, diagnostics = attribute.Expr.Value(m.context)
			m.must(diagnostics)
		}
		m.set("var", block.Labels[0], value)
	}
}

// setLocals evaluates a block of local values in the order in which they are written.
func (m module) setLocals(block *hcl.Block) {
	locals, diagnostics := block.Body.JustAttributes()
	m.must(diagnostics)
	var ordered []*hcl.Attribute
	for _, attribute := range locals {
		ordered = append(ordered, attribute)
	}
	slices.SortFunc(ordered, func(a, b *hcl.Attribute) int { return a.Range.Start.Byte - b.Range.Start.Byte })
	for _, attribute := range ordered {
		value, diagnostics := attribute.Expr.Value(m.context)
		m.must(diagnostics)
		m.set("local", attribute.Name, value)
	}
}

// plan evaluates a resource, once for each of its for_each.
func (m module) plan(block *hcl.Block) {
	kind, name := block.Labels[0], block.Labels[1]
	spec, known := resourceTypes[kind]
	if !known {
		m.t.Fatalf("the arguments of %s are not checked", kind)
	}
	meta, body, diagnostics := block.Body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "for_each"}, {Name: "depends_on"}}})
	m.must(diagnostics)
	instances := map[string]cty.Value{name: cty.NilVal}
	if attribute, is := meta.Attributes["for_each"]; is {
		all, diagnostics := attribute.Expr.Value(m.context)
		m.must(diagnostics)
		instances = eachOf(all)
	}
	m.planned[kind] = map[string]json.RawMessage{}
	for key, value := range instances {
		scope := m.context.NewChild()
		scope.Variables = map[string]cty.Value{}
		if value != cty.NilVal {
			scope.Variables["each"] = cty.ObjectVal(map[string]cty.Value{"key": cty.StringVal(key), "value": value})
		}
		resource, diagnostics := hcldec.Decode(dynblock.Expand(body, scope), spec, scope)
		m.must(diagnostics)
		m.set(kind, name, resource)
		text, err := ctyjson.Marshal(resource, resource.Type())
		if err != nil {
			m.t.Fatal(err)
		}
		m.planned[kind][key] = text
	}
}

// eachOf returns the elements of a set of texts, or of an object, by their keys.
func eachOf(all cty.Value) map[string]cty.Value {
	if !all.Type().IsSetType() {
		return all.AsValueMap()
	}
	elements := map[string]cty.Value{}
	for _, element := range all.AsValueSlice() {
		elements[element.AsString()] = element
	}
	return elements
}

// textOf is Terraform's function file.
func textOf(t *testing.T) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}}, Type: function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.StringVal(string(read(t, args[0].AsString()))), nil
		},
	})
}

// filesIn is Terraform's function fileset.
func filesIn(t *testing.T) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}, {Name: "pattern", Type: cty.String}}, Type: function.StaticReturnType(cty.Set(cty.String)),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			found, err := filepath.Glob(filepath.Join(args[0].AsString(), args[1].AsString()))
			if err != nil || len(found) == 0 {
				t.Fatalf("no file is called %s: %v", args[1].AsString(), err)
			}
			names := make([]cty.Value, len(found))
			for i, file := range found {
				names[i] = cty.StringVal(filepath.Base(file))
			}
			return cty.SetVal(names), nil
		},
	})
}

// source returns the data source that is planned.
func (p planned) source(t *testing.T) dataSource {
	t.Helper()
	var resource struct {
		Type, Name, UID, URL string
		JSON                 string `json:"json_data_encoded"`
	}
	if err := unmarshal(p["grafana_data_source"]["cer"], &resource); err != nil {
		t.Fatal(err)
	}
	const access = "proxy" // the provider's default
	return dataSource{Name: resource.Name, UID: resource.UID, Type: resource.Type, Access: access, URL: resource.URL, JSONData: json.RawMessage(resource.JSON)}
}

// rules returns the planned groups of rules as files of provisioning state them.
func (p planned) rules(t *testing.T) map[string][]rule {
	t.Helper()
	groups := map[string][]rule{}
	for name, text := range p["grafana_rule_group"] {
		names := strings.NewReplacer(`"name":`, `"title":`, `"no_data_state":`, `"noDataState":`, `"exec_err_state":`, `"execErrState":`,
			`"ref_id":`, `"refId":`, `"datasource_uid":`, `"datasourceUid":`, `"relative_time_range":`, `"ranges":`)
		var group struct{ Rule []json.RawMessage }
		if err := unmarshal([]byte(names.Replace(string(text))), &group); err != nil {
			t.Fatal(err)
		}
		for _, r := range group.Rule {
			groups[name] = append(groups[name], plannedRule(t, r))
		}
	}
	return groups
}

// plannedRule decodes a rule, whose models are JSON in JSON.
func plannedRule(t *testing.T, text []byte) rule {
	t.Helper()
	var r rule
	var more struct {
		Data []struct {
			Model  string
			Ranges []struct{ From, To int }
		}
	}
	if err := unmarshal(text, &more); err != nil {
		t.Fatal(err)
	}
	if err := unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	for i, d := range more.Data {
		if err := unmarshal([]byte(d.Model), &r.Data[i].Model); err != nil || len(d.Ranges) != 1 {
			t.Fatalf("%s has %d ranges: %v", d.Model, len(d.Ranges), err)
		}
		r.Data[i].RelativeTimeRange = d.Ranges[0]
	}
	return r
}

func TestTerraformPlansTheRulesOfProvisioning(t *testing.T) {
	want := rulesOf(t, read(t, "../../provisioning/alerting/states.yaml"))
	if diff := cmp.Diff(want, terraform(t).rules(t)); diff != "" {
		t.Errorf("the rules differ (-provisioned +planned):\n%s", diff)
	}
	for name, text := range terraform(t)["grafana_rule_group"] {
		var group struct {
			Interval int    `json:"interval_seconds"`
			Folder   string `json:"folder_uid"`
		}
		if err := unmarshal(text, &group); err != nil || group.Interval != 60 || group.Folder != "cer" {
			t.Errorf("%s is evaluated every %d s, in the folder %q (%v)", name, group.Interval, group.Folder, err)
		}
	}
}

func TestTerraformPlansEveryDashboard(t *testing.T) {
	files, err := filepath.Glob("../../dashboards/*.json")
	if err != nil {
		t.Fatal(err)
	}
	dashboards := terraform(t)["grafana_dashboard"]
	if len(files) == 0 || len(dashboards) != len(files) {
		t.Errorf("%d dashboards are planned, and there are %d", len(dashboards), len(files))
	}
	for _, file := range files {
		var resource struct {
			Config string `json:"config_json"`
			Folder string
		}
		if err := unmarshal(dashboards[filepath.Base(file)], &resource); err != nil || resource.Config != string(read(t, file)) || resource.Folder != "cer" {
			t.Errorf("%s is planned for the folder %q (%v)", file, resource.Folder, err)
		}
	}
}

func TestAnArgumentThatTheProviderDoesNotHaveIsRefused(t *testing.T) {
	file, diagnostics := hclparse.NewParser().ParseHCL([]byte(`title = "cer"`+"\n"+`titel = "cer"`), "folder.tf")
	if diagnostics.HasErrors() {
		t.Fatal(diagnostics)
	}
	if _, diagnostics = hcldec.Decode(file.Body, resourceTypes["grafana_folder"], nil); !diagnostics.HasErrors() {
		t.Error("titel is taken for an argument")
	}
}
