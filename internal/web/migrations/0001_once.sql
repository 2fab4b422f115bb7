-- What was carried out under which idempotency key, and what was answered.
CREATE TABLE once_request (
    account TEXT   NOT NULL,
    key     TEXT   NOT NULL,
    request {{.Blob}} NOT NULL, -- SHA-256 of method, address and body
    at      TEXT   NOT NULL,
    status  BIGINT NOT NULL DEFAULT 0, -- of the answer; 0 until it is kept
    header  TEXT   NOT NULL DEFAULT '{}',
    body    {{.Blob}},
    PRIMARY KEY (account, key)
);
CREATE INDEX once_request_at ON once_request (at);
