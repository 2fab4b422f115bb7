-- Parcels are due as well while the network is asked whether their buyer is there.
DROP INDEX parcel_due;
CREATE INDEX parcel_due ON parcel (due_at) WHERE status IN ('waiting', 'seeking');
