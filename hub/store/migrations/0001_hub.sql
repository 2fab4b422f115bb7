-- Tables of the hub: all of them views on the nodes' events, apart from rate and published_table, which are filed here.
-- Money is minor units of the currency beside it; eur_minor is cents, NULL where no exchange rate holds.

CREATE TABLE node (
    country TEXT PRIMARY KEY,
    version BIGINT NOT NULL, -- of the profile; 0 for a node that has not introduced itself
    heard   TEXT NOT NULL
);

CREATE TABLE node_profile (
    country  TEXT NOT NULL,
    version  BIGINT NOT NULL,
    received TEXT NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (country, version)
);
{{appendOnly "node_profile"}}

CREATE TABLE rate (
    currency      TEXT NOT NULL,
    since         TEXT NOT NULL,
    source        TEXT NOT NULL,
    until         TEXT NOT NULL,
    per_eur       TEXT NOT NULL,
    demonstration BOOLEAN NOT NULL,
    PRIMARY KEY (currency, since, source)
);
{{appendOnly "rate"}}

CREATE TABLE document (
    seller             TEXT NOT NULL,
    id                 TEXT NOT NULL,
    kind               TEXT NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
    corrects           TEXT NOT NULL, -- the invoice, for a credit note
    member             TEXT NOT NULL, -- random, new each year
    buyer              TEXT NOT NULL,
    buyer_kind         TEXT NOT NULL,
    sector             TEXT NOT NULL,
    performed_in       TEXT NOT NULL,
    service            TEXT NOT NULL,
    issue_date         TEXT NOT NULL,
    supply_date        TEXT NOT NULL,
    month              TEXT NOT NULL, -- of the issue date
    category           TEXT NOT NULL,
    currency           TEXT NOT NULL,
    net_minor          BIGINT NOT NULL,
    tax_minor          BIGINT NOT NULL,
    contribution_rate  TEXT NOT NULL,
    contribution_minor BIGINT NOT NULL,
    eur_minor          BIGINT,
    rate_per_eur       TEXT NOT NULL,
    rate_since         TEXT NOT NULL,
    rate_source        TEXT NOT NULL,
    credited_minor     BIGINT NOT NULL,
    paid_minor         BIGINT NOT NULL,
    payments           BIGINT NOT NULL,
    settled_on         TEXT NOT NULL,
    demonstration      BOOLEAN NOT NULL,
    PRIMARY KEY (seller, id),
    CHECK (kind = 'credit_note' OR credited_minor BETWEEN 0 AND net_minor OR credited_minor = 0)
);
CREATE INDEX document_pair ON document (seller, buyer, month, issue_date, id);
CREATE INDEX document_unconverted ON document (currency, issue_date) WHERE eur_minor IS NULL;

CREATE TABLE border_month (
    month         TEXT NOT NULL,
    seller        TEXT NOT NULL,
    buyer         TEXT NOT NULL,
    currency      TEXT NOT NULL,
    net_minor     BIGINT NOT NULL, -- invoices less credit notes, without VAT
    eur_minor     BIGINT NOT NULL, -- of the documents that have a rate
    invoices      BIGINT NOT NULL,
    credit_notes  BIGINT NOT NULL,
    missing       BIGINT NOT NULL, -- documents without a rate
    demonstration BIGINT NOT NULL, -- documents that are demonstration data
    PRIMARY KEY (month, seller, buyer, currency)
);
CREATE INDEX border_month_pair ON border_month (seller, buyer, month);
CREATE INDEX border_month_seller ON border_month (seller, month);

CREATE TABLE monthly_report (
    country  TEXT NOT NULL,
    month    TEXT NOT NULL,
    currency TEXT NOT NULL,
    version  BIGINT NOT NULL,
    received TEXT NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (country, month, currency, version)
);
{{appendOnly "monthly_report"}}

CREATE TABLE published_table (
    year    BIGINT NOT NULL,
    version BIGINT NOT NULL,
    filed   TEXT NOT NULL,
    source  TEXT NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (year, version)
);
{{appendOnly "published_table"}}
