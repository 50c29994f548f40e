package shop

// psp is what the payment provider is called where services are named.
const psp = "psp"

// service is a part of the shop that is deployed on its own, under the name of the flow it serves.
type service struct {
	name     string
	handlers []handler
}

// handler is what answers the requests to one path.
type handler struct {
	path string
	// rate is that of its requests at the daily peak, a second, over all regions.
	rate float64
	// duration is that of a request, in seconds.
	duration spread
	// rejection is the code of requests that are the visitors' mistake, and rejected their share.
	rejection string
	rejected  float64
	// pays says that a request calls the payment provider.
	pays bool
}

var services = []service{
	{name: "browse", handlers: []handler{
		{path: "/", rate: 35, duration: spread{median: 0.07, sigma: 0.6}, rejection: "404", rejected: 0.01},
		{path: "/product", rate: 20, duration: spread{median: 0.09, sigma: 0.65}, rejection: "404", rejected: 0.02},
	}},
	{name: "search", handlers: []handler{
		{path: "/search", rate: 25, duration: spread{median: 0.09, sigma: 0.55}, rejection: "400", rejected: 0.005},
	}},
	{name: "login", handlers: []handler{
		{path: "/login", rate: 6, duration: spread{median: 0.15, sigma: 0.5}, rejection: "401", rejected: 0.06},
	}},
	{name: "checkout", handlers: []handler{
		{path: "/cart", rate: 8, duration: spread{median: 0.08, sigma: 0.5}, rejection: "404", rejected: 0.003},
		{path: "/checkout", rate: 6, duration: spread{median: 0.2, sigma: 0.5}, rejection: "422", rejected: 0.02, pays: true},
	}},
	{name: "account", handlers: []handler{
		{path: "/account", rate: 8, duration: spread{median: 0.13, sigma: 0.65}, rejection: "403", rejected: 0.01},
	}},
}

const (
	// failed and unavailable are the shares of requests that a sound service fails, with codes 500 and 503.
	failed, unavailable = 0.0008, 0.0004
)
