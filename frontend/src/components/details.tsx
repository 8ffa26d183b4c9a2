/** What the first paint can do without: one chunk, fetched as soon as the page lives. */
export { AccountTabs } from "./account-tabs";
export { Dialogs } from "./dialogs";
export { Feeds } from "./feeds";
export { Forecasts } from "./forecasts";
export { Login } from "./login";
export { Strategies } from "./strategies";
