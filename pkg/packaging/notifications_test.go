package packaging_test

import (
	"slices"
	"strings"
	"testing"
)

// notifications is provisioning/alerting/notifications.yaml.
type notifications struct {
	APIVersion    int `yaml:"apiVersion"`
	ContactPoints []struct {
		OrgID     int `yaml:"orgId"`
		Name      string
		Receivers []struct {
			UID, Type string
			Settings  map[string]string
		}
	} `yaml:"contactPoints"`
	Templates []struct {
		OrgID          int `yaml:"orgId"`
		Name, Template string
	}
	Policies []struct {
		OrgID int `yaml:"orgId"`
		route `yaml:",inline"`
	}
	MuteTimes []struct {
		OrgID         int `yaml:"orgId"`
		Name          string
		TimeIntervals []map[string]any `yaml:"time_intervals"`
	} `yaml:"muteTimes"`
}

// route is a notification policy.
type route struct {
	Receiver       string
	GroupBy        []string   `yaml:"group_by"`
	GroupWait      string     `yaml:"group_wait"`
	GroupInterval  string     `yaml:"group_interval"`
	RepeatInterval string     `yaml:"repeat_interval"`
	Matchers       [][]string `yaml:"object_matchers"`
	Muted          []string   `yaml:"mute_time_intervals"`
	Routes         []route
}

func TestNotificationsAreGroupedByFlowAndRegion(t *testing.T) {
	file := strictly[notifications](t, "provisioning", "alerting", "notifications.yaml")
	root := file.Policies[0].route
	if !slices.Equal(root.GroupBy, []string{"flow", "region"}) {
		t.Errorf("alerts are grouped by %v", root.GroupBy)
	}
	for _, r := range append(root.Routes, root) {
		if r.Receiver != file.ContactPoints[0].Name {
			t.Errorf("the policy %v reaches %q, which is no contact point", r.Matchers, r.Receiver)
		}
		for _, name := range r.Muted {
			if name != file.MuteTimes[0].Name {
				t.Errorf("%q is no mute timing", name)
			}
		}
	}
	template := file.Templates[0].Template
	for _, text := range []string{"title", "message"} {
		used := file.ContactPoints[0].Receivers[0].Settings[text]
		if !strings.Contains(used, `template "cer.`+text+`"`) || !strings.Contains(template, `define "cer.`+text+`"`) {
			t.Errorf("the %s of messages is %q", text, used)
		}
	}
}
