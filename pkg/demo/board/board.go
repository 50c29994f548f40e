package board

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Board is what is read of the file of a dashboard.
type Board struct {
	UID, Title  string
	Panels      []Panel
	Annotations struct {
		List []struct {
			Name   string
			Target map[string]any
		}
	}
}

// Panel is one panel of a dashboard.
type Panel struct {
	Title, Type string
	FieldConfig struct {
		Defaults  map[string]any
		Overrides []override
	}
	Options struct {
		ColorMode, ValueMode string
		ReduceOptions        struct {
			Calcs  []string
			Values bool
		}
	}
	Transformations []struct {
		ID      string
		Options struct{ Include struct{ Names []string } }
	}
	Targets []map[string]any
}

// override is what a panel says of the fields that a matcher picks.
type override struct {
	Matcher struct {
		ID      string
		Options any
	}
	Properties []struct {
		ID    string
		Value any
	}
}

// Load reads the dashboards of a directory.
func Load(dir string) ([]Board, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) == 0 {
		return nil, errors.Join(fmt.Errorf("there are no dashboards in %s", dir), err)
	}
	boards := make([]Board, len(files))
	for i, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(content, &boards[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return boards, nil
}

// Variables are the values of dashboard variables by name. None is a variable of which All is chosen, "" one that has no value.
type Variables map[string][]string

// restricting are the fields of a query that stand for all where they are left out.
var restricting = []string{"flows", "slis", "components"}

// Fill returns the JSON of a target as the frontend sends it: with its variables replaced, and what All is chosen of left out. It
// reports whether the target is asked at all: not where a list is but variables without a value. It fails for a variable that is
// not among those given.
func (v Variables) Fill(target map[string]any) (query string, asked bool, err error) {
	filled := maps.Clone(target)
	delete(filled, "datasource")
	for name, value := range filled {
		list, isList := value.([]any)
		if !isList {
			continue
		}
		names, err := v.names(list)
		switch {
		case err != nil:
			return "", false, err
		case len(list) == 0 || names == nil && slices.Contains(restricting, name):
			delete(filled, name)
		case len(names) == 0:
			return "", false, nil
		default:
			filled[name] = names
		}
	}
	text, err := json.Marshal(filled)
	if err != nil {
		return "", false, err
	}
	return v.replace(string(text))
}

// names replaces the variables in a list; nil where one stands for all.
func (v Variables) names(list []any) ([]any, error) {
	names := []any{}
	for _, entry := range list {
		text, _ := entry.(string)
		name, is := strings.CutPrefix(text, "$")
		if !is {
			names = append(names, entry)
			continue
		}
		values, known := v[name]
		switch {
		case !known:
			return nil, fmt.Errorf("there is no value of the variable %s", text)
		case values == nil:
			return nil, nil
		}
		for _, value := range values {
			if value != "" {
				names = append(names, value)
			}
		}
	}
	return names, nil
}

// variable is a dashboard variable in a text.
var variable = regexp.MustCompile(`\$\w+`)

// replace replaces the variables in what is left of a query; Grafana's own are the backend's.
func (v Variables) replace(text string) (query string, asked bool, err error) {
	asked = true
	query = variable.ReplaceAllStringFunc(text, func(found string) string {
		values, known := v[found[1:]]
		switch {
		case strings.HasPrefix(found, "$__"):
		case !known:
			err = fmt.Errorf("there is no value of the variable %s", found)
		case len(values) != 1 || values[0] == "":
			asked = false
		default:
			return values[0]
		}
		return found
	})
	return query, asked && err == nil, err
}
