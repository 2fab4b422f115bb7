-- When a message began to wait for what is missing before it.
ALTER TABLE fed_parked ADD COLUMN parked_at TEXT NOT NULL DEFAULT '';

-- The program that works on these books: since when, and when it last looked at how everything stands.
CREATE TABLE fed_watch (
	id         INT  PRIMARY KEY CHECK (id = 1),
	started_at TEXT NOT NULL,
	looked_at  TEXT NOT NULL
);

-- What people had to know. A row is added when an alarm is raised; later it is only told when the alarm ended.
CREATE TABLE fed_alarm (
	id         {{.Identity}} PRIMARY KEY,
	code       TEXT NOT NULL,
	severity   TEXT NOT NULL,
	peer       TEXT NOT NULL, -- empty when it is about this party alone
	message    TEXT NOT NULL,
	raised_at  TEXT NOT NULL,
	cleared_at TEXT NOT NULL  -- empty while it stands
);
CREATE INDEX fed_alarm_standing ON fed_alarm (code, peer) WHERE cleared_at = '';
{{if .Postgres}}
CREATE FUNCTION fed_alarm_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'UPDATE' AND OLD.cleared_at = '' THEN
		IF (NEW.id, NEW.code, NEW.severity, NEW.peer, NEW.message, NEW.raised_at) = (OLD.id, OLD.code, OLD.severity, OLD.peer, OLD.message, OLD.raised_at) THEN
			RETURN NEW;
		END IF;
	END IF;
	RAISE EXCEPTION 'fed_alarm is history' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER fed_alarm_no_change BEFORE UPDATE OR DELETE ON fed_alarm FOR EACH ROW EXECUTE FUNCTION fed_alarm_history();
CREATE TRIGGER fed_alarm_no_truncate BEFORE TRUNCATE ON fed_alarm FOR EACH STATEMENT EXECUTE FUNCTION fed_alarm_history();
{{else}}
CREATE TRIGGER fed_alarm_no_update BEFORE UPDATE ON fed_alarm
WHEN OLD.cleared_at <> '' OR (NEW.id, NEW.code, NEW.severity, NEW.peer, NEW.message, NEW.raised_at) IS NOT (OLD.id, OLD.code, OLD.severity, OLD.peer, OLD.message, OLD.raised_at)
BEGIN SELECT RAISE(ABORT, 'fed_alarm is history'); END;
CREATE TRIGGER fed_alarm_no_delete BEFORE DELETE ON fed_alarm BEGIN SELECT RAISE(ABORT, 'fed_alarm is history'); END;
{{end}}
