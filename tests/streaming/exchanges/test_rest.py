"""REST answers of the venues: bars, instruments and their paths."""

from decimal import Decimal

import pytest

from market.errors import BadMessage, UnknownInstrument
from streaming.exchanges import exchange, exchanges

MINUTE_NS = 60 * 10**9
OPEN_NS = 1_688_671_200 * 10**9
AFTER_NS = OPEN_NS + MINUTE_NS

ROW = b'"30306.1","30306.2","30305.7","30305.7"'
BARS = {
    "binance": b'[[1688671200000,%b,"3.39243896",1688671259999,"1",23,"1","1","0"],'
    b'[1688671260000,%b,"3.39243896",1688671319999,"1",23,"1","1","0"]]' % (ROW, ROW),
    "coinbase": b'{"candles":['
    b'{"start":"1688671260","low":"1","high":"1","open":"1","close":"1","volume":"1"},'
    b'{"start":"1688671200","low":"30305.7","high":"30306.2","open":"30306.1","close":"30305.7",'
    b'"volume":"3.39243896"}]}',
    "kraken": b'{"error":[],"result":{"XXBTZUSD":[[1688671200,%b,"30306.1","3.39243896",23],'
    b'[1688671260,"1","1","1","1","1","1",1]],"last":1688672160}}' % ROW,
    "kraken_futures": b'{"candles":[{"time":1688671200000,"open":"30306.1","high":"30306.2","low":"30305.7",'
    b'"close":"30305.7","volume":"3.39243896"}],"more_candles":true}',
}


@pytest.mark.parametrize("venue", sorted(BARS))
def test_only_closed_bars_come_oldest_first(venue: str) -> None:
    (bar,) = exchange(venue).decode_bars("BTC/USD", "1m", BARS[venue], AFTER_NS)
    assert (bar.open_time, bar.close_time, bar.ts_event) == (OPEN_NS, AFTER_NS, AFTER_NS)
    assert (bar.open, bar.high, bar.low, bar.close) == tuple(
        Decimal(text) for text in ("30306.1", "30306.2", "30305.7", "30305.7")
    )
    assert (bar.volume, bar.source) == (Decimal("3.39243896"), "venue")


@pytest.mark.parametrize("venue", sorted(exchanges()))
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<html>",
        b'{"error":["EQuery:Unknown asset pair"]}',
        b'{"code":-1121,"msg":"Invalid symbol."}',
    ],
)
def test_an_answer_that_is_none_says_so(venue: str, body: bytes) -> None:
    with pytest.raises(BadMessage):
        exchange(venue).decode_bars("BTC/USD", "1m", body, AFTER_NS)
    with pytest.raises(BadMessage):
        exchange(venue).decode_instruments(body)


def test_requests_ask_for_the_bars_from_a_time_on() -> None:
    assert exchange("binance").bars_request("BTC/USDT", "1m", OPEN_NS, 5000) == (
        "/api/v3/klines?symbol=BTCUSDT&interval=1m&startTime=1688671200000&limit=1000"
    )
    assert exchange("coinbase").bars_request("BTC/USD", "1m", OPEN_NS, 10) == (
        "/api/v3/brokerage/market/products/BTC-USD/candles?start=1688671200&end=1688671800&granularity=ONE_MINUTE&limit=10"
    )
    assert exchange("kraken").bars_request("BTC/USD", "1h", OPEN_NS, 10) == (
        "/0/public/OHLC?pair=XBTUSD&interval=60&since=1688671199"
    )


def test_binance_instruments_have_steps_and_fees() -> None:
    body = (
        b'{"symbols":[{"symbol":"ETHBTC","baseAsset":"ETH","quoteAsset":"BTC","filters":[{"filterType":"PRICE_FILTER",'
        b'"tickSize":"0.00000100"},{"filterType":"LOT_SIZE","stepSize":"0.00010000"},'
        b'{"filterType":"NOTIONAL","minNotional":"0.0001"}]}]}'
    )
    (instrument,) = exchange("binance").decode_instruments(body)
    assert instrument.symbol == "ETH/BTC"
    assert (instrument.price_increment, instrument.size_increment) == (Decimal("0.000001"), Decimal("0.0001"))
    assert (instrument.notional_min, instrument.taker_fee) == (Decimal("0.0001"), Decimal("0.001"))
    future = body.replace(b'"quoteAsset"', b'"marginAsset":"ETH","quoteAsset"').replace(
        b"ETHBTC", b"ETHUSD_210625"
    )
    assert exchange("binance_coinm").decode_instruments(future)[0].symbol == "ETH/BTC:ETH-210625"


def test_kraken_instruments_have_our_names_and_no_dark_pools() -> None:
    body = (
        b'{"error":[],"result":{"XXBTZUSD":{"altname":"XBTUSD","wsname":"XBT/USD","pair_decimals":1,"lot_decimals":8,'
        b'"costmin":"0.5","tick_size":"0.1","fees":[[0,0.4]],"fees_maker":[[0,0.25]]},'
        b'"XXBTZUSD.d":{"altname":"XBTUSD.d","pair_decimals":1,"lot_decimals":8}}}'
    )
    (instrument,) = exchange("kraken").decode_instruments(body)
    assert (instrument.symbol, instrument.base) == ("BTC/USD", "BTC")
    assert (instrument.price_increment, instrument.size_increment) == (Decimal("0.1"), Decimal("0.00000001"))
    assert (instrument.maker_fee, instrument.taker_fee) == (Decimal("0.0025"), Decimal("0.004"))


def test_coinbase_instruments_come_in_the_shape_of_both_interfaces() -> None:
    newer = (
        b'{"products":[{"product_id":"BTC-USD","base_increment":"0.00000001","quote_min_size":"1","price_increment":"0.01",'
        b'"base_currency_id":"BTC","quote_currency_id":"USD"}]}'
    )
    older = (
        b'[{"id":"BTC-USD","base_currency":"BTC","quote_currency":"USD","quote_increment":"0.01",'
        b'"base_increment":"0.00000001","min_market_funds":"1"}]'
    )
    assert exchange("coinbase").decode_instruments(newer) == exchange("coinbase").decode_instruments(older)


def test_kraken_futures_instruments_leave_out_indices() -> None:
    body = (
        b'{"result":"success","instruments":[{"symbol":"pi_xbtusd","tickSize":0.5},{"symbol":"in_xbtusd"}]}'
    )
    (instrument,) = exchange("kraken_futures").decode_instruments(body)
    assert (instrument.symbol, instrument.price_increment) == ("BTC/USD:BTC", Decimal("0.5"))


def test_an_unknown_exchange_names_those_there_are() -> None:
    with pytest.raises(UnknownInstrument, match="binance, binance_coinm"):
        exchange("bitmex")


@pytest.mark.parametrize("module", sorted(exchanges()))
def test_every_exchange_describes_itself(module: str) -> None:
    found = exchange(module)
    assert found.ws_url.startswith("wss://")
    assert found.rest_url.startswith("https://")
    assert not found.ws_url.endswith("/")
    assert 0 < found.maker_fee <= found.taker_fee < Decimal("0.05")
    assert found.silence_s > 0
    (subscription,) = found.subscriptions(["BTC/USD"])
    assert subscription.symbols == ["BTC/USD"]
