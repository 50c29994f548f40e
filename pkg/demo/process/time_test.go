package process

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

var none = math.NaN()

func TestNumbersFollowTheTelemetry(t *testing.T) {
	// 5 minutes apart, where the window of 5 minutes is either before or after 30 m.
	tests := map[string]struct {
		json, measure string
		want          series
	}{
		"the whole takes what is left when login is gone": {`{"window":"5m"}`, "score", series{
			"": {0.755, 0.73, 0.73, 0.725, 0.725},
		}},
		"coverage says that login is gone": {`{"window":"5m","measure":"coverage"}`, "coverage", series{
			"": {1, 1, 1, 0.8, 0.8},
		}},
		"a flow without telemetry has no score": {`{"window":"5m","level":"flow"}`, "score", series{
			"checkout": {0.775, 0.725, 0.725, 0.725, 0.725},
			"search":   {0.725, 0.725, 0.725, 0.725, 0.725},
			"login":    {0.75, 0.75, 0.75, none, none},
		}},
		"the weight goes to those who have a score": {`{"window":"5m","level":"flow","measure":"weight"}`, "weight", series{
			"checkout": {0.5, 0.5, 0.5, 0.625, 0.625},
			"search":   {0.3, 0.3, 0.3, 0.375, 0.375},
			"login":    {0.2, 0.2, 0.2, 0, 0},
		}},
		"only flows that are asked for are counted": {`{"window":"5m","flows":["search","login"]}`, "score", series{
			"": {(3*0.725 + 2*0.75) / 5, (3*0.725 + 2*0.75) / 5, (3*0.725 + 2*0.75) / 5, 0.725, 0.725},
		}},
		"only components that are asked for are counted": {`{"window":"5m","level":"flow","components":["availability"]}`, "score", series{
			"checkout": {0.9, 0.8, 0.8, 0.8, 0.8},
			"login":    {0.75, 0.75, 0.75, none, none},
		}},
		"an SLI by its flow's name": {`{"window":"5m","level":"sli","slis":["search/fast"]}`, "score", series{
			"search/latency/fast": {0.75, 0.75, 0.75, 0.75, 0.75},
		}},
		"an SLI by its own name, wherever it is": {`{"window":"5m","level":"sli","slis":["fast"]}`, "score", series{
			"checkout/latency/fast": {0.8, 0.8, 0.8, 0.8, 0.8},
			"search/latency/fast":   {0.75, 0.75, 0.75, 0.75, 0.75},
		}},
	}
	s := newSource(shop.URL(), shopDefinition)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			q := over(30*time.Minute, 50*time.Minute, test.json)
			q.interval = 5 * time.Minute
			seriesOf(t, s.frames(t, q), test.measure).check(t, test.want)
		})
	}
}

func TestMissingTelemetryIsNullNowAndSaysSo(t *testing.T) {
	s := newSource(shop.URL(), shopDefinition)
	frames := s.frames(t, over(40*time.Minute, 50*time.Minute, `{"level":"flow","format":"latest"}`))
	seriesOf(t, frames, "score").check(t, series{"checkout": {0.725}, "search": {0.725}, "login": {none}})
	hasNotice(t, frames, data.NoticeSeverityWarning, "login: no score at this instant", "coverage is 0, below minCoverage 0.5; missing: up")
}

func TestWindows(t *testing.T) {
	tests := map[string]struct {
		window, format string
		interval       time.Duration
		want           string
	}{
		"auto is the definition's": {"auto", "timeseries", time.Minute, "[5m]"},
		"nothing is auto":          {"", "timeseries", time.Minute, "[5m]"},
		"auto leaves no holes between the points of a long step": {"auto", "timeseries", 10 * time.Minute, "[10m15s]"},
		"auto of a single instant is the definition's":           {"auto", "latest", 10 * time.Minute, "[5m]"},
		"a duration":             {"2m", "timeseries", time.Minute, "[2m]"},
		"the interval":           {"$__interval", "timeseries", 2 * time.Minute, "[2m]"},
		"the interval in braces": {"${__interval}", "timeseries", 2 * time.Minute, "[2m]"},
		"the rate interval is the interval and a scrape": {"$__rate_interval", "timeseries", time.Minute, "[1m15s]"},
		"the rate interval is four scrapes at least":     {"$__rate_interval", "timeseries", 15 * time.Second, "[1m]"},
		"the range": {"$__range", "latest", time.Minute, "[20m]"},
		"alerting's interval of a second is no finer than scrapes": {"$__interval", "timeseries", time.Second, "[15s]"},
	}
	s := newSource(shop.URL(), shopDefinition)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			q := over(10*time.Minute, 30*time.Minute, `{"level":"sli","slis":["success"],"window":"`+test.window+`","format":"`+test.format+`"}`)
			q.interval = test.interval
			for _, promQL := range executed(t, s.frames(t, q)) {
				if !strings.Contains(promQL, test.want) {
					t.Errorf("asked was %s, want %s", promQL, test.want)
				}
			}
		})
	}
}

