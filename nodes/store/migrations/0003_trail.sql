-- Who saw or changed which record of whose, when and why. Written before a person is shown another's data, and in the transaction of a change;
-- never changed, never removed. It names records by id and quotes nothing of them.
CREATE TABLE trail (
	id      {{.Identity}} PRIMARY KEY,
	at      TEXT NOT NULL,
	act     TEXT NOT NULL, -- saw, changed
	account TEXT NOT NULL, -- opaque id
	name    TEXT NOT NULL, -- of the account at the time
	roles   TEXT NOT NULL, -- at the time
	purpose TEXT NOT NULL, -- of the route: "see an invoice"
	kind    TEXT NOT NULL, -- invoice, draft, activity, member, ...
	record  TEXT NOT NULL, -- id
	member  TEXT NOT NULL, -- whose; empty for nobody's
	request TEXT NOT NULL  -- reference of the request
);
CREATE INDEX trail_by_member ON trail (member, id);
{{appendOnly "trail"}}
