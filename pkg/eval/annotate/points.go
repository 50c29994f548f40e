package annotate

import (
	"fmt"
	"time"
)

// Points are the instants at which something holds.
type Points struct {
	// Count is how many there are, of All instants. First and Last are the positions of the oldest and the newest one.
	Count, First, Last, All int
	// From and To are the times of the oldest and the newest one; zero where they are not printed.
	From, To time.Time
	// Ends says that the instants are the two ends of a range.
	Ends bool
}

// Add counts an instant that is as new as the newest one, which counts once, or newer.
func (p *Points) Add(i int) {
	if p.Count == 0 {
		p.First = i
	}
	if p.Count == 0 || p.Last != i {
		p.Count, p.Last = p.Count+1, i
	}
}

// IsNow reports whether the newest instant is among the points.
func (p Points) IsNow() bool { return p.Count > 0 && p.Last == p.All-1 }

// String prints the points, such as "all 61 points", "3 of 61 points (07:42 to 07:49 UTC)" or "the end of the range".
func (p Points) String() string {
	if !p.Ends {
		return ofPoints(p.Count, p.All) + p.when()
	}
	switch {
	case p.Count == 2:
		return "both ends of the range"
	case p.Last == 1:
		return "the end of the range"
	default:
		return "the start of the range"
	}
}

// when prints the span of time of the points behind their number; "" where they are all there are.
func (p Points) when() string {
	switch {
	case p.Count == p.All || p.From.IsZero():
		return ""
	case p.From.Equal(p.To):
		return " (" + Time(p.To) + ")"
	case p.From.UTC().Truncate(day).Equal(p.To.UTC().Truncate(day)):
		return " (" + p.From.UTC().Format("2 Jan 15:04 to ") + p.To.UTC().Format("15:04 UTC") + ")"
	default:
		return " (" + p.From.UTC().Format("2 Jan 15:04 to ") + Time(p.To) + ")"
	}
}

// ofPoints prints a number of points: all 61 points, or 3 of 61 points.
func ofPoints(n, of int) string {
	switch {
	case of == 1:
		return "this instant"
	case n == of:
		return fmt.Sprintf("all %d points", n)
	default:
		return fmt.Sprintf("%d of %d points", n, of)
	}
}
