-- Documents on their way to buyers and authorities, as they were written. The row keeps how one stands; each step is an event that stays.
CREATE TABLE parcel (
	name     TEXT PRIMARY KEY, -- the same at each try
	document TEXT NOT NULL REFERENCES document (id),
	member   TEXT NOT NULL,
	channel  TEXT NOT NULL,
	format   TEXT NOT NULL,
	status   TEXT NOT NULL,
	tries    BIGINT NOT NULL,
	due_at   TEXT NOT NULL, -- of the next try; empty when there is none
	about    {{.Blob}} NOT NULL, -- JSON
	content  {{.Blob}} NOT NULL,
	kept_at  TEXT NOT NULL
);
CREATE INDEX parcel_document ON parcel (document);
CREATE INDEX parcel_due ON parcel (due_at) WHERE status = 'waiting';

CREATE TABLE parcel_event (
	id     {{.Identity}} PRIMARY KEY,
	parcel TEXT NOT NULL,
	at     TEXT NOT NULL,
	status TEXT NOT NULL,
	reason TEXT NOT NULL,
	source TEXT NOT NULL
);
CREATE INDEX parcel_event_parcel ON parcel_event (parcel, id);
{{appendOnly "parcel_event"}}

-- Invoices of suppliers, kept exactly as they came.
CREATE TABLE expense (
	id          TEXT PRIMARY KEY,
	member      TEXT NOT NULL REFERENCES member (id),
	activity    TEXT NOT NULL REFERENCES activity (id),
	supplier    TEXT NOT NULL,
	number      TEXT NOT NULL,
	issue_date  TEXT NOT NULL,
	sha256      TEXT NOT NULL,
	body        {{.Blob}} NOT NULL, -- JSON
	content     {{.Blob}} NOT NULL,
	recorded_at TEXT NOT NULL,
	UNIQUE (member, sha256)
);
CREATE INDEX expense_member ON expense (member, issue_date);
