-- The trading ledger: append-only, written by one process at a time (trading/adapters/journal.py).
--
-- The writer counts seq itself, without holes, so that two writers collide instead of interleaving.
-- payload is the whole record; the other columns are copies for queries by people.

CREATE TABLE journal (
    seq             bigint PRIMARY KEY CHECK (seq > 0),
    ts              timestamptz NOT NULL,
    kind            text NOT NULL,
    client_order_id text,
    payload         jsonb NOT NULL
);

CREATE INDEX journal_by_order ON journal (client_order_id) WHERE client_order_id IS NOT NULL;

-- A fill is booked once, whatever happens above.
CREATE UNIQUE INDEX journal_one_fill ON journal ((payload ->> 'fill_id')) WHERE kind = 'fill';

CREATE FUNCTION journal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'TG405';
END $$;

CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();

-- How far a reader of the journal has come: the last seq that it has passed on.
CREATE TABLE journal_cursors (
    reader text PRIMARY KEY,
    seq    bigint NOT NULL
);
