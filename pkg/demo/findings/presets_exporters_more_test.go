package findings

import (
	"maps"
	"slices"
)

func init() { maps.Copy(exporters, moreExporters) }

// moreExporters has the telemetry for the presets of applications and of what is behind and beside them.
var moreExporters = map[string]exported{
	"otel-http": {`job="prod/shop"`, slices.Concat([]pair{
		counts(`http_server_request_duration_seconds_count{job="prod/SERVICE",http_request_method="GET",http_route="/",http_response_status_code="500"}`, 2.5, 30),
	}, spread("http_server_request_duration_seconds", `job="prod/SERVICE",http_request_method="GET",http_route="/",http_response_status_code="200"`, otelEdges, .5, .9, .1)), map[string]preferred{
		"success": ofEvents(.8, `sum(rate(http_server_request_duration_seconds_count{job="prod/shop",http_response_status_code="200"}[5m])) / sum(rate(http_server_request_duration_seconds_count{job="prod/shop"}[5m]))`),
		"latency": ofEvents(.9, `sum(rate(http_server_request_duration_seconds_bucket{job="prod/shop",le="0.5"}[5m])) / sum(rate(http_server_request_duration_seconds_bucket{job="prod/shop",le="+Inf"}[5m]))`),
	}},
	"otel-http-dotted": {`job="prod/shop"`, slices.Concat([]pair{
		counts(`{"http.server.request.duration_count",job="prod/SERVICE","http.request.method"="GET","http.response.status_code"="500"}`, 2.5, 30),
	}, spread("http.server.request.duration", `job="prod/SERVICE","http.request.method"="GET","http.response.status_code"="200"`, otelEdges, .5, .9, .1)), map[string]preferred{
		"success": ofEvents(.8, `sum(rate({"http.server.request.duration_count",job="prod/shop","http.response.status_code"="200"}[5m])) / sum(rate({"http.server.request.duration_count",job="prod/shop"}[5m]))`),
		"latency": ofEvents(.9, `sum(rate({"http.server.request.duration_bucket",job="prod/shop",le="0.5"}[5m])) / sum(rate({"http.server.request.duration_bucket",job="prod/shop",le="+Inf"}[5m]))`),
	}},
	"spring-boot": {`application="shop"`, slices.Concat([]pair{
		counts(`http_server_requests_seconds_count{application="SERVICE",error="none",exception="none",method="GET",outcome="SERVER_ERROR",status="500",uri="/"}`, 2.5, 30),
	}, spread("http_server_requests_seconds", `application="SERVICE",error="none",exception="none",method="GET",outcome="SUCCESS",status="200",uri="/"`, springEdges, .5, .9, .1)), map[string]preferred{
		"success": ofEvents(.8, `sum(rate(http_server_requests_seconds_count{application="shop",outcome="SUCCESS"}[5m])) / sum(rate(http_server_requests_seconds_count{application="shop"}[5m]))`),
		"latency": ofEvents(.9, `sum(rate(http_server_requests_seconds_bucket{application="shop",le="0.5"}[5m])) / sum(rate(http_server_requests_seconds_bucket{application="shop",le="+Inf"}[5m]))`),
	}},
	"grpc": {`grpc_service="shop.Cart"`, slices.Concat([]pair{
		counts(`grpc_server_handled_total{grpc_type="unary",grpc_service="SERVICE.Cart",grpc_method="Add",grpc_code="OK"}`, 8, 5),
		counts(`grpc_server_handled_total{grpc_type="unary",grpc_service="SERVICE.Cart",grpc_method="Add",grpc_code="NotFound"}`, 1, 0),
		counts(`grpc_server_handled_total{grpc_type="unary",grpc_service="SERVICE.Cart",grpc_method="Add",grpc_code="Unavailable"}`, 1, 5),
	}, spread("grpc_server_handling_seconds", `grpc_type="unary",grpc_service="SERVICE.Cart",grpc_method="Add"`, golangEdges, .5, .9, .1),
		spread("grpc_server_handling_seconds", `grpc_type="server_stream",grpc_service="SERVICE.Cart",grpc_method="Watch"`, golangEdges, .5, .1, .1)), map[string]preferred{
		"success": ofEvents(.9, `sum(rate(grpc_server_handled_total{grpc_service="shop.Cart",grpc_code=~"OK|NotFound"}[5m])) / sum(rate(grpc_server_handled_total{grpc_service="shop.Cart"}[5m]))`),
		"latency": ofEvents(.9, `sum(rate(grpc_server_handling_seconds_bucket{grpc_service="shop.Cart",grpc_type="unary",le="0.5"}[5m])) / sum(rate(grpc_server_handling_seconds_count{grpc_service="shop.Cart",grpc_type="unary"}[5m]))`),
	}},
	"span-metrics": {`service_name="shop"`, slices.Concat([]pair{
		counts(`traces_span_metrics_calls_total{service_name="SERVICE",span_name="GET /",span_kind="SPAN_KIND_SERVER",status_code="STATUS_CODE_UNSET"}`, 9, 5),
		counts(`traces_span_metrics_calls_total{service_name="SERVICE",span_name="GET /",span_kind="SPAN_KIND_SERVER",status_code="STATUS_CODE_ERROR"}`, 1, 5),
		counts(`traces_span_metrics_calls_total{service_name="SERVICE",span_name="SELECT",span_kind="SPAN_KIND_CLIENT",status_code="STATUS_CODE_ERROR"}`, 70, 5),
	}, spread("traces_span_metrics_duration_milliseconds", `service_name="SERVICE",span_name="GET /",span_kind="SPAN_KIND_SERVER",status_code="STATUS_CODE_UNSET"`, spanEdges, 400, .85, .1)), map[string]preferred{
		"success": ofEvents(.9, `sum(rate(traces_span_metrics_calls_total{service_name="shop",span_kind="SPAN_KIND_SERVER",status_code="STATUS_CODE_UNSET"}[5m])) / sum(rate(traces_span_metrics_calls_total{service_name="shop",span_kind="SPAN_KIND_SERVER"}[5m]))`),
		"latency": ofEvents(.85, `sum(rate(traces_span_metrics_duration_milliseconds_bucket{service_name="shop",le="400"}[5m])) / sum(rate(traces_span_metrics_duration_milliseconds_count{service_name="shop"}[5m]))`),
	}},
	"tempo-span-metrics": {`service="shop"`, slices.Concat([]pair{
		counts(`traces_spanmetrics_calls_total{service="SERVICE",span_name="GET /",span_kind="SPAN_KIND_SERVER",status_code="STATUS_CODE_UNSET"}`, 9, 5),
		counts(`traces_spanmetrics_calls_total{service="SERVICE",span_name="GET /",span_kind="SPAN_KIND_SERVER",status_code="STATUS_CODE_ERROR"}`, 1, 5),
	}, spread("traces_spanmetrics_latency", `service="SERVICE",span_name="GET /",span_kind="SPAN_KIND_SERVER",status_code="STATUS_CODE_UNSET"`, doubled(.002, 14), .512, .85, .1)), map[string]preferred{
		"success": ofEvents(.9, `sum(rate(traces_spanmetrics_calls_total{service="shop",status_code!="STATUS_CODE_ERROR"}[5m])) / sum(rate(traces_spanmetrics_calls_total{service="shop"}[5m]))`),
		"latency": ofEvents(.85, `sum(rate(traces_spanmetrics_latency_bucket{service="shop",le="0.512"}[5m])) / sum(rate(traces_spanmetrics_latency_count{service="shop"}[5m]))`),
	}},
	"postgres": {`datname="shop"`, []pair{
		counts(`pg_stat_database_xact_commit{datid="16384",datname="SERVICE"}`, 99, 5),
		counts(`pg_stat_database_xact_rollback{datid="16384",datname="SERVICE"}`, 1, 5),
	}, map[string]preferred{
		"commits": ofEvents(.99, `sum(rate(pg_stat_database_xact_commit{datname="shop"}[5m])) / (sum(rate(pg_stat_database_xact_commit{datname="shop"}[5m])) + sum(rate(pg_stat_database_xact_rollback{datname="shop"}[5m])))`),
	}},
	"postgres-replica": {`instance=~"shop-.*"`, []pair{
		says(`pg_replication_lag_seconds{instance="SERVICE-0"}`, 0, 900),
		says(`pg_replication_lag_seconds{instance="SERVICE-1"}`, 155, 900),
	}, map[string]preferred{
		"lag": {155, .5, `max(pg_replication_lag_seconds{instance=~"shop-[01]"})`},
	}},
	"mysql": {`instance="shop:9104"`, []pair{
		counts(`mysql_global_status_queries{instance="SERVICE:9104"}`, 200, 100),
		counts(`mysql_global_status_slow_queries{instance="SERVICE:9104"}`, 1, 50),
		counts(`mysql_global_status_connections{instance="SERVICE:9104"}`, 10, 10),
		counts(`mysql_global_status_aborted_connects{instance="SERVICE:9104"}`, .5, 9),
	}, map[string]preferred{
		"queries":     ofEvents(.995, `1 - sum(rate(mysql_global_status_slow_queries{instance="shop:9104"}[5m])) / sum(rate(mysql_global_status_queries{instance="shop:9104"}[5m]))`),
		"connections": ofEvents(.95, `1 - sum(rate(mysql_global_status_aborted_connects{instance="shop:9104"}[5m])) / sum(rate(mysql_global_status_connections{instance="shop:9104"}[5m]))`),
	}},
	"redis": {`instance="redis://shop:6379"`, []pair{
		counts(`redis_commands_total{instance="redis://SERVICE:6379",cmd="get"}`, 90, 5),
		counts(`redis_commands_total{instance="redis://SERVICE:6379",cmd="set"}`, 10, 5),
		counts(`redis_commands_failed_calls_total{instance="redis://SERVICE:6379",cmd="get"}`, 0, 5),
		counts(`redis_commands_failed_calls_total{instance="redis://SERVICE:6379",cmd="set"}`, 2, 5),
		counts(`redis_commands_duration_seconds_total{instance="redis://SERVICE:6379",cmd="get"}`, .09, 5),
		counts(`redis_commands_duration_seconds_total{instance="redis://SERVICE:6379",cmd="set"}`, .01, 5),
	}, map[string]preferred{
		"commands":     ofEvents(.98, `1 - sum(rate(redis_commands_failed_calls_total{instance="redis://shop:6379"}[5m])) / sum(rate(redis_commands_total{instance="redis://shop:6379"}[5m]))`),
		"command-time": {.001, .9, `sum(rate(redis_commands_duration_seconds_total{instance="redis://shop:6379"}[5m])) / sum(rate(redis_commands_total{instance="redis://shop:6379"}[5m]))`},
	}},
	"service-graph": {`client="web",server="shop"`, slices.Concat([]pair{
		counts(`traces_service_graph_request_total{client="web",server="SERVICE",connection_type=""}`, 10, 5),
		counts(`traces_service_graph_request_failed_total{client="web",server="SERVICE",connection_type=""}`, 1, 5),
		counts(`traces_service_graph_request_total{client="batch",server="SERVICE",connection_type=""}`, 10, 5),
		counts(`traces_service_graph_request_failed_total{client="batch",server="SERVICE",connection_type=""}`, 9, 5),
	}, spread("traces_service_graph_request_client_seconds", `client="web",server="SERVICE",connection_type=""`, doubled(.1, 8), .8, .75, .1)), map[string]preferred{
		"success": ofEvents(.9, `1 - sum(rate(traces_service_graph_request_failed_total{client="web",server="shop"}[5m])) / sum(rate(traces_service_graph_request_total{client="web",server="shop"}[5m]))`),
		"latency": ofEvents(.75, `sum(rate(traces_service_graph_request_client_seconds_bucket{client="web",server="shop",le="0.8"}[5m])) / sum(rate(traces_service_graph_request_client_seconds_count{client="web",server="shop"}[5m]))`),
	}},
	"envoy-cluster": {`envoy_cluster_name="shop"`, slices.Concat([]pair{
		counts(`envoy_cluster_upstream_rq_xx{envoy_response_code_class="2",envoy_cluster_name="SERVICE"}`, 9, 5),
		counts(`envoy_cluster_upstream_rq_xx{envoy_response_code_class="5",envoy_cluster_name="SERVICE"}`, 1, 5),
	}, spread("envoy_cluster_upstream_rq_time", `envoy_cluster_name="SERVICE"`, envoyEdges, 500, .98, .1)), map[string]preferred{
		"success": ofEvents(.9, `sum(rate(envoy_cluster_upstream_rq_xx{envoy_cluster_name="shop",envoy_response_code_class!="5"}[5m])) / sum(rate(envoy_cluster_upstream_rq_xx{envoy_cluster_name="shop"}[5m]))`),
		"latency": ofEvents(.98, `sum(rate(envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="shop",le="500"}[5m])) / sum(rate(envoy_cluster_upstream_rq_time_count{envoy_cluster_name="shop"}[5m]))`),
	}},
	"span-metrics-client": {`service_name="shop"`, slices.Concat([]pair{
		counts(`traces_span_metrics_calls_total{service_name="SERVICE",span_name="charge",span_kind="SPAN_KIND_CLIENT",status_code="STATUS_CODE_UNSET"}`, 9, 5),
		counts(`traces_span_metrics_calls_total{service_name="SERVICE",span_name="charge",span_kind="SPAN_KIND_CLIENT",status_code="STATUS_CODE_ERROR"}`, 1, 5),
		counts(`traces_span_metrics_calls_total{service_name="SERVICE",span_name="GET /",span_kind="SPAN_KIND_SERVER",status_code="STATUS_CODE_ERROR"}`, 9, 5),
	}, spread("traces_span_metrics_duration_milliseconds", `service_name="SERVICE",span_name="charge",span_kind="SPAN_KIND_CLIENT",status_code="STATUS_CODE_UNSET"`, spanEdges, 400, .85, .1)), map[string]preferred{
		"success": ofEvents(.9, `sum(rate(traces_span_metrics_calls_total{service_name="shop",span_kind="SPAN_KIND_CLIENT",status_code="STATUS_CODE_UNSET"}[5m])) / sum(rate(traces_span_metrics_calls_total{service_name="shop",span_kind="SPAN_KIND_CLIENT"}[5m]))`),
		"latency": ofEvents(.85, `sum(rate(traces_span_metrics_duration_milliseconds_bucket{service_name="shop",le="400"}[5m])) / sum(rate(traces_span_metrics_duration_milliseconds_count{service_name="shop"}[5m]))`),
	}},
	"kube-deployment": {`namespace="prod",deployment="shop"`, []pair{
		says(`kube_deployment_status_replicas_available{namespace="prod",deployment="SERVICE"}`, 3, 0),
		says(`kube_deployment_spec_replicas{namespace="prod",deployment="SERVICE"}`, 4, 4),
	}, map[string]preferred{
		"available": ofEvents(.75, `kube_deployment_status_replicas_available{deployment="shop"} / kube_deployment_spec_replicas{deployment="shop"}`),
	}},
	"kube-apiserver": {`job="apiserver",cluster="shop"`, slices.Concat([]pair{
		counts(`apiserver_request_total{job="apiserver",cluster="SERVICE",verb="GET",resource="pods",scope="resource",code="200"}`, 99, 5),
		counts(`apiserver_request_total{job="apiserver",cluster="SERVICE",verb="GET",resource="pods",scope="resource",code="504"}`, 1, 5),
	}, spread("apiserver_request_sli_duration_seconds", `job="apiserver",cluster="SERVICE",verb="GET",resource="pods",scope="resource"`, serverEdges, 1, .9, .1),
		spread("apiserver_request_sli_duration_seconds", `job="apiserver",cluster="SERVICE",verb="WATCH",resource="pods",scope="cluster"`, serverEdges, 1, .01, .01)), map[string]preferred{
		"success": ofEvents(.99, `sum(rate(apiserver_request_total{cluster="shop",code="200"}[5m])) / sum(rate(apiserver_request_total{cluster="shop"}[5m]))`),
		"latency": ofEvents(.9, `sum(rate(apiserver_request_sli_duration_seconds_bucket{cluster="shop",verb="GET",le="1"}[5m])) / sum(rate(apiserver_request_sli_duration_seconds_count{cluster="shop",verb="GET"}[5m]))`),
	}},
	"argocd": {`namespace="argocd",name="shop"`, []pair{
		counts(`argocd_app_sync_total{namespace="argocd",name="SERVICE",project="default",dest_server="https://k8s.example",dry_run="false",phase="Succeeded"}`, .03, .01),
		counts(`argocd_app_sync_total{namespace="argocd",name="SERVICE",project="default",dest_server="https://k8s.example",dry_run="false",phase="Failed"}`, .01, .09),
		counts(`argocd_app_sync_total{namespace="argocd",name="SERVICE",project="default",dest_server="https://k8s.example",dry_run="true",phase="Error"}`, .5, .09),
		says(`argocd_app_info{namespace="argocd",name="SERVICE",project="default",health_status="Degraded",sync_status="Synced"}`, 1, 1),
	}, map[string]preferred{
		"syncs":  ofEvents(.75, `sum(rate(argocd_app_sync_total{name="shop",dry_run="false",phase="Succeeded"}[6h])) / sum(rate(argocd_app_sync_total{name="shop",dry_run="false"}[6h]))`),
		"health": ofEvents(0, `count(argocd_app_info{name="shop"}) - count(argocd_app_info{name="shop",health_status="Degraded"})`),
	}},
	"flagger": {`namespace="prod",name="shop"`, []pair{
		counts(`flagger_canary_successes_total{name="SERVICE",namespace="prod",deployment_strategy="canary",analysis_status="completed"}`, .03, .01),
		counts(`flagger_canary_failures_total{name="SERVICE",namespace="prod",deployment_strategy="canary",analysis_status="completed"}`, .01, .09),
	}, map[string]preferred{
		"canaries": ofEvents(.75, `sum(rate(flagger_canary_successes_total{name="shop"}[1d])) / (sum(rate(flagger_canary_successes_total{name="shop"}[1d])) + sum(rate(flagger_canary_failures_total{name="shop"}[1d])))`),
	}},
	"github-runners": {`organization="acme",repository="shop"`, slices.Concat([]pair{
		counts(`gha_completed_jobs_total{organization="acme",repository="SERVICE",enterprise="",job_name="test",event_name="push",job_result="succeeded"}`, .3, .1),
		counts(`gha_completed_jobs_total{organization="acme",repository="SERVICE",enterprise="",job_name="test",event_name="push",job_result="failed"}`, .1, .9),
	}, spread("gha_job_startup_duration_seconds", `organization="acme",repository="SERVICE",enterprise="",job_name="test",event_name="push"`, runnerEdges, 60, .8, .1)), map[string]preferred{
		"jobs":    ofEvents(.75, `sum(rate(gha_completed_jobs_total{repository="shop",job_result="succeeded"}[1h])) / sum(rate(gha_completed_jobs_total{repository="shop"}[1h]))`),
		"startup": ofEvents(.8, `sum(rate(gha_job_startup_duration_seconds_bucket{repository="shop",le="60"}[1h])) / sum(rate(gha_job_startup_duration_seconds_count{repository="shop"}[1h]))`),
	}},
	"scrape": {`job="shop"`, []pair{
		says(`up{job="SERVICE",instance="a:9100"}`, 1, 0), says(`up{job="SERVICE",instance="b:9100"}`, 0, 0),
	}, map[string]preferred{"up": ofEvents(.5, `count(up{job="shop"} == 1) / count(up{job="shop"})`)}},
	"prometheus": {`instance="shop:9090"`, []pair{
		counts(`prometheus_rule_evaluations_total{instance="SERVICE:9090",rule_group="/etc/rules.yaml;shop"}`, 10, 10),
		counts(`prometheus_rule_evaluation_failures_total{instance="SERVICE:9090",rule_group="/etc/rules.yaml;shop"}`, 1, 10),
		says(`prometheus_config_last_reload_successful{instance="SERVICE:9090"}`, 1, 0),
	}, map[string]preferred{
		"rules":  ofEvents(.9, `1 - sum(rate(prometheus_rule_evaluation_failures_total{instance="shop:9090"}[5m])) / sum(rate(prometheus_rule_evaluations_total{instance="shop:9090"}[5m]))`),
		"config": ofEvents(1, `sum(prometheus_config_last_reload_successful{instance="shop:9090"})`),
	}},
	"remote-write": {`remote_name="shop"`, []pair{
		counts(`prometheus_remote_storage_samples_total{remote_name="SERVICE",url="https://mimir.example/api/v1/push"}`, 1000, 10),
		counts(`prometheus_remote_storage_samples_failed_total{remote_name="SERVICE",url="https://mimir.example/api/v1/push"}`, 10, 10),
	}, map[string]preferred{
		"samples": ofEvents(.99, `1 - sum(rate(prometheus_remote_storage_samples_failed_total{remote_name="shop"}[5m])) / sum(rate(prometheus_remote_storage_samples_total{remote_name="shop"}[5m]))`),
	}},
	"otel-collector": {`service_instance_id="shop"`, []pair{
		counts(`otelcol_exporter_sent_spans_total{service_instance_id="SERVICE",service_name="otelcol",exporter="otlp"}`, 95, 5),
		counts(`otelcol_exporter_send_failed_spans_total{service_instance_id="SERVICE",service_name="otelcol",exporter="otlp"}`, 5, 5),
		counts(`otelcol_receiver_accepted_spans_total{service_instance_id="SERVICE",service_name="otelcol",receiver="otlp",transport="grpc"}`, 100, 5),
		counts(`otelcol_receiver_refused_spans_total{service_instance_id="SERVICE",service_name="otelcol",receiver="otlp",transport="grpc"}`, 25, 5),
	}, map[string]preferred{
		"sent":     ofEvents(.95, `sum(rate(otelcol_exporter_sent_spans_total{service_instance_id="shop"}[5m])) / (sum(rate(otelcol_exporter_sent_spans_total{service_instance_id="shop"}[5m])) + sum(rate(otelcol_exporter_send_failed_spans_total{service_instance_id="shop"}[5m])))`),
		"accepted": ofEvents(.8, `sum(rate(otelcol_receiver_accepted_spans_total{service_instance_id="shop"}[5m])) / (sum(rate(otelcol_receiver_accepted_spans_total{service_instance_id="shop"}[5m])) + sum(rate(otelcol_receiver_refused_spans_total{service_instance_id="shop"}[5m])))`),
	}},
	"k6-browser": {`url="https://shop.example/"`, []pair{
		says(`k6_browser_web_vital_lcp_p99{scenario="ui",url="https://SERVICE.example/"}`, 2.5, 9),
		says(`k6_browser_web_vital_inp_p99{scenario="ui",url="https://SERVICE.example/"}`, .5, 9),
		says(`k6_browser_web_vital_cls_p99{scenario="ui",url="https://SERVICE.example/"}`, .25, 9),
	}, map[string]preferred{
		"largest-paint": {2.5, .9, `sum(k6_browser_web_vital_lcp_p99{url="https://shop.example/"})`},
		"next-paint":    {.5, .5, `sum(k6_browser_web_vital_inp_p99{url="https://shop.example/"})`},
		"layout-shift":  {.25, .5, `sum(k6_browser_web_vital_cls_p99{url="https://shop.example/"})`},
	}},
	"kafka-consumer": {`consumergroup="shop"`, []pair{
		says(`kafka_consumergroup_lag{consumergroup="SERVICE",topic="orders",partition="0"}`, 5000, 90000),
		says(`kafka_consumergroup_lag{consumergroup="SERVICE",topic="orders",partition="1"}`, 50, 90000),
	}, map[string]preferred{"lag": {5050, .5, `sum by (consumergroup) (kafka_consumergroup_lag{consumergroup="shop"})`}}},
	"elasticsearch": {`cluster="shop"`, []pair{
		says(`elasticsearch_cluster_health_status{cluster="SERVICE",color="green"}`, 0, 0),
		says(`elasticsearch_cluster_health_status{cluster="SERVICE",color="yellow"}`, 1, 0),
		says(`elasticsearch_cluster_health_status{cluster="SERVICE",color="red"}`, 0, 1),
		counts(`elasticsearch_indices_search_query_time_seconds{cluster="SERVICE",host="10.0.0.1",name="a",es_data_node="true"}`, 2, 90),
		counts(`elasticsearch_indices_search_query_total{cluster="SERVICE",host="10.0.0.1",name="a",es_data_node="true"}`, 20, 9),
	}, map[string]preferred{
		"healthy":     ofEvents(1, `sum(elasticsearch_cluster_health_status{cluster="shop",color!="red"})`),
		"search-time": {.1, .9, `sum(rate(elasticsearch_indices_search_query_time_seconds{cluster="shop"}[5m])) / sum(rate(elasticsearch_indices_search_query_total{cluster="shop"}[5m]))`},
	}},
	"kube-pods": {`namespace="shop"`, []pair{
		says(`kube_pod_status_ready{namespace="SERVICE",pod="a",uid="1",condition="true"}`, 1, 0),
		says(`kube_pod_status_ready{namespace="SERVICE",pod="a",uid="1",condition="false"}`, 0, 1),
		says(`kube_pod_status_ready{namespace="SERVICE",pod="b",uid="2",condition="true"}`, 0, 0),
		counts(`kube_pod_container_status_restarts_total{namespace="SERVICE",pod="b",uid="2",container="app"}`, 3./3600, 1),
	}, map[string]preferred{
		"ready":    ofEvents(.5, `count(kube_pod_status_ready{namespace="shop",condition="true"} == 1) / count(kube_pod_status_ready{namespace="shop",condition="true"})`),
		"restarts": {3, .5, `sum(increase(kube_pod_container_status_restarts_total{namespace="shop"}[1h]))`},
	}},
	"lambda": {`dimension_FunctionName="shop"`, []pair{
		says(`aws_lambda_invocations_sum{account_id="1",dimension_FunctionName="SERVICE",region="eu-west-1"}`, 600, 60),
		says(`aws_lambda_errors_sum{account_id="1",dimension_FunctionName="SERVICE",region="eu-west-1"}`, 6, 30),
		says(`aws_lambda_duration_average{account_id="1",dimension_FunctionName="SERVICE",region="eu-west-1"}`, 500, 9000),
	}, map[string]preferred{
		"success":  ofEvents(.99, `1 - sum(aws_lambda_errors_sum{dimension_FunctionName="shop"}) / sum(aws_lambda_invocations_sum{dimension_FunctionName="shop"})`),
		"duration": {.5, .9, `sum(aws_lambda_duration_average{dimension_FunctionName="shop"}) / 1000`},
	}},
}
