"""freqtrade's configuration files are merged as freqtrade merges them; senseless values are refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from trading.backtesting.data.config.check import check_config
from trading.backtesting.data.config.file import load_config, parse_commented_json
from trading.backtesting.data.config.names import with_present_names
from trading.backtesting.data.config.pair_list import choose_pairs
from trading.backtesting.data.markets import market_from_ccxt, markets_for, write_markets
from trading.backtesting.errors import BadConfig, NoCandles

SAMPLE = """
{
    // the money
    "stake_currency": "USDT", /* of the
    account */ "stake_amount": "unlimited",
    "url": "http://x.test/*no comment*/",
    "exchange": {"name": "binance", "pair_whitelist": ["BTC/USDT", "ETH/USDT",],},
}
"""


def write(path: Path, **values: Any) -> Path:
    path.write_text(json.dumps(values))
    return path


def test_comments_and_trailing_commas_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(SAMPLE)
    config = load_config([tmp_path / "config.json"])
    assert config["stake_amount"] == "unlimited"
    assert config["url"] == "http://x.test/*no comment*/"
    assert config["exchange"]["pair_whitelist"] == ["BTC/USDT", "ETH/USDT"]


def test_a_later_file_wins_and_objects_are_merged(tmp_path: Path) -> None:
    first = write(tmp_path / "a.json", fee=0.1, exchange={"name": "binance", "key": ""}, pairs=[1, 2])
    second = write(tmp_path / "b.json", fee=0.2, exchange={"name": "kraken"}, pairs=[3])
    config = load_config([first, second])
    assert config == {"fee": 0.2, "exchange": {"name": "kraken", "key": ""}, "pairs": [3]}


def test_added_files_count_less_than_the_file_that_adds_them(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    write(tmp_path / "more/weak.json", fee=0.1, stake_amount=5)
    write(tmp_path / "more/strong.json", stake_amount=7, max_open_trades=2)
    names = ["more/weak.json", "more/strong.json"]
    main = write(tmp_path / "main.json", add_config_files=names, max_open_trades=3)
    config = load_config([main])
    assert (config["fee"], config["stake_amount"], config["max_open_trades"]) == (0.1, 7, 3)


def test_the_environment_wins_over_files(tmp_path: Path) -> None:
    path = write(tmp_path / "config.json", stake_amount=5, exchange={"name": "binance"})
    environment = {
        "FREQTRADE__STAKE_AMOUNT": "12.5",
        "FREQTRADE__EXCHANGE__PAIR_WHITELIST": '["BTC/USDT"]',
        "FREQTRADE__ENABLE_PROTECTIONS": "true",
        "OTHER": "1",
    }
    config = load_config([path], environment)
    assert config["stake_amount"] == 12.5
    assert config["exchange"] == {"name": "binance", "pair_whitelist": ["BTC/USDT"]}
    assert config["enable_protections"] is True


def test_a_broken_file_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match=r"absent.json can't be read: No such file"):
        load_config([tmp_path / "absent.json"])
    with pytest.raises(BadConfig, match=r"c.json, line 3, column 12: .*: '\"fee\": 0.1 0.2'"):
        parse_commented_json('{\n// here\n"fee": 0.1 0.2\n}', "c.json")
    (tmp_path / "list.json").write_text("[]")
    with pytest.raises(BadConfig, match="must hold one object in braces, not list"):
        load_config([tmp_path / "list.json"])
    (tmp_path / "latin.json").write_bytes(b'{"a": "\xe4"}')
    with pytest.raises(BadConfig, match="is not UTF-8"):
        load_config([tmp_path / "latin.json"])
    loop = write(tmp_path / "loop.json", add_config_files=["loop.json"])
    with pytest.raises(BadConfig, match="does one name itself"):
        load_config([loop])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"stake_amount": "all"}, "stake_amount must be an amount above 0, or 'unlimited', not 'all'"),
        ({"stake_amount": 0}, "stake_amount must be"),
        ({"max_open_trades": "3"}, "max_open_trades must be a number of at least -1, not '3'"),
        ({"max_open_trades": -1, "stake_amount": "unlimited"}, "can't both be unlimited"),
        ({"tradable_balance_ratio": 1.5}, "tradable_balance_ratio must be a number from 0 to 1"),
        ({"fee": 5}, r"fee must be a fraction from 0 to 0.1 \(0.001 is 0.1 %\), not 5"),
        ({"fee": float("nan")}, "fee must be"),
        ({"trading_mode": "margin"}, "trading_mode must be one of 'spot', 'futures'"),
        ({"trading_mode": "futures"}, "needs margin_mode isolated or cross"),
        ({"stoploss": 0.1}, "stoploss must be a number below 0"),
        ({"minimal_roi": {"soon": 1}}, "minimal_roi must be minutes as text"),
        ({"trailing_stop": "yes"}, "trailing_stop must be true or false, not 'yes'"),
        ({"timeframe": "five"}, "timeframe must be a timeframe such as '5m'"),
        ({"timerange": "2024"}, "timerange: '2024' is not a time range"),
        ({"dry_run_wallet": {"USDT": "x"}}, "dry_run_wallet must be an amount"),
        ({"unfilledtimeout": {"unit": "hours"}}, "unfilledtimeout.unit must be one of"),
        ({"unfilledtimeout": 5}, "unfilledtimeout must be an object"),
        ({"exchange": {"pair_whitelist": "BTC/USDT"}}, "exchange.pair_whitelist must be a list of texts"),
        ({"pairlists": ["StaticPairList"]}, "pairlists must be a list of objects"),
        ({"edge": {"enabled": True}}, "edge can't be used"),
        ({"freqai": {"enabled": True}}, "freqai can't be used: Tidegate has its own forecasts"),
    ],
)
def test_a_value_that_would_change_results_must_make_sense(values: dict[str, Any], said: str) -> None:
    with pytest.raises(BadConfig, match=said):
        check_config(values)


def test_keys_without_effect_are_named_once() -> None:
    remarks = check_config(
        {
            "telegram": {"enabled": False},
            "api_server": {},
            "freqai": {"enabled": False},
            "stake_ammount": 5,
            "my_key": 1,
            "pairlists": [{"method": "VolumePairList"}],
            "fee": None,
            "max_open_trades": float("inf"),
        }
    )
    assert remarks == [
        "not used in a backtest: api_server, telegram",
        "the key my_key is not known and has no effect, unless the strategy reads it",
        "the key stake_ammount is not known and has no effect; did you mean stake_amount?",
        "the pair lists VolumePairList need a live market; exchange.pair_whitelist is used as it is",
    ]


def test_old_names_are_taken_for_the_present_ones() -> None:
    config, remarks = with_present_names(
        {"use_sell_signal": False, "order_types": {"buy": "market"}, "unfilledtimeout": {"sell": 5}}
    )
    assert config == {
        "use_exit_signal": False,
        "order_types": {"entry": "market"},
        "unfilledtimeout": {"exit": 5},
    }
    assert remarks[0] == "use_sell_signal is called use_exit_signal today; taken as that"
    with pytest.raises(BadConfig, match=r"order_types.buy is the old name of order_types.entry"):
        with_present_names({"order_types": {"buy": "limit", "entry": "limit"}})


def market(symbol: str, **more: Any) -> dict[str, Any]:
    limits = {"amount": {"min": 0.01, "max": 900.0}, "cost": {"min": 5.0, "max": None}, "price": {}}
    return {
        "symbol": symbol,
        "precision": {"price": 0.01, "amount": 0.001, "base": 1e-8},
        "limits": limits,
        "taker": 0.002,
        "maker": 0.001,
        "info": {"much": 1},
    } | more


def test_markets_are_kept_beside_the_candles_and_read_back(tmp_path: Path) -> None:
    tier = {"minNotional": 0, "maxNotional": 50_000, "maintenanceMarginRate": 0.004, "maxLeverage": 125}
    write_markets(tmp_path, [market("BTC/USDT")])
    write_markets(tmp_path, [market("ETH/USDT:USDT", contractSize=0.1, leverage_tiers=[tier])])
    found = markets_for(["BTC/USDT", "ETH/USDT:USDT", "XRP/USDT"], tmp_path, "kraken")
    assert found["BTC/USDT"] == market_from_ccxt(market("BTC/USDT"))
    assert (found["BTC/USDT"].amount_tick, found["BTC/USDT"].cost_min, found["BTC/USDT"].taker) == (
        0.001,
        5,
        0.002,
    )
    assert found["ETH/USDT:USDT"].contract_size == 0.1
    assert found["ETH/USDT:USDT"].leverage_tiers[0].leverage_max == 125
    assumed = found["XRP/USDT"]
    assert (assumed.amount_tick, assumed.cost_min, assumed.taker) == (1e-8, None, 0.004)
    assert "much" not in (tmp_path / "markets.json").read_text()


def test_leverage_tiers_are_read_where_freqtrade_keeps_them(tmp_path: Path) -> None:
    tier = {"minNotional": 0.0, "maxNotional": 5e4, "maintenanceMarginRate": 0.004, "maxLeverage": 125}
    (tmp_path / "futures").mkdir()
    path = tmp_path / "futures/leverage_tiers_USDT.json"
    path.write_text(json.dumps({"updated": "", "data": {"BTC/USDT:USDT": [{**tier, "maintAmt": 50.0}]}}))
    found = markets_for(["BTC/USDT:USDT", "ETH/USDT:USDT"], tmp_path, "binance")
    assert found["BTC/USDT:USDT"].leverage_tiers[0].maintenance_amount == 50
    assert (found["ETH/USDT:USDT"].leverage_tiers, found["ETH/USDT:USDT"].taker) == ((), 0.0005)
    path.write_text("{}")
    with pytest.raises(BadConfig, match="can't be used as leverage tiers: KeyError"):
        markets_for(["BTC/USDT:USDT"], tmp_path, "binance")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "can't be read as JSON"),
        ("3", "must hold a list of markets"),
        ('[{"precision": {}}]', "the market 0 can't be used: KeyError"),
        (
            '[{"symbol": "A/B", "precision": {"amount": 0}}]',
            "the market A/B can't be used: .*amount_tick is a step",
        ),
    ],
)
def test_a_bad_markets_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "markets.json").write_text(text)
    with pytest.raises(BadConfig, match=said):
        markets_for(["A/B"], tmp_path, "binance")


AVAILABLE = ["ADA/BTC", "BTC/USDT", "ETH/USDT"]


def test_pairs_are_chosen_by_name_and_by_pattern() -> None:
    assert choose_pairs(["ETH/USDT", "ADA/BTC"], AVAILABLE, where="x") == (["ETH/USDT", "ADA/BTC"], [])
    assert choose_pairs([".*/usdt", "BTC/USDT"], AVAILABLE, where="x")[0] == ["BTC/USDT", "ETH/USDT"]
    assert choose_pairs([".*"], AVAILABLE, without=["ETH/.*"], where="x")[0] == ["ADA/BTC", "BTC/USDT"]
    assert choose_pairs(["XRP/USDT", "BTC/USDT"], AVAILABLE, where="x") == (["BTC/USDT"], ["XRP/USDT"])


def test_an_unknown_pair_is_told_what_there_is() -> None:
    with pytest.raises(
        NoCandles, match=r"data has no candles of BTC/USD \(did you mean BTC/USDT\?\); it has ADA"
    ):
        choose_pairs(["BTC/USD"], AVAILABLE, where="data")
    with pytest.raises(BadConfig, match=r"'\*/USDT' is neither a pair nor a pattern"):
        choose_pairs(["*/USDT"], AVAILABLE, where="data")
