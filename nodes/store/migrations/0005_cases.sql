-- A mobility case as it stands. Each event makes a new version; what it was before is in its history.
CREATE TABLE mobility_case (
	id         TEXT   PRIMARY KEY,
	member     TEXT   NOT NULL REFERENCES member (id),
	state      TEXT   NOT NULL,
	version    BIGINT NOT NULL,
	source     TEXT   NOT NULL, -- what it was proposed for; empty when somebody opened it
	start_date TEXT   NOT NULL, -- of the first trip; empty while there is none
	end_date   TEXT   NOT NULL,
	body       {{.Blob}} NOT NULL, -- casework.Case as JSON
	created_at TEXT   NOT NULL,
	changed_at TEXT   NOT NULL
);
CREATE INDEX mobility_case_by_member ON mobility_case (member, created_at, id);
CREATE INDEX mobility_case_by_state ON mobility_case (state, start_date, id);
CREATE UNIQUE INDEX mobility_case_source ON mobility_case (source) WHERE source <> '';

-- What happened to a case: who, when, by which rules on which facts. Never changed; it goes with the case as a whole, when that is erased.
CREATE TABLE case_history (
	case_id TEXT   NOT NULL,
	version BIGINT NOT NULL, -- of the case after it
	member  TEXT   NOT NULL,
	body    {{.Blob}} NOT NULL, -- casework.Entry as JSON
	PRIMARY KEY (case_id, version)
);

-- Documents of a case. One that was wrong is marked, and stays.
CREATE TABLE case_paper (
	id         TEXT   PRIMARY KEY,
	case_id    TEXT   NOT NULL,
	member     TEXT   NOT NULL,
	kind       TEXT   NOT NULL,
	name       TEXT   NOT NULL,
	media_type TEXT   NOT NULL,
	size       BIGINT NOT NULL,
	sha256     TEXT   NOT NULL,
	content    {{.Blob}} NOT NULL,
	added_at   TEXT   NOT NULL,
	account    TEXT   NOT NULL,
	invalid_on TEXT   NOT NULL -- empty while it holds
);
CREATE INDEX case_paper_by_case ON case_paper (case_id, added_at, id);
-- Reminders that were given, once each.
CREATE TABLE case_reminder (
	case_id  TEXT NOT NULL,
	key      TEXT NOT NULL,
	member   TEXT NOT NULL,
	due      TEXT NOT NULL,
	body     {{.Blob}} NOT NULL, -- casework.Reminder as JSON
	given_at TEXT NOT NULL,
	PRIMARY KEY (case_id, key)
);

-- Days of work that members enter, in any State.
CREATE TABLE work_day (
	member TEXT NOT NULL REFERENCES member (id),
	day    TEXT NOT NULL,
	state  TEXT NOT NULL,
	PRIMARY KEY (member, day, state)
);
{{if .Postgres}}
CREATE FUNCTION case_history_stays() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
	IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM mobility_case c WHERE c.id = OLD.case_id) THEN
		RETURN OLD;
	END IF;
	RAISE EXCEPTION 'the history of a case is not changed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER case_history_stays BEFORE UPDATE OR DELETE ON case_history FOR EACH ROW EXECUTE FUNCTION case_history_stays();
CREATE FUNCTION case_paper_stays() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
	IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM mobility_case c WHERE c.id = OLD.case_id) THEN
		RETURN OLD;
	END IF;
	IF TG_OP = 'UPDATE' AND OLD.invalid_on = '' AND NEW.invalid_on <> '' AND to_jsonb(NEW) - 'invalid_on' = to_jsonb(OLD) - 'invalid_on' THEN
		RETURN NEW;
	END IF;
	RAISE EXCEPTION 'a document of a case is not changed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER case_paper_stays BEFORE UPDATE OR DELETE ON case_paper FOR EACH ROW EXECUTE FUNCTION case_paper_stays();
{{else}}
CREATE TRIGGER case_history_no_update BEFORE UPDATE ON case_history BEGIN SELECT RAISE(ABORT, 'the history of a case is not changed'); END;
CREATE TRIGGER case_history_no_delete BEFORE DELETE ON case_history WHEN EXISTS (SELECT 1 FROM mobility_case c WHERE c.id = OLD.case_id)
	BEGIN SELECT RAISE(ABORT, 'the history of a case is not changed'); END;
CREATE TRIGGER case_paper_no_update BEFORE UPDATE OF id, case_id, member, kind, name, media_type, size, sha256, content, added_at, account ON case_paper
	BEGIN SELECT RAISE(ABORT, 'a document of a case is not changed'); END;
CREATE TRIGGER case_paper_invalid_once BEFORE UPDATE OF invalid_on ON case_paper WHEN OLD.invalid_on <> '' OR NEW.invalid_on = ''
	BEGIN SELECT RAISE(ABORT, 'a document of a case is not changed'); END;
CREATE TRIGGER case_paper_no_delete BEFORE DELETE ON case_paper WHEN EXISTS (SELECT 1 FROM mobility_case c WHERE c.id = OLD.case_id)
	BEGIN SELECT RAISE(ABORT, 'a document of a case is not changed'); END;
{{end}}
