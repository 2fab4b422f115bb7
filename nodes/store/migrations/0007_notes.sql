-- What is written in the thread of a case at its home. What a host writes is among the letters.
CREATE TABLE case_note (
	id      TEXT PRIMARY KEY,
	case_id TEXT NOT NULL,
	member  TEXT NOT NULL,
	side    TEXT NOT NULL CHECK (side IN ('member', 'adviser')), -- who wrote it
	account TEXT NOT NULL,
	name    TEXT NOT NULL,
	at      TEXT NOT NULL,
	text    TEXT NOT NULL
);
CREATE INDEX case_note_by_case ON case_note (case_id, at, id);

-- Up to when a side has read the thread of a case: the member, the advisers at home, or here as host of another's case.
CREATE TABLE case_read (
	home    TEXT NOT NULL,
	case_id TEXT NOT NULL,
	side    TEXT NOT NULL CHECK (side IN ('member', 'adviser', 'host')),
	member  TEXT NOT NULL, -- empty of a host
	at      TEXT NOT NULL,
	PRIMARY KEY (home, case_id, side)
);
