package shop

import (
	"slices"
	"time"
)

// Release is a deployment of a service besides those in its turn, of which there are none for a deploymentPeriod after it.
type Release struct {
	Service string
	// At is when the canary gets the new version. The other instances follow, unless it is rolled back before.
	At time.Time
	// RolledBack is when the canary gets the version before again; the zero time where the release stays.
	RolledBack time.Time
}

// Canaries returns two releases of checkout in the hour before end, the second of which is bad, and what goes wrong in it.
func Canaries(end time.Time) ([]Release, Incident) {
	good := Release{Service: "checkout", At: end.Add(-48 * time.Minute)}
	bad, incident := badCanary(end.Add(-20 * time.Minute))
	return []Release{good, bad}, incident
}

// badCanary returns a release of checkout whose canary fails 3 requests in 10, and is rolled back after 12 minutes.
func badCanary(at time.Time) (Release, Incident) {
	end := at.Add(12 * time.Minute)
	return Release{Service: "checkout", At: at, RolledBack: end},
		Incident{Name: "bad canary of checkout", Service: "checkout", Track: "canary", From: at, To: end, Errors: .3}
}

// rollouts are the releases of a shop, the oldest first.
type rollouts struct{ releases []Release }

// add adds releases.
func (r *rollouts) add(more ...Release) {
	r.releases = append(r.releases, more...)
	slices.SortStableFunc(r.releases, func(a, b Release) int { return a.At.Compare(b.At) })
}

// runningAt returns the start of the deployment whose version an instance of a service runs at t, which gets versions later than the
// canary by a delay.
func (r *rollouts) runningAt(service string, t time.Time, delay time.Duration) time.Time {
	turn := turnAt(service, t.Add(-delay))
	for _, release := range slices.Backward(r.releases) {
		if release.Service != service || t.Before(release.At.Add(delay)) {
			continue
		}
		if !turn.Before(release.At.Add(deploymentPeriod)) {
			break
		}
		if release.RolledBack.IsZero() || t.Before(release.RolledBack) {
			return release.At
		}
		turn = turnAt(service, earlier(t.Add(-delay), release.At))
	}
	return turn
}

// turnAt returns the start of the newest deployment at t that a service got in its turn. The services take turns.
func turnAt(name string, t time.Time) time.Time {
	turn := time.Duration(0)
	for i, s := range services {
		if s.name == name {
			turn = time.Duration(i) * deploymentPeriod / time.Duration(len(services))
		}
	}
	return t.Add(-turn).UTC().Truncate(deploymentPeriod).Add(turn)
}

// versionOf returns the version of a deployment by its start, such as 2026.11.02-1424.
func versionOf(deployment time.Time) string { return deployment.UTC().Format("2006.01.02-1504") }
