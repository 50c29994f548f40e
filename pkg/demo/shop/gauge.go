package shop

// gauge is a number that goes up and down.
type gauge struct {
	series
	value float64
}

// set makes the gauge 1 or 0.
func (g *gauge) set(on bool) {
	g.value = 0
	if on {
		g.value = 1
	}
}

func (g *gauge) expose(e *exposition)   { e.number(&g.series, g.value, nil) }
func (g *gauge) withdraw(e *exposition) { e.withdraw(&g.series) }
func (*gauge) reset()                   {}
