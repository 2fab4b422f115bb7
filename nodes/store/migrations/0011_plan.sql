-- What this co-operative told the board's hub of its part of the investment plan: that money came, and why a condition holds. The body is the event.
CREATE TABLE plan_statement (
	number    {{.Identity}} PRIMARY KEY,
	tranche   TEXT   NOT NULL,
	condition BIGINT NOT NULL, -- 0 for a confirmation
	said_at   TEXT   NOT NULL,
	said_by   TEXT   NOT NULL, -- opaque id of the account, empty where a backup has lost it
	type      TEXT   NOT NULL,
	body      {{.Blob}} NOT NULL
);
CREATE UNIQUE INDEX plan_confirmation ON plan_statement (tranche) WHERE condition = 0;
{{appendOnly "plan_statement"}}
