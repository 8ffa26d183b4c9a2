import Head from "next/head";
import { Mark } from "@/components/icons";

export default function NotFoundPage() {
  return (
    <main className="mx-auto flex min-h-dvh max-w-sm flex-col items-start justify-center gap-3 px-5">
      <Head>
        <title>Not found · Tidegate</title>
      </Head>
      <Mark size={40} />
      <h1 className="font-semibold text-2xl tracking-[-0.02em]">There is no such page</h1>
      <p className="text-muted">Everything that Tidegate shows today is on the dashboard.</p>
      <a
        href="/"
        className="inline-flex min-h-11 items-center rounded-lg bg-tide px-4 font-semibold text-ground"
      >
        Open the dashboard
      </a>
    </main>
  );
}
