-- Postings are written first and their transaction last: when the transaction arrives, everything it consists of is
-- there and can be weighed. Before the commit both must be there, or the deferred foreign key refuses.

CREATE TABLE ledger_transaction (
    id          TEXT PRIMARY KEY,
    date        TEXT NOT NULL CHECK (length(date) = 10),
    reference   TEXT NOT NULL UNIQUE CHECK (reference <> ''),
    description TEXT NOT NULL,
    cause       TEXT NOT NULL,
    reverses    TEXT UNIQUE REFERENCES ledger_transaction (reference),
    recorded_by TEXT NOT NULL,
    recorded_at TEXT NOT NULL
);

CREATE TABLE ledger_posting (
    id             {{.Identity}} PRIMARY KEY,
    transaction_id TEXT NOT NULL REFERENCES ledger_transaction (id) DEFERRABLE INITIALLY DEFERRED,
    date           TEXT NOT NULL, -- of the transaction, repeated so that one index answers for a period
    account        TEXT NOT NULL CHECK (account <> ''),
    owner          TEXT NOT NULL,
    currency       TEXT NOT NULL CHECK (length(currency) = 3),
    amount         BIGINT NOT NULL CHECK (amount <> 0 AND amount BETWEEN -1000000000000000 AND 1000000000000000)
);

CREATE INDEX ledger_posting_transaction ON ledger_posting (transaction_id);
CREATE INDEX ledger_posting_account ON ledger_posting (account, date, currency, amount);
CREATE INDEX ledger_posting_owner ON ledger_posting (owner, account, date, currency, amount);

{{appendOnly "ledger_transaction"}}
{{appendOnly "ledger_posting"}}

{{if .Postgres}}
CREATE FUNCTION ledger_transaction_weighed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM ledger_posting WHERE transaction_id = NEW.id) < 2 THEN
        RAISE EXCEPTION 'ledger transaction has fewer than two postings' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM ledger_posting WHERE transaction_id = NEW.id GROUP BY currency HAVING sum(amount) <> 0) THEN
        RAISE EXCEPTION 'ledger transaction does not sum to zero' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM ledger_posting WHERE transaction_id = NEW.id AND date <> NEW.date) THEN
        RAISE EXCEPTION 'ledger posting has another date than its transaction' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_transaction_weighed BEFORE INSERT ON ledger_transaction
    FOR EACH ROW EXECUTE FUNCTION ledger_transaction_weighed();

CREATE FUNCTION ledger_posting_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM ledger_transaction WHERE id = NEW.transaction_id) THEN
        RAISE EXCEPTION 'ledger transaction is closed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_posting_in_time BEFORE INSERT ON ledger_posting
    FOR EACH ROW EXECUTE FUNCTION ledger_posting_in_time();
{{else}}
CREATE TRIGGER ledger_transaction_weighed BEFORE INSERT ON ledger_transaction
BEGIN
    SELECT RAISE(ABORT, 'ledger transaction has fewer than two postings')
    WHERE (SELECT count(*) FROM ledger_posting WHERE transaction_id = NEW.id) < 2;
    SELECT RAISE(ABORT, 'ledger transaction does not sum to zero')
    WHERE EXISTS (SELECT 1 FROM ledger_posting WHERE transaction_id = NEW.id GROUP BY currency HAVING sum(amount) <> 0);
    SELECT RAISE(ABORT, 'ledger posting has another date than its transaction')
    WHERE EXISTS (SELECT 1 FROM ledger_posting WHERE transaction_id = NEW.id AND date <> NEW.date);
END;

CREATE TRIGGER ledger_posting_in_time BEFORE INSERT ON ledger_posting
WHEN EXISTS (SELECT 1 FROM ledger_transaction WHERE id = NEW.transaction_id)
BEGIN SELECT RAISE(ABORT, 'ledger transaction is closed'); END;
{{end}}
