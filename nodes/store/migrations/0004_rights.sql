-- How a member is reached; his to correct.
CREATE TABLE member_contact (
	member      TEXT PRIMARY KEY REFERENCES member (id),
	email       TEXT NOT NULL,
	phone       TEXT NOT NULL,
	street      TEXT NOT NULL,
	postal_code TEXT NOT NULL,
	town        TEXT NOT NULL,
	country     TEXT NOT NULL,
	changed_at  TEXT NOT NULL
);

-- Members who were erased, or will be as soon as the law lets go of their documents.
CREATE TABLE erasure (
	subject    TEXT PRIMARY KEY, -- SHA-256 of the member's id
	member     TEXT NOT NULL,    -- the id while something is kept or documents name it; else empty
	asked_at   TEXT NOT NULL,
	reason     TEXT NOT NULL,
	keep_until TEXT NOT NULL,    -- day after which nothing needs to be kept; empty when nothing is
	done_at    TEXT NOT NULL     -- empty until everything is gone that goes
);

-- What was erased: how many of what kind, by which rule. It names nobody.
CREATE TABLE erasure_log (
	id      {{.Identity}} PRIMARY KEY,
	at      TEXT   NOT NULL,
	account TEXT   NOT NULL, -- who had it done; empty for the daily run
	kind    TEXT   NOT NULL, -- document, draft, buyer, import, member
	subject TEXT   NOT NULL, -- SHA-256 of the member's id, of a member
	count   BIGINT NOT NULL,
	rule    TEXT   NOT NULL
);
{{appendOnly "erasure_log"}}

-- A document past its period keeps its amounts, on which the books rest, and loses who bought what. That is the one change history allows:
-- once, of nothing else, and not while money is open.
ALTER TABLE document ADD COLUMN erased_at TEXT NOT NULL DEFAULT '';
{{if .Postgres}}
CREATE OR REPLACE FUNCTION document_is_history() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
	IF TG_OP = 'UPDATE' AND NEW.open IS DISTINCT FROM OLD.open AND to_jsonb(NEW) - 'open' = to_jsonb(OLD) - 'open' THEN
		RETURN NEW;
	END IF;
	IF TG_OP = 'UPDATE' AND OLD.erased_at = '' AND NEW.erased_at <> '' AND NEW.buyer = '' AND NEW.fingerprint = '' AND OLD.open = 0
		AND to_jsonb(NEW) - '{erased_at,buyer,fingerprint,body}'::text[] = to_jsonb(OLD) - '{erased_at,buyer,fingerprint,body}'::text[] THEN
		RETURN NEW;
	END IF;
	RAISE EXCEPTION 'an issued document is history' USING ERRCODE = 'integrity_constraint_violation';
END $$;
{{else}}
DROP TRIGGER document_no_update;
CREATE TRIGGER document_no_update BEFORE UPDATE OF id, kind, number, activity, member, buyer_country, service, issue_date, supply_date, due_date, currency,
	net, tax, payable, rate, contribution, guarantee, corrects, origin, recorded_at ON document
	BEGIN SELECT RAISE(ABORT, 'an issued document is history'); END;
CREATE TRIGGER document_erase_once BEFORE UPDATE OF buyer, fingerprint, body, erased_at ON document
	WHEN NOT (OLD.erased_at = '' AND NEW.erased_at <> '' AND NEW.buyer = '' AND NEW.fingerprint = '' AND OLD.open = 0 AND NEW.open = 0)
	BEGIN SELECT RAISE(ABORT, 'an issued document is history'); END;
{{end}}
CREATE INDEX document_unerased ON document (issue_date, id) WHERE erased_at = '';
