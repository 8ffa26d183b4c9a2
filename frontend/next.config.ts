import type { NextConfig } from "next";

/** A static export: the trading service serves `out/`, no Node runs in production. */
const config: NextConfig = {
  output: "export",
  trailingSlash: true,
  reactStrictMode: true,
  poweredByHeader: false,
  // The filter tells App Router pages from ours; there are none.
  experimental: { clientRouterFilter: false },
  images: { unoptimized: true },
  turbopack: { root: import.meta.dirname },
};

export default config;
