"""Collectors: one process per venue, from its websocket to the event log.

    connection (picows) ─ frame ─▶ session (streaming.exchanges) ─ events ─▶ outbox ─ 5 ms ─▶ log writer
                                        └─ actions: REST, resubscribe, reconnect

The loop never waits for the log: a thread appends, many batches in one transaction. What was
received and can't be kept is counted, and readers learn of it by a `FeedStatus`.
"""
