package store

import (
	"context"
	"database/sql"
	"encoding/json"

	"passerelle/contracts"
	"passerelle/hub/meeting"
	"passerelle/hub/outlook"
	"passerelle/internal/storage"
)

// Scenarios implements outlook.ScenarioStore.
func (r Reader) Scenarios(ctx context.Context, c contracts.CountryCode) ([]outlook.Scenario, error) {
	return storage.All(ctx, r.q, func(row *sql.Rows) (s outlook.Scenario, err error) {
		var made storage.Instant
		var body string
		if err = row.Scan(&s.ID, &s.Country, &s.Name, &made, &s.By, &body); err != nil {
			return s, err
		}
		s.Made = made.Time
		return s, json.Unmarshal([]byte(body), &s.Change)
	}, `SELECT id, country, name, made, made_by, body FROM scenario WHERE country = $1 ORDER BY made, name`, string(c))
}

// AddScenario implements outlook.ScenarioStore.
func (w Writer) AddScenario(ctx context.Context, s outlook.Scenario) error {
	body, err := json.Marshal(s.Change)
	if err != nil {
		return err
	}
	_, err = w.tx.ExecContext(ctx, `INSERT INTO scenario (id, country, name, made, made_by, body) VALUES ($1, $2, $3, $4, $5, $6)`,
		s.ID, string(s.Country), s.Name, storage.At(s.Made), s.By, string(body))
	return err
}

// RemoveScenario implements outlook.ScenarioStore.
func (w Writer) RemoveScenario(ctx context.Context, c contracts.CountryCode, id string) error {
	_, err := w.tx.ExecContext(ctx, `DELETE FROM scenario WHERE country = $1 AND id = $2`, string(c), id)
	return err
}

var _ outlook.ScenarioStore = Writer{}

// meetingBook is the book of the meetings in the table book_entry.
const meetingBook = "meetings"

// MeetingEntries implements meeting.Reader.
func (r Reader) MeetingEntries(ctx context.Context) ([]meeting.Entry, error) {
	return bookEntries(ctx, r.q, meetingBook, meeting.ReadAct)
}

// AddMeetingEntry implements meeting.Store.
func (w Writer) AddMeetingEntry(ctx context.Context, e meeting.Entry) error {
	return addBookEntry(ctx, w.tx, meetingBook, e)
}

// KeepPaper implements meeting.Store.
func (w Writer) KeepPaper(ctx context.Context, digest string, body []byte) error {
	_, err := w.tx.ExecContext(ctx, `INSERT INTO meeting_paper (digest, body) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING`, digest, body)
	return err
}

// MeetingPaper returns the bytes of a paper by its digest, false when it is not there.
func (r Reader) MeetingPaper(ctx context.Context, digest string) (body []byte, ok bool, err error) {
	ok, err = found(r.q.QueryRowContext(ctx, `SELECT body FROM meeting_paper WHERE digest = $1`, digest).Scan(&body))
	return body, ok, err
}

var _ meeting.Store = Writer{}
