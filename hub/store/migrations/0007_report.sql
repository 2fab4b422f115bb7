-- What nodes say of the board's plan: that money came, and why a condition holds. The body is the event, word for word. A confirmation stays here
-- also when the board's book does not know its tranche.
CREATE TABLE node_statement (
    number    {{.Identity}} PRIMARY KEY,
    country   TEXT NOT NULL,
    type      TEXT NOT NULL,
    tranche   TEXT NOT NULL,
    condition BIGINT NOT NULL, -- 0 for a confirmation
    heard     TEXT NOT NULL,
    body      TEXT NOT NULL
);
CREATE INDEX node_statement_tranche ON node_statement (tranche, number);
{{appendOnly "node_statement"}}
