"""What a strategy file subclasses and is handed: `IStrategy`, its callbacks, decorator and data provider."""
