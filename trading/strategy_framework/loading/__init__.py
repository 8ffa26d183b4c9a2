"""From a strategy file to a strategy object that is ready to run, and what the file may import.

`loader` runs a file, `imports` is the `import` that it sees, `offered` and `offered_names` what it gets in
place of freqtrade. `requirements` says what a class lacks or needs, `configuration` makes an object of it.
"""
