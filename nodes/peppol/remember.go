package peppol

import (
	"context"
	"sync"
	"time"
)

// How long an answer is believed without asking again: a buyer who joins the network is found within minutes.
const (
	yesHolds = time.Hour
	noHolds  = 2 * time.Minute
)

// mostAnswers bounds what is remembered.
const mostAnswers = 5000

// Remembered is a directory that remembers its answers for a while. Not to know is never remembered. It may be used by many at once.
type Remembered struct {
	*Directory
	mu      sync.Mutex
	answers map[asked]told
}

type asked struct {
	participant       Participant
	document, process string
}

type told struct {
	service Service
	err     error
	until   time.Time
}

// Receives is Directory.Receives, or what it said a short while ago.
func (r *Remembered) Receives(ctx context.Context, p Participant, document, process string) (Service, error) {
	key := asked{p, document, process}
	r.mu.Lock()
	known, found := r.answers[key]
	r.mu.Unlock()
	if found && r.now().Before(known.until) {
		return known.service, known.err
	}
	service, err := r.Directory.Receives(ctx, p, document, process)
	switch {
	case err == nil:
		r.remember(key, told{service, nil, r.now().Add(yesHolds)})
	case IsNo(err):
		r.remember(key, told{service, err, r.now().Add(noHolds)})
	}
	return service, err
}

// remember forgets everything when there is too much: asking again is cheap.
func (r *Remembered) remember(key asked, t told) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.answers == nil || len(r.answers) >= mostAnswers {
		r.answers = map[asked]told{}
	}
	r.answers[key] = t
}
