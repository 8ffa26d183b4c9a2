-- The event log: topics of numbered records, kept for a while (runtime/event_log/port.py).
--
-- Each topic owns a ring of eight slots, each one a table. Appends go to the topic's current slot;
-- retention turns the ring by one slot and empties the oldest by TRUNCATE, which costs nothing,
-- leaves no dead rows and locks no reader of another slot. event_log_segments tells which offsets of
-- a partition lie in which slot, so that a reader goes straight to the right table.
--
-- Offsets have no holes and become visible in order, because an append holds its partition's row in
-- event_log_heads until it commits.

CREATE TABLE event_log_topics (
    topic_id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name            text NOT NULL UNIQUE,
    incarnation     uuid NOT NULL DEFAULT gen_random_uuid(),
    partitions      integer NOT NULL CHECK (partitions > 0),
    retention_s     bigint NOT NULL CHECK (retention_s > 0),
    retention_bytes bigint NOT NULL CHECK (retention_bytes > 0),
    slot            smallint NOT NULL DEFAULT 0
);

-- One row a partition, rewritten at each append: room on its page keeps these updates in place.
CREATE TABLE event_log_heads (
    topic_id    integer NOT NULL REFERENCES event_log_topics ON DELETE CASCADE,
    partition   integer NOT NULL,
    next_offset bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (topic_id, partition)
) WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

-- A filled or current slot of a topic. `closed_at` is empty for the current one.
CREATE TABLE event_log_slots (
    topic_id  integer NOT NULL REFERENCES event_log_topics ON DELETE CASCADE,
    slot      smallint NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    closed_at timestamptz,
    PRIMARY KEY (topic_id, slot)
);

-- The first offset that a partition has in a slot; it ends where the partition's next one begins.
CREATE TABLE event_log_segments (
    topic_id     integer NOT NULL,
    partition    integer NOT NULL,
    slot         smallint NOT NULL,
    first_offset bigint NOT NULL,
    PRIMARY KEY (topic_id, partition, slot),
    FOREIGN KEY (topic_id, slot) REFERENCES event_log_slots ON DELETE CASCADE
);

CREATE TABLE event_log (
    topic_id   integer NOT NULL,
    slot       smallint NOT NULL,
    partition  integer NOT NULL,
    log_offset bigint NOT NULL,
    payload    bytea NOT NULL
) PARTITION BY LIST (topic_id);

-- Creates a topic, or gives an existing one its new retention. Returns the number of partitions that
-- it has: the caller compares.
CREATE FUNCTION event_log_create(
    p_name text, p_partitions integer, p_retention_s bigint, p_retention_bytes bigint
) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_topic event_log_topics;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('event_log_create'));
    SELECT * INTO v_topic FROM event_log_topics WHERE name = p_name;
    IF FOUND THEN
        IF (v_topic.retention_s, v_topic.retention_bytes) IS DISTINCT FROM (p_retention_s, p_retention_bytes)
        THEN
            UPDATE event_log_topics SET retention_s = p_retention_s, retention_bytes = p_retention_bytes
            WHERE topic_id = v_topic.topic_id;
        END IF;
        RETURN v_topic.partitions;
    END IF;
    INSERT INTO event_log_topics (name, partitions, retention_s, retention_bytes)
    VALUES (p_name, p_partitions, p_retention_s, p_retention_bytes) RETURNING * INTO v_topic;
    EXECUTE format('CREATE TABLE event_log_%s PARTITION OF event_log FOR VALUES IN (%s) '
        'PARTITION BY LIST (slot)', v_topic.topic_id, v_topic.topic_id);
    FOR i IN 0..7 LOOP
        EXECUTE format('CREATE TABLE event_log_%s_%s PARTITION OF event_log_%s FOR VALUES IN (%s) '
            'WITH (autovacuum_enabled = off, toast.autovacuum_enabled = off)',
            v_topic.topic_id, i, v_topic.topic_id, i);
        EXECUTE format('ALTER TABLE event_log_%s_%s ADD PRIMARY KEY (partition, log_offset), '
            'ALTER COLUMN payload SET STORAGE EXTERNAL', v_topic.topic_id, i);
    END LOOP;
    INSERT INTO event_log_heads (topic_id, partition)
    SELECT v_topic.topic_id, p FROM generate_series(0, p_partitions - 1) AS p;
    INSERT INTO event_log_slots (topic_id, slot) VALUES (v_topic.topic_id, 0);
    INSERT INTO event_log_segments (topic_id, partition, slot, first_offset)
    SELECT v_topic.topic_id, p, 0, 0 FROM generate_series(0, p_partitions - 1) AS p;
    RETURN p_partitions;
END $$;

CREATE FUNCTION event_log_delete(p_name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_topic_id integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('event_log_create'));
    DELETE FROM event_log_topics WHERE name = p_name RETURNING topic_id INTO v_topic_id;
    IF FOUND THEN
        EXECUTE format('DROP TABLE event_log_%s', v_topic_id);
        PERFORM pg_notify('event_log_' || v_topic_id, '');
    END IF;
END $$;

-- Appends records, given as three arrays of one length, and returns their offsets in that order.
-- Partitions are locked in one order everywhere, so that two appends never wait for each other.
CREATE FUNCTION event_log_append(p_names text[], p_partitions integer[], p_payloads bytea[])
RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    v_offsets bigint[] := array_fill(NULL::bigint, ARRAY[cardinality(p_names)]);
    v_group record;
    v_topic_id integer;
    v_slot smallint;
    v_first bigint;
