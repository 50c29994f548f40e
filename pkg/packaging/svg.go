package packaging

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// drawing are the SVG elements that only draw: none of them runs a script, embeds HTML or loads anything.
var drawing = []string{"svg", "title", "desc", "defs", "g", "path", "circle", "ellipse", "line", "polyline", "polygon", "rect", "text", "tspan",
	"linearGradient", "radialGradient", "stop", "clipPath", "mask"}

// checkSVG returns the first element or attribute of an SVG that could run a script, embed HTML or load something.
func checkSVG(name string, content []byte) error {
	decoder := xml.NewDecoder(bytes.NewReader(content))
	var first string
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("%s is no SVG: %w", name, err)
		}
		element, is := token.(xml.StartElement)
		if !is {
			continue
		}
		if first == "" {
			first = element.Name.Local
		}
		if err := checkElement(element); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if first != "svg" {
		return fmt.Errorf("%s is no SVG", name)
	}
	return nil
}

// checkElement returns an error for an element that does more than draw.
func checkElement(element xml.StartElement) error {
	if !slices.Contains(drawing, element.Name.Local) {
		return fmt.Errorf("the element <%s> is not safe in an SVG", element.Name.Local)
	}
	for _, attribute := range element.Attr {
		if name := strings.ToLower(attribute.Name.Local); strings.HasPrefix(name, "on") || name == "href" || name == "style" {
			return fmt.Errorf("the attribute %s of <%s> is not safe in an SVG", attribute.Name.Local, element.Name.Local)
		}
	}
	return nil
}
