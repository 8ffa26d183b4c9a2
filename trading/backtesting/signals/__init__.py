"""From loaded candles to each pair's signals: in one process, or in several where that changes nothing.

`pairs` says what is done with one pair and in which order, `workers` copies the process so that several
pairs are analysed at once, `source_text` and `state` decide whether a strategy's pairs depend on each
other, and `shared_file` carries what the copies found back without writing it twice.
"""
