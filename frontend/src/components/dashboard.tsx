/** The page: what stands where. The order here is the order on a phone. */
import { useKeyboard } from "@/hooks/use-keyboard";
import { useLiveConnection } from "@/hooks/use-live-connection";
import { useViewStore } from "@/state/view-store";
import { Banners } from "./banners";
import { ChartPanel } from "./chart-panel";
import { AccountTabs, Dialogs, Feeds, Forecasts, Login, Strategies } from "./deferred";
import { Header } from "./header";
import { KpiStrip } from "./kpi-strip";
import { Watchlist } from "./watchlist";

export function Dashboard() {
  useLiveConnection();
  useKeyboard();
  const signedOut = useViewStore((view) => view.signedOut);
  if (signedOut) return <Login />;
  return (
    <>
      <Header />
      <main className="mx-auto flex max-w-[110rem] flex-col gap-2 p-2 pb-[calc(0.5rem+env(safe-area-inset-bottom))] md:gap-3 md:p-3">
        <Banners />
        <KpiStrip />
        <div className="grid grid-cols-[minmax(0,1fr)] gap-2 md:gap-3 lg:grid-cols-[minmax(0,1fr)_24rem] xl:grid-cols-[minmax(0,1fr)_27rem]">
          <ChartPanel />
          <Watchlist />
          <AccountTabs />
          <Forecasts />
          <Strategies />
          <Feeds />
        </div>
      </main>
      <Dialogs />
    </>
  );
}
