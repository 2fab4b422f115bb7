-- The head of our channel to each peer: what the next message continues.
CREATE TABLE fed_sending (
	peer  TEXT   PRIMARY KEY,
	epoch BIGINT NOT NULL,
	next  BIGINT NOT NULL, -- sequence of the message to come
	head  TEXT   NOT NULL  -- hash of the last one
);

-- Apart from fed_sending, so that sending and filing receipts do not wait for each other.
CREATE TABLE fed_answered (
	peer      TEXT   PRIMARY KEY,
	epoch     BIGINT NOT NULL,
	receipted BIGINT NOT NULL -- every message up to here has its receipt
);

-- What this party sent. A row is written with the business change it tells of.

CREATE TABLE fed_outbox (
	peer        TEXT   NOT NULL,
	epoch       BIGINT NOT NULL,
	sequence    BIGINT NOT NULL,
	id          TEXT   NOT NULL,
	type        TEXT   NOT NULL,
	hash        TEXT   NOT NULL,
	frame       {{.Blob}} NOT NULL, -- the exact signed bytes
	traceparent TEXT   NOT NULL,
	written_at  TEXT   NOT NULL,
	PRIMARY KEY (peer, epoch, sequence)
);
{{appendOnly "fed_outbox"}}

-- The peer's signed answer to a message of ours.
CREATE TABLE fed_receipt (
	peer       TEXT   NOT NULL,
	epoch      BIGINT NOT NULL,
	sequence   BIGINT NOT NULL,
	outcome    TEXT   NOT NULL,
	frame      {{.Blob}} NOT NULL,
	received_at TEXT  NOT NULL,
	PRIMARY KEY (peer, epoch, sequence),
	FOREIGN KEY (peer, epoch, sequence) REFERENCES fed_outbox (peer, epoch, sequence)
);
{{appendOnly "fed_receipt"}}
CREATE INDEX fed_receipt_refused ON fed_receipt (peer, epoch, sequence) WHERE outcome = 'refused';

-- How far each peer's channel to us has come.
CREATE TABLE fed_receiving (
	peer       TEXT    PRIMARY KEY,
	epoch      BIGINT  NOT NULL,
	next       BIGINT  NOT NULL,
	head       TEXT    NOT NULL,
	frozen     BOOLEAN NOT NULL,
	waiting_for TEXT   NOT NULL, -- an event type this program does not know yet; the channel goes on once it does
	heard_at   TEXT    NOT NULL
);

-- What this party received and consumed, with the answer it gave.
CREATE TABLE fed_inbox (
	peer       TEXT   NOT NULL,
	epoch      BIGINT NOT NULL,
	sequence   BIGINT NOT NULL,
	id         TEXT   NOT NULL,
	type       TEXT   NOT NULL,
	hash       TEXT   NOT NULL,
	frame      {{.Blob}} NOT NULL,
	outcome    TEXT   NOT NULL,
	receipt    {{.Blob}} NOT NULL,
	consumed_at TEXT  NOT NULL,
	PRIMARY KEY (peer, epoch, sequence)
);
{{appendOnly "fed_inbox"}}

-- Arrived too early; waits for what is missing before it. Bounded per peer.
CREATE TABLE fed_parked (
	peer     TEXT   NOT NULL,
	epoch    BIGINT NOT NULL,
	sequence BIGINT NOT NULL,
	hash     TEXT   NOT NULL,
	frame    {{.Blob}} NOT NULL,
	PRIMARY KEY (peer, epoch, sequence)
);

-- Two signed histories of one number: evidence, kept for ever.
CREATE TABLE fed_fork (
	peer     TEXT   NOT NULL,
	epoch    BIGINT NOT NULL,
	sequence BIGINT NOT NULL,
	hash     TEXT   NOT NULL,
	frame    {{.Blob}} NOT NULL,
	seen_at  TEXT   NOT NULL,
	PRIMARY KEY (peer, epoch, sequence, hash)
);
{{appendOnly "fed_fork"}}

-- Samples of what could not be accepted, the newest of each stream, and how often each reason was met.
CREATE TABLE fed_quarantine (
	id      {{.Identity}} PRIMARY KEY,
	stream  TEXT NOT NULL,
	code    TEXT NOT NULL,
	sample  {{.Blob}} NOT NULL,
	seen_at TEXT NOT NULL
);
CREATE INDEX fed_quarantine_newest ON fed_quarantine (stream, id);
CREATE TABLE fed_rejected (
	stream TEXT   NOT NULL,
	code   TEXT   NOT NULL,
	times  BIGINT NOT NULL,
	PRIMARY KEY (stream, code)
);
