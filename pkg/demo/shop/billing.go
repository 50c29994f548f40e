package shop

import (
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

// instanceCost is what an instance costs an hour, in EUR.
const instanceCost = 4

// billing is the exporter of what the cloud costs.
type billing struct {
	scraped *target
	costs   []*cost
}

// cost is that of a service in a region.
type cost struct {
	at      place
	perHour gauge
}

func newBilling(running []service) *billing {
	b := &billing{scraped: newTarget("billing", "", "cloud-billing", "billing:8080")}
	for _, s := range running {
		for _, r := range regions {
			set := labels.NewBuilder(b.scraped.labels).Set("service", s.name).Set("region", r.name).Labels()
			c := &cost{at: place{service: s.name, region: r.name}, perHour: gauge{series: newSeries("cloud_cost_per_hour", set)}}
			b.costs = append(b.costs, c)
			b.scraped.add(&c.perHour)
		}
	}
	return b
}

func (b *billing) target() *target { return b.scraped }

// run notes what the instances cost now.
func (b *billing) run(_ time.Time, _ time.Duration, now conditions) {
	for _, c := range b.costs {
		c.perHour.value = instanceCost * float64(len(replicas)) * (1 - now.at(c.at).saving)
	}
}
