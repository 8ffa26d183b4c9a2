"""An account with trades of several pairs, its wallet, protections and locks."""

from typing import Any

from tests.parity.trades.play.one_trade import Play
from tests.parity.trades.play.seen import Seen, guarded, minute


def account(api: Any, scenario: dict[str, Any]) -> Seen:
    """Open and close trades of several pairs; watch wallet, protections and locks."""
    found: Seen = []
    plays: dict[int, Play] = {}
    for name, *args in scenario["steps"]:
        found.append([name, guarded(ACCOUNT[name], api, plays, *args)])
        found.append(api.account_state())
    return found


def _open(api: Any, plays: dict[int, Play], number: int, fields: dict[str, Any], entry: list[Any]) -> None:
    play = plays[number] = Play(api, {"trade": fields, "steps": []})
    play.trade.open_date = minute(entry[2])
    api.add(play.trade)
    play.enter(*entry)


def _step(api: Any, plays: dict[int, Play], number: int, name: str, args: list[Any]) -> Any:
    return getattr(plays[number], name)(*args)


def _close(api: Any, plays: dict[int, Play], number: int, price: float, at: float, reason: str) -> None:
    play = plays[number]
    if not play.trade.has_open_position:
        api.remove(play.trade)
        return
    play.close(price, at, reason)
    api.close(play.trade)
    api.update_wallet()
    api.protect(play.trade.pair, minute(at), play.trade.trade_direction)


def _stake(
    api: Any, plays: dict[int, Play], slots: float, wanted: Any, least: Any, most: float, held: Any
) -> Seen:
    return [api.stake(slots), api.validated_stake(wanted, least, most, held)]


def _update(api: Any, plays: dict[int, Play]) -> None:
    api.update_wallet()


def _liquidate(api: Any, plays: dict[int, Play], number: int) -> Seen:
    trade = plays[number].trade
    if not trade.has_open_position:
        return []
    api.update_liquidation(trade)
    return [play.trade.liquidation_price for play in plays.values()]


def _lock(api: Any, plays: dict[int, Play], name: str, args: list[Any], named: dict[str, Any]) -> Any:
    whens = {key: minute(value) for key, value in named.items() if key in ("now", "until")}
    return api.lock(name, args, named | whens)


def _query(api: Any, plays: dict[int, Play], filters: dict[str, Any]) -> Seen:
    whens = {key: minute(value) for key, value in filters.items() if key.endswith("_date")}
    return [trade.id for trade in api.query(filters | whens)]


ACCOUNT = {
    "open": _open,
    "step": _step,
    "close": _close,
    "stake": _stake,
    "update": _update,
    "liquidate": _liquidate,
    "lock": _lock,
    "query": _query,
}
