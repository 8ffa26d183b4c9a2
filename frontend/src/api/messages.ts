/** What the server says on `/api/v1/stream`; each message carries its place in the order, `seq`. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type PriceRow = Pick<Schemas["PriceRow"], "symbol" | "venue" | "bid" | "ask" | "last" | "ts_init_ms">;

export type StreamMessage =
  | Schemas["HelloMessage"]
  | Schemas["PricesMessage"]
  | Schemas["BarMessage"]
  | Schemas["PortfolioMessage"]
  | Schemas["PositionsMessage"]
  | Schemas["OrderMessage"]
  | Schemas["FillMessage"]
  | Schemas["ForecastMessage"]
  | Schemas["FeedsMessage"]
  | Schemas["StatusMessage"]
  | Schemas["HeartbeatMessage"];
