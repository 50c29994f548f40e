package stores

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// program is what a store needs to run.
type program struct {
	// variable is the environment's that names its path, and name what it is called.
	variable, name string
	// remedy says how to get it.
	remedy string
}

const ofDebian = "run `go tool mage debianStores`, which unpacks Debian's packages in bin"

// programs are those of the stores that run as processes of their own.
var programs = map[string]program{
	Prometheus:      {"CER_PROMETHEUS", "prometheus", ofDebian},
	VictoriaMetrics: {"CER_VICTORIAMETRICS", "victoria-metrics", ofDebian},
	Thanos:          {"CER_THANOS", "thanos", "run `go tool mage thanos`, which builds it in bin"},
}

// places are the directories where mage puts programs, relative to that of a package's tests. They come before PATH.
var places = []string{"../../../bin/stores/usr/bin", "../../../bin"}

// find returns the path of a program: what the variable says, or else where it is found.
func (p program) find() (string, error) {
	for _, place := range places {
		if os.Getenv(p.variable) != "" {
			break
		}
		if path, err := filepath.Abs(filepath.Join(place, p.name)); err == nil && isProgram(path) {
			return path, nil
		}
	}
	path, err := exec.LookPath(cmp.Or(os.Getenv(p.variable), p.name))
	if err != nil {
		return "", fmt.Errorf("the program %s is missing: %s, or set %s to its path, or CER_STORES to the stores that you have", p.name, p.remedy, p.variable)
	}
	return path, nil
}

func isProgram(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// Chosen returns the names of the stores to test, and the reasons why others are left out: those that CER_STORES names, all of which
// have to be there, or else all whose programs are found.
func Chosen() (names, missing []string, err error) {
	known := slices.Sorted(maps.Keys(openers))
	all, demanded := known, os.Getenv("CER_STORES")
	if demanded != "" {
		all = strings.Split(demanded, ",")
	}
	for _, name := range all {
		if openers[name] == nil {
			return nil, nil, fmt.Errorf("CER_STORES has %q; it can have %s", name, strings.Join(known, ", "))
		}
		if p, ok := programs[name]; ok {
			if _, failed := p.find(); failed != nil {
				missing = append(missing, failed.Error())
				continue
			}
		}
		names = append(names, name)
	}
	if demanded != "" && len(missing) > 0 {
		return nil, nil, errors.New(strings.Join(missing, "\n"))
	}
	return names, missing, nil
}
