-- A person who works through the co-operative.
CREATE TABLE member (
	id         TEXT PRIMARY KEY,
	reference  TEXT NOT NULL UNIQUE, -- the co-operative's own number for the person
	name       TEXT NOT NULL,
	kind       TEXT NOT NULL,
	created_at TEXT NOT NULL
);

-- The random name under which a member's documents of one year leave the country.
CREATE TABLE member_pseudonym (
	member    TEXT   NOT NULL REFERENCES member (id),
	year      BIGINT NOT NULL,
	pseudonym TEXT   NOT NULL UNIQUE,
	PRIMARY KEY (member, year)
);

-- A member's mini-structure. Its budget is in the ledger.
CREATE TABLE activity (
	id         TEXT PRIMARY KEY,
	reference  TEXT NOT NULL UNIQUE,
	member     TEXT NOT NULL REFERENCES member (id),
	name       TEXT NOT NULL,
	created_at TEXT NOT NULL
);
CREATE INDEX activity_member ON activity (member);

CREATE TABLE buyer (
	id         TEXT PRIMARY KEY,
	name       TEXT NOT NULL,
	country    TEXT NOT NULL,
	vat_id     TEXT NOT NULL,
	party      {{.Blob}} NOT NULL, -- contracts.Party as JSON
	created_at TEXT NOT NULL
);
CREATE UNIQUE INDEX buyer_vat_id ON buyer (vat_id) WHERE vat_id <> '';
CREATE INDEX buyer_name ON buyer (name, country);

-- What is being written. Issuing turns it into a document and removes it.
CREATE TABLE draft (
	id         TEXT PRIMARY KEY,
	activity   TEXT NOT NULL REFERENCES activity (id),
	body       {{.Blob}} NOT NULL, -- outbound.Draft as JSON
	created_at TEXT NOT NULL
);

-- Issued invoices and credit notes: history. Only what is still open changes, with each payment or credit.
CREATE TABLE document (
	id           TEXT   PRIMARY KEY,
	kind         TEXT   NOT NULL, -- invoice, credit_note
	number       TEXT   NOT NULL UNIQUE,
	activity     TEXT   NOT NULL REFERENCES activity (id),
	member       TEXT   NOT NULL REFERENCES member (id),
	buyer        TEXT   NOT NULL,
	buyer_country TEXT  NOT NULL,
	service      TEXT   NOT NULL,
	issue_date   TEXT   NOT NULL,
	supply_date  TEXT   NOT NULL,
	due_date     TEXT   NOT NULL,
	currency     TEXT   NOT NULL,
	net          BIGINT NOT NULL,
	tax          BIGINT NOT NULL,
	payable      BIGINT NOT NULL,
	rate         TEXT   NOT NULL, -- of the contribution, percent
	contribution BIGINT NOT NULL, -- guarantee-fund share included
	guarantee    BIGINT NOT NULL,
	corrects     TEXT   NOT NULL, -- the invoice a credit note takes back
	open         BIGINT NOT NULL, -- of an invoice: payable less payments and credit notes; the ledger holds the same
	origin       TEXT   NOT NULL, -- issued, imported
	fingerprint  TEXT   NOT NULL, -- of the imported line
	body         {{.Blob}} NOT NULL, -- contracts.Invoice or CreditNote as JSON
	recorded_at  TEXT   NOT NULL
);
CREATE INDEX document_by_date ON document (issue_date, id);
CREATE INDEX document_by_activity ON document (activity, issue_date, id);
CREATE INDEX document_open ON document (due_date, id, currency, open) WHERE open <> 0;
CREATE INDEX document_corrects ON document (corrects) WHERE corrects <> '';
{{if .Postgres}}
CREATE FUNCTION document_is_history() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
	IF TG_OP = 'DELETE' OR NEW.open IS NOT DISTINCT FROM OLD.open OR to_jsonb(NEW) - 'open' <> to_jsonb(OLD) - 'open' THEN
		RAISE EXCEPTION 'an issued document is history' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER document_history BEFORE UPDATE OR DELETE ON document FOR EACH ROW EXECUTE FUNCTION document_is_history();
{{else}}
CREATE TRIGGER document_no_delete BEFORE DELETE ON document BEGIN SELECT RAISE(ABORT, 'an issued document is history'); END;
CREATE TRIGGER document_no_update BEFORE UPDATE OF id, kind, number, activity, member, buyer, buyer_country, service, issue_date, supply_date, due_date, currency,
	net, tax, payable, rate, contribution, guarantee, corrects, origin, fingerprint, body, recorded_at ON document
	BEGIN SELECT RAISE(ABORT, 'an issued document is history'); END;
{{end}}

CREATE TABLE payment (
	invoice     TEXT   NOT NULL REFERENCES document (id),
	sequence    BIGINT NOT NULL, -- 1 for the first payment of the invoice
	paid_on     TEXT   NOT NULL,
	amount      BIGINT NOT NULL,
	currency    TEXT   NOT NULL,
	recorded_at TEXT   NOT NULL,
	PRIMARY KEY (invoice, sequence)
);
{{appendOnly "payment"}}

-- The last number given in a series; no number is ever skipped.
CREATE TABLE number_series (
	series TEXT   PRIMARY KEY,
	last   BIGINT NOT NULL
);

-- The reports filed, newest version last.
CREATE TABLE monthly_report (
	month    TEXT   NOT NULL,
	currency TEXT   NOT NULL,
	version  BIGINT NOT NULL,
	body     {{.Blob}} NOT NULL,
	filed_at TEXT   NOT NULL,
	PRIMARY KEY (month, currency, version)
);
{{appendOnly "monthly_report"}}

-- A file of past invoices on its way in.
CREATE TABLE import_job (
	id         TEXT   PRIMARY KEY,
	file       {{.Blob}} NOT NULL,
	state      TEXT   NOT NULL, -- checked, running, done, failed
	done       BIGINT NOT NULL,
	total      BIGINT NOT NULL,
	result     {{.Blob}} NOT NULL, -- outbound.ImportResult as JSON
	created_at TEXT   NOT NULL
);

-- Settings that outlive a restart, such as the profile last published.
CREATE TABLE node_state (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
);
