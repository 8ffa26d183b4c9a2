-- What the strategy host remembers of each strategy between two runs of the process, and how far its
-- paper trades were from a backtest of the same bars. The ledger of money is the journal, not this.

CREATE TABLE strategy_trades (
    strategy  text NOT NULL,
    trade_id  integer NOT NULL,
    pair      text NOT NULL,
    is_open   boolean NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    code_hash text NOT NULL,   -- SHA-256 of the strategy's file when the trade was last changed
    document  jsonb NOT NULL,  -- the whole trade with its orders
    PRIMARY KEY (strategy, trade_id)
);

CREATE INDEX strategy_trades_by_time ON strategy_trades (opened_at);

-- Counters, locks, notes: everything of a book that is not a trade.
CREATE TABLE strategy_books (
    strategy   text PRIMARY KEY,
    kept_at    timestamptz NOT NULL,
    document   jsonb NOT NULL
);

-- One row per difference; a day without rows of a strategy that was compared is in reality_checks.
CREATE TABLE reality_gaps (
    day        date NOT NULL,
    strategy   text NOT NULL,
    symbol     text NOT NULL,
    place      integer NOT NULL,
    cause      text NOT NULL CHECK (cause IN ('price', 'timing', 'fill', 'data_revision', 'code')),
    field      text NOT NULL,
    opened_at  timestamptz NOT NULL,
    paper      text,
    backtest   text,
    detail     text NOT NULL,
    PRIMARY KEY (day, strategy, symbol, place)
);

CREATE TABLE reality_checks (
    day             date NOT NULL,
    strategy        text NOT NULL,
    symbol          text NOT NULL,
    checked_at      timestamptz NOT NULL,
    paper_trades    integer NOT NULL,
    backtest_trades integer NOT NULL,
    paper_profit    double precision NOT NULL,
    backtest_profit double precision NOT NULL,
    data_hash       text NOT NULL,
    code_hash       text NOT NULL,
    PRIMARY KEY (day, strategy, symbol)
);
