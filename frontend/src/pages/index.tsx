import Head from "next/head";
import { Dashboard } from "@/components/dashboard";

export default function DashboardPage() {
  return (
    <>
      <Head>
        <title>Dashboard · Tidegate</title>
      </Head>
      <Dashboard />
    </>
  );
}
