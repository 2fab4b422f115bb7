-- Whose a draft is, as its activity says, and which buyer it names: with both, a query about drafts needs no other table to know whom it
-- may answer.
ALTER TABLE draft ADD COLUMN member TEXT NOT NULL DEFAULT '';
ALTER TABLE draft ADD COLUMN buyer TEXT NOT NULL DEFAULT ''; -- id, empty when the draft carries its buyer itself
UPDATE draft SET member = (SELECT a.member FROM activity a WHERE a.id = draft.activity),
{{if .Postgres}}	buyer = COALESCE(convert_from(body, 'UTF8')::jsonb ->> 'buyer_id', '');
{{else}}	buyer = COALESCE(json_extract(CAST(body AS TEXT), '$.buyer_id'), '');
{{end}}
CREATE INDEX draft_by_member ON draft (member, created_at, id);
CREATE INDEX draft_by_buyer ON draft (buyer, member) WHERE buyer <> '';

-- Who noted a buyer: empty for the co-operative itself, else a member, for himself alone. So one VAT number stands once in each list.
ALTER TABLE buyer ADD COLUMN member TEXT NOT NULL DEFAULT '';
DROP INDEX buyer_vat_id;
CREATE UNIQUE INDEX buyer_vat_id ON buyer (member, vat_id) WHERE vat_id <> '';
CREATE INDEX buyer_by_member ON buyer (member, name, id);

CREATE INDEX document_by_member ON document (member, issue_date, id);
CREATE INDEX document_open_by_member ON document (member, due_date, id, currency, open) WHERE open <> 0;
