/** A market's name with the base before the quote currency. */
export function MarketName({ of }: { of: string }) {
  const [base, quote] = of.split("/");
  return (
    <span className="whitespace-nowrap font-semibold">
      {base}
      <span className="font-normal text-muted">/{quote}</span>
    </span>
  );
}
