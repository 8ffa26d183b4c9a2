/** Short names for the generated schema; the rest of the page imports from here only. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Status = Schemas["Status"];
export type Portfolio = Schemas["Portfolio"];
export type Position = Schemas["Position"];
export type Order = Schemas["Order"];
export type Routing = Schemas["Routing"];
export type Fill = Schemas["Fill"];
export type Market = Schemas["Market"];
export type Bar = Schemas["Bar"];
export type Bars = Schemas["Bars"];
export type Forecast = Schemas["Forecast"];
export type Feed = Schemas["Feed"];
export type Strategy = Schemas["Strategy"];
export type HaltResult = Schemas["HaltResult"];
