-- What this node and others write to each other about mobility cases, as it reads once the seal is open, and where it is host: its own file of
-- another's case. The body is empty once it is erased; the row stays and tells that there was a message.
CREATE TABLE peer_key (
	country TEXT PRIMARY KEY,
	number  BIGINT NOT NULL,
	id      TEXT NOT NULL,
	public  {{.Blob}} NOT NULL
);

CREATE TABLE case_letter (
	way         TEXT NOT NULL CHECK (way IN ('sent', 'taken')),
	peer        TEXT NOT NULL,
	message     TEXT NOT NULL,
	version     BIGINT NOT NULL,
	home        TEXT NOT NULL,
	case_id     TEXT NOT NULL,
	flow        TEXT NOT NULL,
	kind        TEXT NOT NULL,
	in_reply_to TEXT NOT NULL,
	rule_set    TEXT NOT NULL,
	at          TEXT NOT NULL,
	account     TEXT NOT NULL,
	name        TEXT NOT NULL,
	sent_at     TEXT NOT NULL, -- empty while it waits for the other's key; renewed when it is sent again
	answered_at TEXT NOT NULL,
	refused     TEXT NOT NULL,
	invalid_at  TEXT NOT NULL,
	body        {{.Blob}} NOT NULL, -- empty once it is erased
	PRIMARY KEY (way, peer, message, version)
);
CREATE INDEX case_letter_case ON case_letter (home, case_id, at);
CREATE INDEX case_letter_open ON case_letter (sent_at) WHERE way = 'sent' AND answered_at = '';

CREATE TABLE case_letter_document (
	way        TEXT NOT NULL,
	peer       TEXT NOT NULL,
	message    TEXT NOT NULL,
	version    BIGINT NOT NULL,
	number     BIGINT NOT NULL, -- from 1
	kind       TEXT NOT NULL,
	media_type TEXT NOT NULL,
	size       BIGINT NOT NULL,
	sha256     TEXT NOT NULL,
	content    {{.Blob}} NOT NULL,
	PRIMARY KEY (way, peer, message, version, number),
	FOREIGN KEY (way, peer, message, version) REFERENCES case_letter (way, peer, message, version)
);

-- Sealed parts of a message that wait for the others.
CREATE TABLE case_letter_part (
	peer    TEXT NOT NULL,
	message TEXT NOT NULL,
	version BIGINT NOT NULL,
	part    BIGINT NOT NULL,
	body    {{.Blob}} NOT NULL,
	PRIMARY KEY (peer, message, version, part)
);

CREATE TABLE host_case (
	home      TEXT NOT NULL,
	id        TEXT NOT NULL,
	state     TEXT NOT NULL,
	first_day TEXT NOT NULL,
	last_day  TEXT NOT NULL,
	asked_at  TEXT NOT NULL,
	closed_on TEXT NOT NULL, -- empty while it is open
	ends_on   TEXT NOT NULL, -- last day of our access
	PRIMARY KEY (home, id)
);
CREATE INDEX host_case_day ON host_case (last_day);

-- The random name under which a member's cases of one year are told to the hub: another than that of his invoices, so that nobody joins the two.
CREATE TABLE case_pseudonym (
	member    TEXT   NOT NULL REFERENCES member (id),
	year      BIGINT NOT NULL,
	pseudonym TEXT   NOT NULL UNIQUE,
	PRIMARY KEY (member, year)
);
