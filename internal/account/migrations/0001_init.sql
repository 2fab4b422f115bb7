-- Who may come in, by what, and what happened at the door. Secrets are kept as hashes; only the secret of one-time codes has to be
-- there as it is, since both sides compute with it.

CREATE TABLE account (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    email         TEXT NOT NULL,
    email_key     TEXT NOT NULL UNIQUE, -- in small letters
    roles         TEXT NOT NULL,        -- with a space between
    member        TEXT NOT NULL,        -- id of the member that the person is, if he is one
    language      TEXT NOT NULL,
    password      TEXT NOT NULL,        -- argon2id with its parameters; empty: none yet
    totp          TEXT NOT NULL,        -- secret of the one-time codes; empty: none
    totp_new      TEXT NOT NULL,        -- one that waits for its first code
    totp_step     BIGINT NOT NULL,      -- the last that counted, so that none counts twice
    subject       TEXT NOT NULL,        -- name at the identity provider, once he came from there
    demonstration BOOLEAN NOT NULL,     -- let in without a password, and by the demonstration alone
    made_at       TEXT NOT NULL,
    disabled_at   TEXT NOT NULL
);
CREATE UNIQUE INDEX account_subject ON account (subject) WHERE subject <> '';

CREATE TABLE account_session (
    hash    TEXT PRIMARY KEY, -- of the token in the cookie
    account TEXT NOT NULL REFERENCES account (id),
    stage   TEXT NOT NULL,
    began   TEXT NOT NULL,
    seen    TEXT NOT NULL,
    address TEXT NOT NULL,
    agent   TEXT NOT NULL
);
CREATE INDEX account_session_account ON account_session (account);

CREATE TABLE account_recovery (
    hash    TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id),
    used_at TEXT NOT NULL
);
CREATE INDEX account_recovery_account ON account_recovery (account);

CREATE TABLE account_passkey (
    id         TEXT PRIMARY KEY, -- of the credential, base64url
    account    TEXT NOT NULL REFERENCES account (id),
    name       TEXT NOT NULL,
    credential TEXT NOT NULL, -- JSON
    made_at    TEXT NOT NULL,
    used_at    TEXT NOT NULL
);
CREATE INDEX account_passkey_account ON account_passkey (account);

CREATE TABLE account_challenge ( -- what was asked of a passkey or an identity provider, until it answers
    hash    TEXT PRIMARY KEY,
    kind    TEXT NOT NULL,
    account TEXT NOT NULL, -- empty: whoever answers
    content TEXT NOT NULL, -- JSON
    until   TEXT NOT NULL
);

CREATE TABLE account_link ( -- one-time links: invitations and forgotten passwords
    hash    TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id),
    kind    TEXT NOT NULL,
    made_at TEXT NOT NULL,
    until   TEXT NOT NULL,
    used_at TEXT NOT NULL
);
CREATE INDEX account_link_account ON account_link (account);

CREATE TABLE account_token ( -- of programs
    hash       TEXT PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    roles      TEXT NOT NULL,
    member     TEXT NOT NULL,
    made_at    TEXT NOT NULL,
    until      TEXT NOT NULL,
    revoked_at TEXT NOT NULL
);

CREATE TABLE account_try ( -- of a sign-in: how many failed in a row, and when the next one counts
    key      TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    last     TEXT NOT NULL,
    free     TEXT NOT NULL
);

CREATE TABLE account_event ( -- the security log
    id      {{.Identity}} PRIMARY KEY,
    at      TEXT NOT NULL,
    event   TEXT NOT NULL,
    account TEXT NOT NULL, -- whose; empty where nobody is known by that name
    actor   TEXT NOT NULL, -- the account that did it
    address TEXT NOT NULL,
    request TEXT NOT NULL, -- reference in the program's own log
    note    TEXT NOT NULL
);
CREATE INDEX account_event_account ON account_event (account, id);

{{appendOnly "account_event"}}
