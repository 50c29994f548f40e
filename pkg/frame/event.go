package frame

import (
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/eval"
)

// Names of the fields that Grafana's annotations are made of.
const (
	fieldTimeEnd = "timeEnd"
	fieldText    = "text"
	fieldTags    = "tags"
)

// events is the table of events, which annotations read too.
func events(r *eval.Result) *data.Frame {
	var (
		from, to          []time.Time
		title, text, tags []string
	)
	for _, e := range r.Events {
		from, to = append(from, e.From.UTC()), append(to, e.To.UTC())
		title, text = append(title, e.Name), append(text, e.Text())
		tags = append(tags, strings.Trim(strings.Join([]string{e.Name, e.Kind}, ","), ","))
	}
	return data.NewFrame("",
		data.NewField(fieldTime, nil, from), data.NewField(fieldTimeEnd, nil, to),
		data.NewField(fieldTitle, nil, title), data.NewField(fieldText, nil, text), data.NewField(fieldTags, nil, tags))
}
