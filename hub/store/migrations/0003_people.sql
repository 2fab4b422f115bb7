-- How many people stand behind a figure is counted before those see it who see totals alone.
CREATE INDEX document_people ON document (seller, month, buyer, member);
