-- A child names its parent before the parent is there; a parent names another; and nothing new may name 'm' once there are rows.
CREATE TABLE kept_parent (
	id       TEXT PRIMARY KEY,
	reverses TEXT REFERENCES kept_parent (id),
	flag     BOOLEAN NOT NULL,
	body     {{.Blob}} NOT NULL,
	note     TEXT
);
CREATE TABLE kept_child (
	id     {{.Identity}} PRIMARY KEY,
	parent TEXT   NOT NULL REFERENCES kept_parent (id),
	amount BIGINT NOT NULL
);
{{appendOnly "kept_parent"}}
{{if .Postgres}}
CREATE FUNCTION kept_late() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
	IF EXISTS (SELECT 1 FROM kept_child) THEN RAISE EXCEPTION 'too late'; END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER kept_late BEFORE INSERT ON kept_parent FOR EACH ROW EXECUTE FUNCTION kept_late();
{{else}}
CREATE TRIGGER kept_late BEFORE INSERT ON kept_parent WHEN EXISTS (SELECT 1 FROM kept_child)
BEGIN SELECT RAISE(ABORT, 'too late'); END;
{{end}}
