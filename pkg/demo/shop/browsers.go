package shop

import (
	"math/rand/v2"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

const (
	// viewsPerRequest is how many page views are reported for each request of a service.
	viewsPerRequest = 0.2
	// backendPart is how much of a service's slowdown a visitor feels while using a page.
	backendPart = 0.4
)

// What browsers measure in a sound shop: the largest contentful paint without the service's own time and the
// interaction to next paint, both in seconds, and the cumulative layout shift.
var (
	paint       = spread{median: 1.4, sigma: 0.35}
	interaction = spread{median: 0.11, sigma: 0.45}
	shift       = spread{median: 0.04, sigma: 0.6}
)

// browsers are the visitors' of one region, which report their web-vitals to a collector.
type browsers struct {
	scraped *target
	region  region
	random  *rand.Rand
	pages   []*page
}

// page is what is reported of the pages of a service.
type page struct {
	service string
	// rate is that of page views at the daily peak, a second, over all regions.
	rate float64
	// backend is how long the service takes, in seconds.
	backend                   spread
	paint, interaction, shift *classic
}

func newBrowsers(in region, running []service, seed uint64) *browsers {
	t := newTarget("browser-rum", in.name, "browser-rum", "rum-"+in.name+":8080", "region", in.name)
	b := &browsers{scraped: t, region: in, random: newRandom(seed, "browsers "+in.name)}
	for _, s := range running {
		p := newPage(s, t.labels)
		b.pages = append(b.pages, p)
		t.add(p.paint)
		t.add(p.interaction)
		t.add(p.shift)
	}
	return b
}

func newPage(s service, set labels.Labels) *page {
	set = with(set, "page", s.name)
	p := &page{
		service: s.name, backend: s.handlers[0].duration,
		paint:       newClassic("web_vitals_lcp_seconds", set, paintEdges),
		interaction: newClassic("web_vitals_inp_seconds", set, interactionEdges),
		shift:       newClassic("web_vitals_cls", set, shiftEdges),
	}
	for _, h := range s.handlers {
		p.rate += h.rate * viewsPerRequest
	}
	return p
}

func (b *browsers) target() *target { return b.scraped }

// run views the pages that visitors view in dt before t.
func (b *browsers) run(t time.Time, dt time.Duration, now conditions) {
	for _, p := range b.pages {
		fault := now.at(place{service: p.service, region: b.region.name})
		for range poisson(b.random, b.region.events(p.rate, t, dt)) {
			p.view(b.random, b.region.distance, fault)
		}
	}
}

// view reports one page view at some distance.
func (p *page) view(random *rand.Rand, distance float64, fault fault) {
	p.paint.observe((paint.draw(random) + p.backend.draw(random)*fault.slowdown) * distance)
	p.interaction.observe(interaction.draw(random) * (1 + (fault.slowdown-1)*backendPart))
	p.shift.observe(shift.draw(random))
}
