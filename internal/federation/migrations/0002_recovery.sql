-- The key that speaks on a channel, from the next number on: ours to each peer, and each peer's to us. Empty until it has spoken.
ALTER TABLE fed_sending ADD COLUMN key TEXT NOT NULL DEFAULT '';
ALTER TABLE fed_receiving ADD COLUMN key TEXT NOT NULL DEFAULT '';

-- A message that was consumed in an earlier epoch is known again by its id.
CREATE INDEX fed_inbox_id ON fed_inbox (peer, id);
CREATE INDEX fed_outbox_id ON fed_outbox (peer, id);

-- What each peer said last of where it stands, and whether its history of us is ours.
CREATE TABLE fed_standing (
	peer      TEXT   PRIMARY KEY,
	agreement TEXT   NOT NULL,
	consumed  BIGINT NOT NULL, -- of our messages
	written   BIGINT NOT NULL, -- of its own
	registry  BIGINT NOT NULL, -- entries it knows
	said_at   TEXT   NOT NULL, -- by its clock
	heard_at  TEXT   NOT NULL  -- by ours
);

-- A copy of old books. Nothing is written to the peer before it has told where it stands.
CREATE TABLE fed_restored (
	peer        TEXT PRIMARY KEY,
	restored_at TEXT NOT NULL
);

-- The entries of the registry this party knows.
CREATE TABLE fed_registry (
	number   BIGINT PRIMARY KEY,
	line     {{.Blob}} NOT NULL, -- the exact signed bytes
	known_at TEXT NOT NULL
);
{{appendOnly "fed_registry"}}
