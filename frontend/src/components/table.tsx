/** A table whose numbers stand under each other; it scrolls inside its panel. */
import type { ReactNode } from "react";

interface Column {
  title: string;
  numeric?: boolean;
}

interface TableProps {
  caption: string;
  testId: string;
  columns: readonly Column[];
  children: ReactNode;
}

export function Table({ caption, testId, columns, children }: TableProps) {
  return (
    <div className="max-h-[22rem] flex-1 overflow-auto">
      <table data-testid={testId} className="w-full border-separate border-spacing-0">
        <caption className="sr-only">{caption}</caption>
        <thead className="sticky top-0 z-10 bg-panel text-muted text-xs">
          <tr>
            {columns.map(({ title, numeric = false }) => (
              <th
                key={title}
                scope="col"
                className={`h-9 whitespace-nowrap border-line border-b px-3 font-medium first:pl-4 last:pr-4 ${numeric ? "text-right" : "text-left"}`}
              >
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

export function Row({ children, testId }: { children: ReactNode; testId?: string }) {
  return (
    <tr data-testid={testId} className="h-11 hover:bg-raised [&+tr>td]:border-line [&+tr>td]:border-t">
      {children}
    </tr>
  );
}

export function Cell({
  children,
  numeric = false,
  className = "",
}: {
  children: ReactNode;
  numeric?: boolean;
  className?: string;
}) {
  return (
    <td className={`whitespace-nowrap px-3 first:pl-4 last:pr-4 ${numeric ? "text-right" : ""} ${className}`}>
      {children}
    </td>
  );
}

/** The phone's form of a table: cards in a list. */
export function Cards({ testId, label, children }: { testId: string; label: string; children: ReactNode }) {
  return (
    <ul data-testid={testId} aria-label={label} className="flex max-h-[28rem] flex-col overflow-y-auto">
      {children}
    </ul>
  );
}

export function Card({ children, testId }: { children: ReactNode; testId?: string }) {
  return (
    <li data-testid={testId} className="min-h-11 shrink-0 border-line px-4 py-3 [&+li]:border-t">
      {children}
    </li>
  );
}