BEGIN
    FOR v_group IN
        SELECT name, part, array_agg(place ORDER BY place) AS places, count(*) AS records
        FROM unnest(p_names, p_partitions) WITH ORDINALITY AS r (name, part, place)
        GROUP BY name, part ORDER BY name, part
    LOOP
        UPDATE event_log_heads h SET next_offset = h.next_offset + v_group.records
        FROM event_log_topics t
        WHERE t.name = v_group.name AND h.topic_id = t.topic_id AND h.partition = v_group.part
        RETURNING h.topic_id, h.next_offset - v_group.records INTO v_topic_id, v_first;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'no topic % with partition %', v_group.name, v_group.part USING ERRCODE = 'TG404';
        END IF;
        -- Read after the lock: the ring may have turned while we waited for it.
        SELECT slot INTO STRICT v_slot FROM event_log_topics WHERE topic_id = v_topic_id;
        INSERT INTO event_log (topic_id, slot, partition, log_offset, payload)
        SELECT v_topic_id, v_slot, v_group.part, v_first + n - 1, p_payloads[place]
        FROM unnest(v_group.places) WITH ORDINALITY AS p (place, n);
        FOR n IN 1..v_group.records LOOP
            v_offsets[v_group.places[n]] := v_first + n - 1;
        END LOOP;
    END LOOP;
    RETURN v_offsets;
END $$;

-- Appends records and commits, then wakes the readers in a transaction of its own: one that notifies
-- holds a lock of the whole database until its commit is on disk, and this one need not wait for it.
CREATE PROCEDURE event_log_publish(
    p_names text[], p_partitions integer[], p_payloads bytea[], INOUT p_offsets bigint[]
) LANGUAGE plpgsql AS $$
BEGIN
    p_offsets := event_log_append(p_names, p_partitions, p_payloads);
    COMMIT;
    PERFORM pg_notify('event_log_' || topic_id, '') FROM event_log_topics WHERE name = ANY (p_names);
END $$;

CREATE FUNCTION event_log_slot_bytes(p_topic_id integer, p_slot smallint) RETURNS bigint LANGUAGE sql AS $$
    SELECT pg_total_relation_size(format('event_log_%s_%s', p_topic_id, p_slot)::regclass);
$$;

-- Turns one topic's ring when its current slot is old or full enough and the next one is free.
CREATE FUNCTION event_log_turn(p_topic_id integer) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_topic event_log_topics;
    v_current event_log_slots;
    v_next smallint;
BEGIN
    SELECT * INTO STRICT v_topic FROM event_log_topics WHERE topic_id = p_topic_id;
    SELECT * INTO STRICT v_current FROM event_log_slots WHERE topic_id = p_topic_id AND slot = v_topic.slot;
    v_next := (v_topic.slot + 1) % 8;
    IF EXISTS (SELECT FROM event_log_slots WHERE topic_id = p_topic_id AND slot = v_next)
        OR (clock_timestamp() - v_current.opened_at < make_interval(secs => v_topic.retention_s / 6.0)
            AND event_log_slot_bytes(p_topic_id, v_topic.slot)
                < v_topic.retention_bytes * v_topic.partitions / 6)
    THEN
        RETURN false;
    END IF;
    -- Every partition's lock: no append is half-way, so the boundaries below are exact.
    PERFORM FROM event_log_heads WHERE topic_id = p_topic_id ORDER BY partition FOR UPDATE;
    UPDATE event_log_slots SET closed_at = clock_timestamp() WHERE topic_id = p_topic_id AND slot = v_topic.slot;
    INSERT INTO event_log_slots (topic_id, slot) VALUES (p_topic_id, v_next);
    INSERT INTO event_log_segments (topic_id, partition, slot, first_offset)
    SELECT topic_id, partition, v_next, next_offset FROM event_log_heads WHERE topic_id = p_topic_id;
    UPDATE event_log_topics SET slot = v_next WHERE topic_id = p_topic_id;
    RETURN true;
END $$;

-- Empties the oldest closed slot of one topic when all of it is too old, or the topic is too big.
CREATE FUNCTION event_log_expire(p_topic_id integer) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_topic event_log_topics;
    v_oldest event_log_slots;
    v_bytes bigint;
BEGIN
    SELECT * INTO STRICT v_topic FROM event_log_topics WHERE topic_id = p_topic_id;
    SELECT * INTO v_oldest FROM event_log_slots
    WHERE topic_id = p_topic_id AND closed_at IS NOT NULL ORDER BY opened_at LIMIT 1;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    SELECT sum(event_log_slot_bytes(p_topic_id, slot)) INTO v_bytes
    FROM event_log_slots WHERE topic_id = p_topic_id;
    IF v_oldest.closed_at > clock_timestamp() - make_interval(secs => v_topic.retention_s)
        AND v_bytes <= v_topic.retention_bytes * v_topic.partitions
    THEN
        RETURN false;
    END IF;
    EXECUTE format('TRUNCATE event_log_%s_%s', p_topic_id, v_oldest.slot);
    DELETE FROM event_log_slots WHERE topic_id = p_topic_id AND slot = v_oldest.slot;
    RETURN true;
END $$;
