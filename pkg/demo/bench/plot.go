package bench

import (
	"fmt"
	"io"
	"math"
	"strings"
)

// curve is one of the pictures side by side: something that grows with the number of flows.
type curve struct {
	title string
	of    func(Growth) float64
	text  func(float64) string
}

// curves are what is drawn of growth.
var curves = []curve{
	{"time", func(g Growth) float64 { return g.Seconds }, inSeconds},
	{"peak memory", func(g Growth) float64 { return g.Peak }, mebibytes},
	{"requests to the store", func(g Growth) float64 { return g.Requests }, count},
}

// The size of a curve, and what is left free around it, in pixels.
const (
	curveWidth, curveHeight = 250, 190
	left, right, top, under = 20, 30, 40, 40
)

// Plot draws the growth as SVG: each curve on logarithmic scales that start at its first point, with a dashed line where
// growth in proportion to the flows would be.
func (r *Report) Plot(out io.Writer) error {
	var svg strings.Builder
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="11" fill="#333">`+"\n",
		len(curves)*curveWidth, curveHeight)
	fmt.Fprintf(&svg, `<rect width="100%%" height="100%%" fill="#fff"/>`+"\n")
	for i, c := range curves {
		fmt.Fprintf(&svg, `<g transform="translate(%d 0)">`+"\n%s</g>\n", i*curveWidth, c.draw(r.Growth))
	}
	svg.WriteString("</svg>\n")
	_, err := io.WriteString(out, svg.String())
	return err
}

// draw draws one curve.
func (c curve) draw(growth []Growth) string {
	var svg, line strings.Builder
	fmt.Fprintf(&svg, `<text x="%d" y="20" font-size="13" font-weight="bold">%s</text>`+"\n", left, c.title)
	first, last := growth[0], growth[len(growth)-1]
	decades := max(1, math.Log10(float64(last.Flows)/float64(first.Flows)))
	x := func(flows float64) float64 {
		return left + (curveWidth-left-right)*math.Log10(flows/float64(first.Flows))/decades
	}
	y := func(value float64) float64 { // A decade is as high as it would be if growth were in proportion.
		return curveHeight - under - (curveHeight-top-under)*math.Log10(max(value/c.of(first), 1e-3))/decades
	}
	fmt.Fprintf(&svg, `<path d="M%d %d H%d" stroke="#999" fill="none"/>`+"\n", left, curveHeight-under, curveWidth-right)
	fmt.Fprintf(&svg, `<path d="M%.1f %.1f L%.1f %.1f" stroke="#999" stroke-dasharray="4 4" fill="none"/>`+"\n",
		x(float64(first.Flows)), y(c.of(first)), x(float64(last.Flows)), y(c.of(first)*float64(last.Flows)/float64(first.Flows)))
	for i, g := range growth {
		at, value := x(float64(g.Flows)), c.of(g)
		fmt.Fprintf(&line, "%s%.1f %.1f ", map[bool]string{true: "M", false: "L"}[i == 0], at, y(value))
		fmt.Fprintf(&svg, `<circle cx="%.1f" cy="%.1f" r="3" fill="#1f60c4"/>`+"\n", at, y(value))
		anchor, above := "end", 8.0
		if i == 0 { // The line rises to the right of it.
			anchor, above = "start", 24
		}
		fmt.Fprintf(&svg, `<text x="%.1f" y="%.1f" text-anchor="%s">%s</text>`+"\n", at, y(value)-above, anchor, c.text(value))
		fmt.Fprintf(&svg, `<text x="%.1f" y="%d" text-anchor="middle">%d</text>`+"\n", at, curveHeight-under+16, g.Flows)
	}
	fmt.Fprintf(&svg, `<path d="%s" stroke="#1f60c4" stroke-width="2" fill="none"/>`+"\n", strings.TrimSpace(line.String()))
	fmt.Fprintf(&svg, `<text x="%d" y="%d">flows</text>`+"\n", left, curveHeight-under+32)
	return svg.String()
}
