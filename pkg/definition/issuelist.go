package definition

import "fmt"

// maxIssues is how many things that are wrong, and how many that are doubtful, are listed of a file.
const maxIssues = 500

// issueList collects the issues of a file, each sentence once at a place: an alias repeats what it names.
type issueList struct {
	issues Issues
	// known are the positions of the issues.
	known map[issueKey]int
	// refusals counts what is wrong, and what is wrong again under an alias.
	refusals int
	// faults are sentences on what is wrong that withholds a flow's score, and again under an alias.
	faults []string
	// wrong and doubtful are how many of the issues are refusals, and warnings.
	wrong, doubtful int
	// stopped says that the rest of the file is not read.
	stopped bool
}

// issueKey tells issues apart.
type issueKey struct {
	line, column int
	message      string
}

// full reports whether no more is listed that is wrong.
func (l *issueList) full() bool { return l.wrong >= maxIssues }

// takes reports whether there is room for one more issue.
func (l *issueList) takes(warning bool) bool {
	if warning {
		return l.doubtful <= maxIssues
	}
	return !l.full()
}

// add adds an issue unless it is known or there is no room for it.
func (l *issueList) add(issue Issue) {
	works := issue.Warning || issue.Withholds
	if !works {
		l.refusals++
	}
	key := issueKey{issue.Line, issue.Column, issue.Message}
	at, isKnown := l.known[key]
	switch {
	case isKnown:
		l.issues[at].Path = min(l.issues[at].Path, issue.Path)
		return
	case !l.takes(works):
		return
	case works:
		l.doubtful++
		if l.doubtful > maxIssues {
			issue.Text, issue.Message = "", fmt.Sprintf("there are more than %d warnings; the others are not listed", maxIssues)
		}
	default:
		l.wrong++
	}
	if l.known == nil {
		l.known = map[issueKey]int{}
	}
	l.known[key] = len(l.issues)
	l.issues = append(l.issues, issue)
}

// stop adds why the rest of the file is not read.
func (l *issueList) stop(issue Issue) {
	l.stopped = true
	l.issues = append(l.issues, issue)
}
