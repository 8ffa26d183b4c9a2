/** Buy or sell with its triangle. */
export function OrderSide({ side }: { side: "buy" | "sell" }) {
  const buy = side === "buy";
  return (
    <span className={`whitespace-nowrap font-medium ${buy ? "text-up" : "text-down"}`}>
      <span aria-hidden="true" className="mr-1 text-[0.7em]">
        {buy ? "▲" : "▼"}
      </span>
      {buy ? "Buy" : "Sell"}
    </span>
  );
}
