-- What the streaming flows archive: bars for good, single trades and quotes for a while, what was
-- refused, and the flows' own position in the log (streaming/flows).
--
-- One file for both servers. Where TimescaleDB is installed, bars, trades and quotes are hypertables;
-- on plain PostgreSQL trades and quotes are partitioned by time and the flows create partitions ahead
-- and drop them. The same queries serve both.

DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'timescaledb') THEN
        CREATE EXTENSION IF NOT EXISTS timescaledb;
    END IF;
END $$;

CREATE TABLE bars (
    venue       text NOT NULL,
    symbol      text NOT NULL,
    timeframe   text NOT NULL,
    open_time   timestamptz NOT NULL,
    open        numeric NOT NULL,
    high        numeric NOT NULL,
    low         numeric NOT NULL,
    close       numeric NOT NULL,
    volume      numeric NOT NULL,
    trade_count integer NOT NULL,
    source      text NOT NULL CHECK (source IN ('trades', 'venue')),
    ts_init     timestamptz NOT NULL,
    PRIMARY KEY (venue, symbol, timeframe, open_time)
);

DO $$
DECLARE
    has_timescale boolean := EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'timescaledb');
    time_partition text := CASE WHEN has_timescale THEN '' ELSE 'PARTITION BY RANGE (ts_event)' END;
BEGIN
    EXECUTE 'CREATE TABLE trades (
        venue    text NOT NULL,
        symbol   text NOT NULL,
        ts_event timestamptz NOT NULL,
        ts_init  timestamptz NOT NULL,
        trade_id text NOT NULL,
        price    numeric NOT NULL,
        size     numeric NOT NULL,
        side     text NOT NULL,
        PRIMARY KEY (venue, symbol, ts_event, trade_id)
    ) ' || time_partition;
    EXECUTE 'CREATE TABLE quotes (
        venue     text NOT NULL,
        symbol    text NOT NULL,
        ts_event  timestamptz NOT NULL,
        ts_init   timestamptz NOT NULL,
        bid_price numeric NOT NULL,
        bid_size  numeric NOT NULL,
        ask_price numeric NOT NULL,
        ask_size  numeric NOT NULL,
        sequence  bigint NOT NULL,
        PRIMARY KEY (venue, symbol, ts_event, sequence, ts_init)
    ) ' || time_partition;
    IF has_timescale THEN
        EXECUTE 'SELECT create_hypertable(''trades'', ''ts_event'', chunk_time_interval => interval ''10 minutes'')';
        EXECUTE 'SELECT create_hypertable(''quotes'', ''ts_event'', chunk_time_interval => interval ''10 minutes'')';
        EXECUTE 'SELECT create_hypertable(''bars'', ''open_time'', chunk_time_interval => interval ''7 days'')';
    END IF;
END $$;

-- Where a refused event came from is its identity, so that reading the log twice adds nothing.
-- `position` is topic/partition/offset/place within the batch, with the topic's incarnation.
CREATE TABLE quarantine (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    venue    text NOT NULL,
    symbol   text NOT NULL,
    ts_init  timestamptz NOT NULL,
    reason   text NOT NULL,
    detail   text NOT NULL,
    raw      bytea NOT NULL,
    position text NOT NULL UNIQUE
);
CREATE INDEX quarantine_by_time ON quarantine (ts_init);

-- The offset to read next. `replay_offset` lies at or before it: where to begin again so that what is
-- only in memory (order books) is whole.
CREATE TABLE stream_offsets (
    flow          text NOT NULL,
    topic         text NOT NULL,
    partition     integer NOT NULL,
    incarnation   text NOT NULL,
    next_offset   bigint NOT NULL,
    replay_offset bigint NOT NULL CHECK (replay_offset <= next_offset),
    PRIMARY KEY (flow, topic, partition)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

-- The bars under way, exactly as of next_offset: msgpack of streaming.flows.bars.Snapshot.
CREATE TABLE stream_states (
    flow      text NOT NULL,
    topic     text NOT NULL,
    partition integer NOT NULL,
    state     bytea NOT NULL,
    PRIMARY KEY (flow, topic, partition)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

-- Messages that belong to committed rows and wait to be appended to the event log.
CREATE TABLE stream_outbox (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    flow      text NOT NULL,
    topic     text NOT NULL,
    partition integer NOT NULL,
    payload   bytea NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);
