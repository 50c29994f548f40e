package shop

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
)

// newRandom returns the random numbers of the thing of that name. Each thing has its own, so that one more of them
// changes nothing for the others.
func newRandom(seed uint64, name string) *rand.Rand {
	hash := fnv.New64a()
	hash.Write([]byte(name))
	return rand.New(rand.NewPCG(seed, hash.Sum64()))
}

// maxMean is the mean above which poisson approximates; well below it, exp(-mean) is a normal floating-point number.
const maxMean = 500

// poisson returns how many events happen where mean are expected.
func poisson(random *rand.Rand, mean float64) int {
	if mean > maxMean {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*random.NormFloat64())))
	}
	limit, product, n := math.Exp(-mean), random.Float64(), 0
	for product > limit {
		product *= random.Float64()
		n++
	}
	return n
}

// spread is a log-normal distribution, which durations follow.
type spread struct {
	median float64
	// sigma is the standard deviation of the logarithm.
	sigma float64
}

// coldStart is how long a function takes to start, in seconds.
var coldStart = spread{median: 2.5, sigma: 0.2}

// draw returns a value of the distribution.
func (s spread) draw(random *rand.Rand) float64 {
	return s.median * math.Exp(s.sigma*random.NormFloat64())
}
