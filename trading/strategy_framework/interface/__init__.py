"""What a strategy file subclasses and is handed: `IStrategy`, its callbacks, decorator and data provider.

`strategy` is the class, `callbacks` and `order_callbacks` what a file may override, `overrides` tells what
it did.
`informative` is the decorator, `data_provider` its `dp`, `enums` what it compares with, `legacy` the
names of version 2 that it may still use.
"""