func TestTheScrapeIntervalOfTheSettings(t *testing.T) {
	s := newSource(shop.URL(), shopDefinition, "timeInterval", "30s")
	q := over(10*time.Minute, 12*time.Minute, `{"level":"sli","slis":["success"],"window":"$__rate_interval"}`)
	q.interval = time.Second
	frames := s.frames(t, q)
	if points := frames[0].Fields[0].Len(); points != 5 {
		t.Errorf("2 minutes have %d points, want 5", points)
	}
	says(t, frames[0].Meta.ExecutedQueryString, "[2m]")
}

// times are the instants of the first series.
func times(frames data.Frames) []time.Time {
	field := frames[0].Fields[0]
	instants := make([]time.Time, field.Len())
	for i := range instants {
		instants[i] = field.At(i).(time.Time)
	}
	return instants
}

func TestAlertingsIntervalOfASecond(t *testing.T) {
	q := over(10*time.Minute, 20*time.Minute, `{}`)
	q.interval = time.Second
	if points := times(newSource(shop.URL(), shopDefinition).frames(t, q)); len(points) != 41 {
		t.Errorf("10 minutes have %d points, want one each scrape of 15 s", len(points))
	}
}

func TestARangeAndAnIntervalThatNobodyMeans(t *testing.T) {
	tests := map[string]struct {
		from, to, interval time.Duration
		points             int
	}{
		"no time at all":                   {10 * time.Minute, 10 * time.Minute, time.Minute, 1},
		"an end before the start":          {12 * time.Minute, 10 * time.Minute, time.Minute, 0},
		"no interval":                      {10 * time.Minute, 11 * time.Minute, 0, 5},
		"an interval before its own start": {10 * time.Minute, 11 * time.Minute, -time.Hour, 5},
		"the longest of intervals":         {10 * time.Minute, 11 * time.Minute, math.MaxInt64, 1},
		"the longest of ranges":            {-46 * 365 * 24 * time.Hour, 11 * time.Minute, time.Minute, 11_000},
	}
	s := newSource(shop.URL(), shopDefinition)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			q := over(test.from, test.to, `{"flows":["login"],"window":"5m"}`)
			q.interval = test.interval
			points := 0
			if frames := s.frames(t, q); len(frames[0].Fields) > 0 {
				points = len(times(frames))
			}
			if points > test.points || points < test.points*99/100 {
				t.Errorf("there are %d points, want %d", points, test.points)
			}
		})
	}
}

func TestALongRangeHasAtMost11000Points(t *testing.T) {
	// 7 days / 10,999 are 54.99 s, so that the step is 55 s.
	q := query{refID: "A", json: `{"flows":["login"]}`, from: at(telemetry - 7*24*time.Hour), to: at(telemetry), interval: time.Second}
	points := times(newSource(shop.URL(), shopDefinition).frames(t, q))
	if len(points) > 11_000 || len(points) < 10_990 {
		t.Errorf("7 days have %d points", len(points))
	}
	if step := points[1].Sub(points[0]); step != 55*time.Second {
		t.Errorf("the step is %s", step)
	}
}

func TestThePointsLieOnTheGridWhateverTheRange(t *testing.T) {
	q := over(10*time.Minute+7*time.Second, 12*time.Minute+7*time.Second, `{}`)
	for i, instant := range times(newSource(shop.URL(), shopDefinition).frames(t, q)) {
		if want := at(time.Duration(10+i) * time.Minute); !instant.Equal(want) {
			t.Errorf("the point %d is at %s, want %s", i, instant, want)
		}
	}
}

func TestNoPointIsInTheFuture(t *testing.T) {
	s := newSource(shop.URL(), shopDefinition)
	before := time.Now()
	q := query{refID: "A", json: `{}`, from: before.Add(-10 * time.Minute), to: before.Add(24 * time.Hour), interval: time.Minute}
	points := times(s.frames(t, q))
	if last := points[len(points)-1]; last.After(time.Now()) || last.Before(before.Add(-2*time.Minute)) {
		t.Errorf("the last point is at %s", last)
	}
	q.json = `{"format":"latest"}`
	custom, _ := s.frames(t, q)[0].Meta.Custom.(map[string]any)
	evaluated, err := time.Parse(time.RFC3339, custom["evaluatedAt"].(string))
	if err != nil || evaluated.After(time.Now()) {
		t.Errorf("the latest number is of %v", custom)
	}
}

func TestARangeInTheFutureHasNoData(t *testing.T) {
	s := newSource(dead(t), shopDefinition)
	q := query{refID: "A", json: `{"flows":["login"]}`, from: time.Now().Add(time.Hour), to: time.Now().Add(2 * time.Hour), interval: time.Minute}
	frames := s.frames(t, q)
	checkOriginWithoutTime(t, frames)
	says(t, frames[0].Meta.ExecutedQueryString, "nothing is requested")
	if len(frames) != 1 || len(frames[0].Fields) != 0 {
		t.Errorf("the frames are %v", frames)
	}
}

// checkOriginWithoutTime checks the type and revision of time series that have no instant.
func checkOriginWithoutTime(t *testing.T, frames data.Frames) {
	t.Helper()
	custom, _ := frames[0].Meta.Custom.(map[string]any)
	if frames[0].Meta.Type != data.FrameTypeTimeSeriesMulti || custom["revision"] != revision(t, shopDefinition) || custom["evaluatedAt"] != nil {
		t.Errorf("the meta is %+v", frames[0].Meta)
	}
}
