package packaging

import (
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
)

// component is an entry of a software bill of materials.
type component struct {
	Name    string `json:"name"`
	Group   string `json:"group"`
	Version string `json:"version"`
}

// readSBOM returns the components of a CycloneDX file in JSON: versions by name.
func readSBOM(path string) (map[string]string, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var bom struct {
		Format     string      `json:"bomFormat"`
		Components []component `json:"components"`
	}
	if err := json.Unmarshal(content, &bom); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if bom.Format != "CycloneDX" {
		return nil, fmt.Errorf("%s is no CycloneDX file", path)
	}
	versions := map[string]string{}
	for _, c := range bom.Components {
		name := c.Name
		if c.Group != "" {
			name = c.Group + "/" + name
		}
		versions[name] = c.Version
	}
	return versions, nil
}

// CheckSBOM says which modules a binary was built of that its software bill of materials does not have, in that version.
func CheckSBOM(sbom, binary string) error {
	listed, err := readSBOM(sbom)
	if err != nil {
		return err
	}
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return err
	}
	var errs []error
	for _, module := range info.Deps {
		if module.Replace != nil {
			module = module.Replace
		}
		if version := listed[module.Path]; version != module.Version {
			errs = append(errs, fmt.Errorf("%s has %s in the version %q, but %s was built with %s", sbom, module.Path, version, binary, module.Version))
		}
	}
	return errors.Join(errs...)
}

// CheckFrontendSBOM says which npm packages were bundled into the frontend of a built plugin, by its source map, that its
// software bill of materials does not have.
func CheckFrontendSBOM(sbom, dist string) error {
	listed, err := readSBOM(sbom)
	if err != nil {
		return err
	}
	sources, err := readSourceMap(os.DirFS(dist))
	if err != nil {
		return err
	}
	var missing []string
	for _, name := range sources.packages() {
		if _, ok := listed[name]; !ok {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("%s lacks %s, which is bundled: package.json has to list it under dependencies", sbom, strings.Join(missing, ", "))
	}
	return nil
}
