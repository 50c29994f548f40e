/** A definition to start from: one flow on the metrics of a Prometheus client library. */
export const STARTER = `apiVersion: cer/v1
kind: Catalog
metadata: { name: my-service }
spec:
  window: 5m            # how far SLIs look back
  objective: 0.95       # of the overall score
  minCoverage: 0.5      # with less telemetry than that there is no score
  flows:
    - name: checkout    # a journey of your users
      weight: 1
      slis:
        - name: success
          component: availability
          weight: 3
          key: true     # the flow's score is never above this SLI's
          ratio:
            good:  http_requests_total{handler="/checkout",code!~"5.."}
            total: http_requests_total{handler="/checkout"}
        - name: fast
          component: latency
          weight: 1
          latency: { histogram: 'http_request_duration_seconds{handler="/checkout"}', under: 800ms }
`;
