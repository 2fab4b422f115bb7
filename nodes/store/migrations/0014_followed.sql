-- Parcels are due as well while their receiver is asked what became of them.
DROP INDEX parcel_due;
CREATE INDEX parcel_due ON parcel (due_at) WHERE due_at <> '';
