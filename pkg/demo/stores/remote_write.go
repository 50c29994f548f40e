package stores

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

// writeAtOnce is the number of series of one remote write. Stores limit the size of requests.
const writeAtOnce = 500

// remoteWriter returns a function that writes samples to a URL by Prometheus' remote write, in the order of the series' first samples:
// https://prometheus.io/docs/specs/prw/remote_write_spec.
func remoteWriter(url string, header http.Header) func(context.Context, []promstore.Sample) error {
	return func(ctx context.Context, samples []promstore.Sample) error {
		all := seriesOf(samples)
		for len(all) > 0 {
			n := min(len(all), writeAtOnce)
			if err := post(ctx, url, header, &prompb.WriteRequest{Timeseries: all[:n]}); err != nil {
				return err
			}
			all = all[n:]
		}
		return nil
	}
}

// seriesOf groups samples by series.
func seriesOf(samples []promstore.Sample) []prompb.TimeSeries {
	var all []prompb.TimeSeries
	indexes := map[string]int{}
	for _, s := range samples {
		key := s.Labels.String()
		i, ok := indexes[key]
		if !ok {
			i = len(all)
			indexes[key] = i
			all = append(all, prompb.TimeSeries{Labels: prompb.FromLabels(s.Labels, nil)})
		}
		if s.Histogram != nil {
			all[i].Histograms = append(all[i].Histograms, prompb.FromFloatHistogram(s.Time.UnixMilli(), s.Histogram))
			continue
		}
		all[i].Samples = append(all[i].Samples, prompb.Sample{Timestamp: s.Time.UnixMilli(), Value: s.Value})
	}
	return all
}

// post sends one remote write.
func post(ctx context.Context, url string, header http.Header, write *prompb.WriteRequest) error {
	raw, err := write.Marshal()
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(snappy.Encode(nil, raw)))
	if err != nil {
		return err
	}
	maps.Copy(request.Header, header)
	request.Header.Set("Content-Type", "application/x-protobuf")
	request.Header.Set("Content-Encoding", "snappy")
	request.Header.Set("X-Prometheus-Remote-Write-Version", "0.1.0")
	return do(request)
}

// do sends a request, and returns an error for any answer but a success.
func do(request *http.Request) error {
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<10))
	if err == nil && response.StatusCode/100 != 2 {
		err = fmt.Errorf("%s answers %s: %s", request.URL, response.Status, body)
	}
	return err
}
