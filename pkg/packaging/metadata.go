package packaging

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Metadata is what an archive needs to know of plugin.json.
type Metadata struct {
	Type       string `json:"type"`
	Name       string `json:"name"`
	ID         string `json:"id"`
	Backend    bool   `json:"backend"`
	Alerting   bool   `json:"alerting"`
	Executable string `json:"executable"`
	Info       struct {
		Description string   `json:"description"`
		Keywords    []string `json:"keywords"`
		Version     string   `json:"version"`
		Updated     string   `json:"updated"`
		Logos       struct {
			Small string `json:"small"`
			Large string `json:"large"`
		} `json:"logos"`
		Screenshots []struct {
			Path string `json:"path"`
		} `json:"screenshots"`
		Links []struct {
			Name string `json:"name"`
			URL  string `json:"url"`
		} `json:"links"`
	} `json:"info"`
	Includes []struct {
		Type string `json:"type"`
		Path string `json:"path"`
	} `json:"includes"`
	Dependencies struct {
		Grafana string `json:"grafanaDependency"`
		Plugins []struct {
			ID string `json:"id"`
		} `json:"plugins"`
	} `json:"dependencies"`
}

// metadataFile describes a plugin to Grafana.
const metadataFile = "plugin.json"

// minimumVersion is a dependency on a version of Grafana and all later ones.
var minimumVersion = regexp.MustCompile(`^>=\d+\.\d+\.\d+$`)

// readMetadata decodes the plugin.json of a plugin's files.
func readMetadata(plugin fs.FS) (Metadata, error) {
	var m Metadata
	content, err := fs.ReadFile(plugin, metadataFile)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(content, &m); err != nil {
		return m, fmt.Errorf("%s can't be read: %w", metadataFile, err)
	}
	return m, nil
}

// pictures lists the logos and screenshots that plugin.json refers to.
func (m Metadata) pictures() []string {
	pictures := []string{m.Info.Logos.Small, m.Info.Logos.Large}
	for _, s := range m.Info.Screenshots {
		pictures = append(pictures, s.Path)
	}
	return pictures
}

// files lists the files that plugin.json refers to.
func (m Metadata) files() []string {
	files := m.pictures()
	for _, i := range m.Includes {
		if i.Type == "dashboard" {
			files = append(files, i.Path)
		}
	}
	return files
}

// checkMetadata returns what Grafana's catalog refuses of plugin.json, or asks to be there.
func checkMetadata(m Metadata) error {
	var errs []error
	require := func(fulfilled bool, format string, args ...any) {
		if !fulfilled {
			errs = append(errs, fmt.Errorf(metadataFile+": "+format, args...))
		}
	}
	require(strings.Count(m.ID, "-") >= 2, "the id %q is not of the form organisation-name-type", m.ID)
	require(strings.HasSuffix(m.ID, "-"+m.Type), "the id %q does not end with the type %q", m.ID, m.Type)
	require(m.Name != "" && m.Name != m.ID, "the name %q is not one for people", m.Name)
	require(m.Backend || m.Executable == "" && !m.Alerting, "alerting and an executable need backend to be true")
	require(!m.Backend || m.Executable != "", "a backend needs an executable")
	require(m.Info.Description != "", "the description is empty")
	require(len(m.Info.Keywords) > 0, "there are no keywords")
	require(len(m.Info.Screenshots) > 0, "there are no screenshots")
	require(len(m.Info.Links) > 0, "there are no links")
	for _, l := range m.Info.Links {
		require(l.Name != "" && strings.HasPrefix(l.URL, "https://"), "the link %q leads to %q, which is no https address", l.Name, l.URL)
	}
	require(minimumVersion.MatchString(m.Dependencies.Grafana), "the dependency on Grafana is %q, want a version and all later ones, such as >=10.1.0", m.Dependencies.Grafana)
	for _, p := range m.Dependencies.Plugins {
		require(p.ID != m.ID, "the plugin depends on itself")
	}
	return errors.Join(errs...)
}

// checkPictures returns which logos and screenshots have a path that the catalog refuses, or another content than their names say.
func checkPictures(plugin fs.FS, m Metadata) error {
	var errs []error
	for _, name := range m.pictures() {
		content, err := fs.ReadFile(plugin, name)
		switch {
		case !fs.ValidPath(name) || strings.HasPrefix(name, "."):
			errs = append(errs, fmt.Errorf("%s: the picture %q is not named by a path relative to it, such as img/logo.svg", metadataFile, name))
		case err != nil: // The check of files reports it.
		case path.Ext(name) == ".svg":
			errs = append(errs, checkSVG(name, content))
		case !slices.Contains([]string{".png", ".jpg", ".gif"}, path.Ext(name)):
			errs = append(errs, fmt.Errorf("%s is no SVG, PNG, JPEG or GIF", name))
		default:
			if want, got := imageType(name), http.DetectContentType(content); got != want {
				errs = append(errs, fmt.Errorf("%s holds %s, not %s", name, got, want))
			}
		}
	}
	for _, logo := range []string{m.Info.Logos.Small, m.Info.Logos.Large} {
		if path.Ext(logo) != ".svg" {
			errs = append(errs, fmt.Errorf("%s: the logo %q is no SVG", metadataFile, logo))
		}
	}
	return errors.Join(errs...)
}

// imageType returns the media type that the name of a picture promises.
func imageType(name string) string {
	if extension := strings.TrimPrefix(path.Ext(name), "."); extension != "jpg" {
		return "image/" + extension
	}
	return "image/jpeg"
}
