"""`python -m trading.backtesting`: the backtest command."""

import sys

from trading.backtesting.commands.backtest import main

if __name__ == "__main__":
    sys.exit(main())
