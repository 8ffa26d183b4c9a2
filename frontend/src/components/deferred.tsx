/** The parts of `details.tsx` with a skeleton of the same size in their place until they are here. */
import dynamic from "next/dynamic";
import { Panel, SkeletonRows } from "./panel";

const load = () => import("./details");

export const AccountTabs = dynamic(() => load().then((details) => details.AccountTabs), {
  ssr: false,
  loading: () => (
    <Panel title="Positions">
      <SkeletonRows rows={5} height="h-12" />
    </Panel>
  ),
});

export const Forecasts = dynamic(() => load().then((details) => details.Forecasts), {
  ssr: false,
  loading: () => (
    <Panel title="Model forecasts">
      <SkeletonRows rows={5} height="h-14" />
    </Panel>
  ),
});

export const Strategies = dynamic(() => load().then((details) => details.Strategies), {
  ssr: false,
  loading: () => (
    <Panel title="Strategies">
      <SkeletonRows rows={2} height="h-16" />
    </Panel>
  ),
});

export const Feeds = dynamic(() => load().then((details) => details.Feeds), {
  ssr: false,
  loading: () => (
    <Panel title="Feed health">
      <SkeletonRows rows={3} height="h-14" />
    </Panel>
  ),
});

export const Dialogs = dynamic(() => load().then((details) => details.Dialogs), { ssr: false });
export const Login = dynamic(() => load().then((details) => details.Login), { ssr: false });
