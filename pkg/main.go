// Command gpx_cer serves the cer data source to Grafana.
package main

import (
	"os"

	"github.com/grafana/grafana-plugin-sdk-go/backend/datasource"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"

	"github.com/cer-reliability/cer-datasource/pkg/plugin"
)

func main() {
	// The SDK has no other option that middlewares can be added by.
	opts := datasource.ManageOpts{Licensing: plugin.WithOrganisations}
	if err := datasource.Manage(plugin.ID, plugin.NewFactory(), opts); err != nil {
		log.DefaultLogger.Error("Serving the plugin failed", "error", err.Error())
		os.Exit(1)
	}
}
