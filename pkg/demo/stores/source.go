package stores

import (
	"encoding/json"
	"maps"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// With returns the settings of a data source with those that this store needs.
func (s *Store) With(settings backend.DataSourceInstanceSettings) backend.DataSourceInstanceSettings {
	fields, secrets := map[string]any{}, maps.Clone(settings.DecryptedSecureJSONData)
	if err := json.Unmarshal(settings.JSONData, &fields); err != nil {
		panic(err)
	}
	maps.Copy(fields, s.Settings)
	if secrets == nil {
		secrets = map[string]string{}
	}
	maps.Copy(secrets, s.Secrets)
	raw, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	settings.URL, settings.JSONData, settings.DecryptedSecureJSONData = s.URL, raw, secrets
	return settings
}
