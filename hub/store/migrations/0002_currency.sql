-- Rates that arrive convert every document of their currency and days anew, not only those without a rate.
DROP INDEX document_unconverted;
CREATE INDEX document_currency ON document (currency, issue_date, seller, id) WHERE currency <> 'EUR';
