package findings

import "slices"

// The edges that exporters have where nothing else is configured.
var (
	golangEdges = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	envoyEdges  = []float64{.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000, 600000, 1800000, 3600000}
	kongEdges   = []float64{25, 50, 80, 100, 250, 400, 700, 1000, 2000, 5000, 10000, 30000, 60000}
	linkerdMs   = []float64{1, 2, 3, 4, 5, 10, 20, 30, 40, 50, 100, 200, 300, 400, 500, 1000, 2000, 3000, 4000, 5000, 10000, 20000, 30000, 40000, 50000}
	otelEdges   = []float64{.005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10}
	spanEdges   = []float64{2, 4, 6, 8, 10, 50, 100, 200, 400, 800, 1000, 1400, 2000, 5000, 10000, 15000}
	serverEdges = []float64{.05, .1, .2, .4, .6, .8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60}
	runnerEdges = []float64{.01, .05, .1, .5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 18, 20, 25, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 150, 180, 210, 240, 300, 360, 420, 480, 540, 600, 900, 1200, 1800, 2400, 3000, 3600}
	// Micrometer's for percentiles between 250 ms and 1 s, and one of an objective at 500 ms.
	springEdges = []float64{.268435456, .357913941, .447392426, .5, .536870911, .626349396, .715827881, .805306366, .894784851, .984263336}
)

// ofEvents returns what a share of events is worth, which scores what it is.
func ofEvents(share float64, promQL string) preferred { return preferred{share, share, promQL} }

