package bridge

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// Settings are those of a data source, as Grafana's API writes them.
type Settings struct {
	ID       int64          `json:"id"`
	UID      string         `json:"uid"`
	Name     string         `json:"name"`
	Type     string         `json:"type"`
	Access   string         `json:"access"`
	URL      string         `json:"url"`
	JSONData map[string]any `json:"jsonData"`
	// ReadOnly says that the data source was provisioned.
	ReadOnly bool `json:"readOnly"`
	// Version counts how often the settings were saved.
	Version int `json:"version"`
}

// source is a data source whose settings can be changed while it is asked.
type source struct {
	mu       sync.Mutex
	settings Settings
	updated  time.Time
}

// newSource returns a data source that was saved once.
func newSource(settings Settings) *source {
	settings.ID, settings.Type, settings.Access, settings.Version = 1, pluginID, "proxy", 1
	return &source{settings: settings, updated: time.Now()}
}

func (s *source) uid() string { return s.get().UID }

func (s *source) get() Settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.settings
}

// save takes over what a user can change.
func (s *source) save(changed Settings) Settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settings.Name, s.settings.URL, s.settings.JSONData = changed.Name, changed.URL, changed.JSONData
	s.settings.Version++
	s.updated = time.Now()
	return s.settings
}

// instance is what the plugin is told of the data source.
func (s *source) instance() (*backend.DataSourceInstanceSettings, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	raw, err := json.Marshal(s.settings.JSONData)
	return &backend.DataSourceInstanceSettings{
		ID: s.settings.ID, UID: s.settings.UID, Name: s.settings.Name, Type: pluginID,
		URL: s.settings.URL, JSONData: raw, Updated: s.updated,
	}, err
}

// getSettings answers with the settings.
func (b *Bridge) getSettings(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, b.source.get())
}

// putSettings saves settings, as Save & test does before it tests.
func (b *Bridge) putSettings(w http.ResponseWriter, r *http.Request) {
	var changed Settings
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&changed); err != nil {
		refuse(w, http.StatusBadRequest, "bad request data")
		return
	}
	saved := b.source.save(changed)
	answer(w, http.StatusOK, map[string]any{
		"datasource": saved, "id": saved.ID, "message": "Datasource updated", "name": saved.Name,
	})
}
