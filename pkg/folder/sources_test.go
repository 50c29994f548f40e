package folder

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestSourcesAreTheYAMLFilesOfAFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, files{"b.yaml": "b: 1", "sub/a.yml": "a: 1", "notes.txt": "x", ".hidden.yaml": "x", "large.yaml": strings.Repeat("#", maxFile+1)})
	sources, unread, err := Sources(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range sources {
		got = append(got, s.Name+" "+string(s.Content))
	}
	if text := strings.Join(got, ", "); text != "b.yaml b: 1, sub/a.yml a: 1" {
		t.Errorf("the sources are %s", text)
	}
	if len(unread) != 1 || unread[0].File != "large.yaml" || unread[0].Message != tooLarge {
		t.Errorf("unread are %+v", unread)
	}
	if _, _, err := Sources(filepath.Join(dir, "nothing")); err == nil || err.Error() != "no such file or directory" {
		t.Errorf("the error of a folder that is not there is %v", err)
	}
}
