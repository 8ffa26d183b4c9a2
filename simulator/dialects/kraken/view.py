"""The top of a book as the subscribers of one depth know it."""

from simulator.market_model.market import Market


class View:
    """The best `depth` levels of a market, as the subscribers of that depth know them."""

    def __init__(self, market: Market, depth: int) -> None:
        self._market = market
        self._depth = depth
        self.bids = market.book.best_bids(depth)
        self.asks = market.book.best_asks(depth)

    def changes(self) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Bring the view up to date; return the levels to send, size 0 deletes."""
        book = self._market.book
        bids, asks = book.best_bids(self._depth), book.best_asks(self._depth)
        sent = _difference(self.bids, bids, book.bids), _difference(self.asks, asks, book.asks)
        self.bids, self.asks = bids, asks
        return sent


def _difference(
    old: list[tuple[int, int]], new: list[tuple[int, int]], book: dict[int, int]
) -> list[tuple[int, int]]:
    """Return deleted levels (size 0), then changed and new ones; none for those pushed out of sight."""
    known = dict(old)
    deleted = [(price, 0) for price in known if price not in book]
    return deleted + [(price, size) for price, size in new if known.get(price) != size]
