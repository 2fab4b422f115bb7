-- The address by which a person's calendar reads trips and dates by itself. Whoever knows the address reads them, so only its digest is kept.
CREATE TABLE calendar_feed (
	account  TEXT PRIMARY KEY,
	digest   TEXT NOT NULL UNIQUE,
	language TEXT NOT NULL,
	made_at  TEXT NOT NULL
);

-- Reminders that were mailed, once to each account.
CREATE TABLE case_reminder_mail (
	case_id TEXT NOT NULL,
	key     TEXT NOT NULL,
	account TEXT NOT NULL,
	member  TEXT NOT NULL, -- whose case it is
	sent_at TEXT NOT NULL,
	PRIMARY KEY (case_id, key, account)
);
