-- What was told of a parcel may name people: it goes with the parcel, when the document of both is erased, and never changes before.
{{if .Postgres}}
DROP TRIGGER parcel_event_no_change ON parcel_event;
DELETE FROM parcel_event e WHERE NOT EXISTS (SELECT 1 FROM parcel p WHERE p.name = e.parcel);
CREATE FUNCTION parcel_event_stays() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
	IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM parcel p WHERE p.name = OLD.parcel) THEN
		RETURN OLD;
	END IF;
	RAISE EXCEPTION 'what was told of a parcel is not changed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER parcel_event_stays BEFORE UPDATE OR DELETE ON parcel_event FOR EACH ROW EXECUTE FUNCTION parcel_event_stays();
{{else}}
DROP TRIGGER parcel_event_no_delete;
DELETE FROM parcel_event WHERE NOT EXISTS (SELECT 1 FROM parcel p WHERE p.name = parcel_event.parcel);
CREATE TRIGGER parcel_event_no_delete BEFORE DELETE ON parcel_event WHEN EXISTS (SELECT 1 FROM parcel p WHERE p.name = OLD.parcel)
	BEGIN SELECT RAISE(ABORT, 'what was told of a parcel is not changed'); END;
{{end}}
