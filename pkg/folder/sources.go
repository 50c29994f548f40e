package folder

import (
	"errors"
	"path/filepath"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
)

// Sources returns the YAML files of the folder at a path as they are now, by the rules that hold for an operator's folder, and
// what is wrong with those that can't be read. Each is named by its path in the folder.
func Sources(path string) (sources []definition.Source, unread []FileProblem, err error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, nil, errors.New(reason(err))
	}
	files, err := readFolder(absolute)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range files {
		if f.readError != "" {
			unread = append(unread, FileProblem{File: f.path, Message: f.readError})
			continue
		}
		sources = append(sources, f.source())
	}
	return sources, unread, nil
}