// exporters has the telemetry for each preset.
var exporters = map[string]exported{
	"fastly": {`service_name="shop"`, []pair{
		counts(`fastly_rt_status_group_total{service_id="SERVICE1",service_name="SERVICE",datacenter="FRA",status_group="2xx"}`, 9, 5),
		counts(`fastly_rt_status_group_total{service_id="SERVICE1",service_name="SERVICE",datacenter="FRA",status_group="5xx"}`, 1, 5),
	}, map[string]preferred{
		"success": ofEvents(.9, `1 - sum(rate(fastly_rt_status_group_total{service_name="shop",status_group="5xx"}[5m])) / sum(rate(fastly_rt_status_group_total{service_name="shop"}[5m]))`),
	}},
	"cloudfront": {`dimension_DistributionId="shop"`, []pair{
		says(`aws_cloudfront_5xx_error_rate_average{account_id="1",dimension_DistributionId="SERVICE",dimension_Region="Global",name="arn:aws:cloudfront::1:distribution/SERVICE",region="us-east-1"}`, 4, 50),
	}, map[string]preferred{
		"success": ofEvents(.96, `1 - sum(aws_cloudfront_5xx_error_rate_average{dimension_DistributionId="shop"}) / 100`),
	}},
	"alb": {`dimension_LoadBalancer="shop"`, []pair{
		says(`aws_applicationelb_request_count_sum{account_id="1",dimension_LoadBalancer="SERVICE",region="eu-west-1"}`, 6000, 600),
		says(`aws_applicationelb_httpcode_target_5_xx_count_sum{account_id="1",dimension_LoadBalancer="SERVICE",region="eu-west-1"}`, 60, 300),
		says(`aws_applicationelb_httpcode_elb_5_xx_count_sum{account_id="1",dimension_LoadBalancer="SERVICE",region="eu-west-1"}`, 30, 0),
		says(`aws_applicationelb_target_response_time_average{account_id="1",dimension_LoadBalancer="SERVICE",region="eu-west-1"}`, .3, 5),
	}, map[string]preferred{
		"success":       ofEvents(.985, `1 - (sum(aws_applicationelb_httpcode_target_5_xx_count_sum{dimension_LoadBalancer="shop"}) + sum(aws_applicationelb_httpcode_elb_5_xx_count_sum{dimension_LoadBalancer="shop"})) / sum(aws_applicationelb_request_count_sum{dimension_LoadBalancer="shop"})`),
		"response-time": {.3, .9, `sum(aws_applicationelb_target_response_time_average{dimension_LoadBalancer="shop"})`},
	}},
	"blackbox-http": {`instance="https://shop.example"`, []pair{
		says(`probe_success{job="blackbox",instance="https://SERVICE.example"}`, 1, 0),
		says(`probe_duration_seconds{job="blackbox",instance="https://SERVICE.example"}`, 3, .1),
		says(`probe_http_status_code{job="blackbox",instance="https://SERVICE.example"}`, 200, 503),
	}, map[string]preferred{
		"reachable":     ofEvents(1, `sum(avg_over_time(probe_success{instance="https://shop.example"}[5m]))`),
		"response-time": {3, .5, `sum(probe_duration_seconds{instance="https://shop.example"})`},
	}},
	"blackbox-certificate": {`instance="https://shop.example"`, []pair{
		says(`probe_ssl_earliest_cert_expiry{job="blackbox",instance="https://SERVICE.example"}`, float64(noon.Unix())+8.5*86400, float64(noon.Unix())),
	}, map[string]preferred{
		"certificate": {8.5, .5, `(sum(probe_ssl_earliest_cert_expiry{instance="https://shop.example"}) - time()) / 24 / 3600`},
	}},
	"blackbox-icmp": {`instance="shop.example"`, []pair{
		says(`probe_success{job="ping",instance="SERVICE.example"}`, 1, 0),
		says(`probe_icmp_duration_seconds{job="ping",instance="SERVICE.example",phase="resolve"}`, 2, 2),
		says(`probe_icmp_duration_seconds{job="ping",instance="SERVICE.example",phase="rtt"}`, .1, 3),
	}, map[string]preferred{
		"reachable":  ofEvents(1, `sum(probe_success{instance="shop.example"})`),
		"round-trip": {.1, .9, `sum(probe_icmp_duration_seconds{instance="shop.example",phase="rtt"})`},
	}},
	"node-network": {`instance="shop:9100"`, []pair{
		counts(`node_netstat_Tcp_RetransSegs{instance="SERVICE:9100"}`, 20, 500),
		counts(`node_netstat_Tcp_OutSegs{instance="SERVICE:9100"}`, 1000, 1000),
		counts(`node_network_receive_errs_total{instance="SERVICE:9100",device="eth0"}`, 1, 300),
		counts(`node_network_transmit_errs_total{instance="SERVICE:9100",device="eth0"}`, 1, 300),
		counts(`node_network_receive_packets_total{instance="SERVICE:9100",device="eth0"}`, 300, 300),
		counts(`node_network_transmit_packets_total{instance="SERVICE:9100",device="eth0"}`, 100, 300),
		counts(`node_network_receive_errs_total{instance="SERVICE:9100",device="lo"}`, 9, 9),
		counts(`node_network_receive_packets_total{instance="SERVICE:9100",device="lo"}`, 900, 900),
	}, map[string]preferred{
		"retransmits":      {.98, .03 / .049, `1 - sum(rate(node_netstat_Tcp_RetransSegs{instance="shop:9100"}[5m])) / sum(rate(node_netstat_Tcp_OutSegs{instance="shop:9100"}[5m]))`},
		"interface-errors": {.995, .005 / .0099, `1 - sum(rate(node_network_receive_errs_total{instance="shop:9100",device="eth0"}[5m]) + rate(node_network_transmit_errs_total[5m])) / sum(rate(node_network_receive_packets_total{instance="shop:9100",device="eth0"}[5m]) + rate(node_network_transmit_packets_total[5m]))`},
	}},
	"ingress-nginx": {`namespace="prod",ingress="shop"`, slices.Concat([]pair{
		counts(`nginx_ingress_controller_requests{controller_class="k8s.io/ingress-nginx",controller_namespace="ingress",controller_pod="a",namespace="prod",ingress="SERVICE",service="SERVICE",canary="",method="GET",path="/",status="200"}`, 8, 5),
		counts(`nginx_ingress_controller_requests{controller_class="k8s.io/ingress-nginx",controller_namespace="ingress",controller_pod="a",namespace="prod",ingress="SERVICE",service="SERVICE",canary="",method="GET",path="/",status="503"}`, 2, 5),
	}, spread("nginx_ingress_controller_request_duration_seconds", `controller_class="k8s.io/ingress-nginx",namespace="prod",ingress="SERVICE",service="SERVICE",method="GET",path="/",status="200"`, golangEdges, .5, .9, .1)), map[string]preferred{
		"success": ofEvents(.8, `sum(rate(nginx_ingress_controller_requests{ingress="shop",status!~"5.."}[5m])) / sum(rate(nginx_ingress_controller_requests{ingress="shop"}[5m]))`),
		"latency": ofEvents(.9, `sum(rate(nginx_ingress_controller_request_duration_seconds_bucket{ingress="shop",le="0.5"}[5m])) / sum(rate(nginx_ingress_controller_request_duration_seconds_count{ingress="shop"}[5m]))`),
	}},
	"traefik": {`service="shop@docker"`, slices.Concat([]pair{
		counts(`traefik_service_requests_total{code="200",method="GET",protocol="http",service="SERVICE@docker"}`, 7, 5),
		counts(`traefik_service_requests_total{code="502",method="GET",protocol="http",service="SERVICE@docker"}`, 3, 5),
	}, spread("traefik_service_request_duration_seconds", `code="200",method="GET",protocol="http",service="SERVICE@docker"`, []float64{.1, .3, 1.2, 5}, .3, .6, .1)), map[string]preferred{
		"success": ofEvents(.7, `sum(rate(traefik_service_requests_total{service="shop@docker",code="200"}[5m])) / sum(rate(traefik_service_requests_total{service="shop@docker"}[5m]))`),
		"latency": ofEvents(.6, `sum(rate(traefik_service_request_duration_seconds_bucket{service="shop@docker",le="0.3"}[5m])) / sum(rate(traefik_service_request_duration_seconds_count{service="shop@docker"}[5m]))`),
	}},
	"kong": {`service="shop"`, slices.Concat([]pair{
		counts(`kong_http_requests_total{service="SERVICE",route="all",workspace="default",code="200",source="service",consumer=""}`, 9, 5),
		counts(`kong_http_requests_total{service="SERVICE",route="all",workspace="default",code="500",source="service",consumer=""}`, 1, 5),
	}, spread("kong_request_latency_ms", `service="SERVICE",route="all",workspace="default"`, kongEdges, 400, .75, .1)), map[string]preferred{
		"success": ofEvents(.9, `sum(rate(kong_http_requests_total{service="shop",code="200"}[5m])) / sum(rate(kong_http_requests_total{service="shop"}[5m]))`),
		"latency": ofEvents(.75, `sum(rate(kong_request_latency_ms_bucket{service="shop",le="400"}[5m])) / sum(rate(kong_request_latency_ms_count{service="shop"}[5m]))`),
	}},
	"envoy": {`envoy_http_conn_manager_prefix="shop"`, slices.Concat([]pair{
		counts(`envoy_http_downstream_rq_xx{envoy_response_code_class="2",envoy_http_conn_manager_prefix="SERVICE"}`, 19, 5),
		counts(`envoy_http_downstream_rq_xx{envoy_response_code_class="5",envoy_http_conn_manager_prefix="SERVICE"}`, 1, 5),
	}, spread("envoy_http_downstream_rq_time", `envoy_http_conn_manager_prefix="SERVICE"`, envoyEdges, 500, .98, .1)), map[string]preferred{
		"success": ofEvents(.95, `sum(rate(envoy_http_downstream_rq_xx{envoy_http_conn_manager_prefix="shop",envoy_response_code_class="2"}[5m])) / sum(rate(envoy_http_downstream_rq_xx{envoy_http_conn_manager_prefix="shop"}[5m]))`),
		"latency": ofEvents(.98, `sum(rate(envoy_http_downstream_rq_time_bucket{envoy_http_conn_manager_prefix="shop",le="500"}[5m])) / sum(rate(envoy_http_downstream_rq_time_count{envoy_http_conn_manager_prefix="shop"}[5m]))`),
	}},
	"haproxy": {`proxy="shop"`, []pair{
		counts(`haproxy_backend_http_responses_total{proxy="SERVICE",code="2xx"}`, 19, 5),
		counts(`haproxy_backend_http_responses_total{proxy="SERVICE",code="5xx"}`, 1, 5),
		counts(`haproxy_backend_http_responses_total{proxy="SERVICE",code="other"}`, 0, 5),
		says(`haproxy_backend_response_time_average_seconds{proxy="SERVICE"}`, .2, 4),
	}, map[string]preferred{
		"success":       ofEvents(.95, `sum(rate(haproxy_backend_http_responses_total{proxy="shop",code!="5xx"}[5m])) / sum(rate(haproxy_backend_http_responses_total{proxy="shop"}[5m]))`),
		"response-time": {.2, .9, `sum(haproxy_backend_response_time_average_seconds{proxy="shop"})`},
	}},
	"istio": {`destination_service_name="shop"`, slices.Concat([]pair{
		counts(`istio_requests_total{reporter="destination",source_workload="web",destination_service_name="SERVICE",destination_service_namespace="prod",request_protocol="http",response_code="200",response_flags="-",connection_security_policy="mutual_tls"}`, 9, 5),
		counts(`istio_requests_total{reporter="destination",source_workload="web",destination_service_name="SERVICE",destination_service_namespace="prod",request_protocol="http",response_code="503",response_flags="UF",connection_security_policy="mutual_tls"}`, 1, 5),
		counts(`istio_requests_total{reporter="source",source_workload="web",destination_service_name="SERVICE",destination_service_namespace="prod",request_protocol="http",response_code="503",response_flags="UF",connection_security_policy="unknown"}`, 10, 5),
	}, spread("istio_request_duration_milliseconds", `reporter="destination",source_workload="web",destination_service_name="SERVICE",response_code="200"`, envoyEdges, 500, .9, .1),
		spread("istio_request_duration_milliseconds", `reporter="source",source_workload="web",destination_service_name="SERVICE",response_code="200"`, envoyEdges, 500, .2, .1)), map[string]preferred{
		"success": ofEvents(.9, `sum(rate(istio_requests_total{destination_service_name="shop",reporter="destination",response_code="200"}[5m])) / sum(rate(istio_requests_total{destination_service_name="shop",reporter="destination"}[5m]))`),
		"latency": ofEvents(.9, `sum(rate(istio_request_duration_milliseconds_bucket{destination_service_name="shop",reporter="destination",le="500"}[5m])) / sum(rate(istio_request_duration_milliseconds_count{destination_service_name="shop",reporter="destination"}[5m]))`),
	}},
	"linkerd": {`namespace="prod",deployment="shop"`, slices.Concat([]pair{
		counts(`response_total{direction="inbound",namespace="prod",deployment="SERVICE",tls="true",status_code="200",classification="success"}`, 9, 5),
		counts(`response_total{direction="inbound",namespace="prod",deployment="SERVICE",tls="true",status_code="500",classification="failure"}`, 1, 5),
		counts(`response_total{direction="outbound",namespace="prod",deployment="SERVICE",tls="true",status_code="500",classification="failure"}`, 50, 5),
	}, spread("response_latency_ms", `direction="inbound",namespace="prod",deployment="SERVICE",tls="true",status_code="200"`, linkerdMs, 500, .9, .1)), map[string]preferred{
		"success": ofEvents(.9, `sum(rate(response_total{deployment="shop",direction="inbound",classification="success"}[5m])) / sum(rate(response_total{deployment="shop",direction="inbound"}[5m]))`),
		"latency": ofEvents(.9, `sum(rate(response_latency_ms_bucket{deployment="shop",direction="inbound",le="500"}[5m])) / sum(rate(response_latency_ms_count{deployment="shop",direction="inbound"}[5m]))`),
	}},
}
