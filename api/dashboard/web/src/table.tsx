import { useMemo, useState } from "preact/hooks";
import { useAround } from "./answer";
import { hides, type Cell, type Column } from "./figures";

export interface Row {
  key: string;
  name: string;
  cell: Cell | undefined;
  chosen?: boolean;
  lang?: string; // of the name, where it has one in one language only
}

interface NumbersProps {
  caption: string;
  heading: string;
  columns: readonly Column[];
  rows: Row[];
  marked?: Column;
  choose?: (key: string) => void;
  choosable?: (key: string) => boolean;
}

/** A table of cells that can be sorted by any column; what is not a number stays at the end. */
export function Numbers({ caption, heading, columns, rows, marked, choose, choosable }: NumbersProps) {
  const { words, format } = useAround();
  const [order, setOrder] = useState<{ column: Column | "name"; down: boolean } | null>(null);
  const sorted = useMemo(() => (order ? sort(rows, order, format.language) : rows), [rows, order, format.language]);
  const head = (column: Column | "name", text: string, title?: string) => {
    const sortedBy = order?.column === column;
    return (
      <th key={column} scope="col" aria-sort={sortedBy ? (order.down ? "descending" : "ascending") : undefined} class={column === marked ? "marked" : undefined}>
        <button
          type="button" title={title} aria-label={words.sortBy(text)}
          onClick={() => setOrder({ column, down: sortedBy ? !order.down : column !== "name" })}
        >
          {text}<span aria-hidden="true" class="arrow">{sortedBy ? (order.down ? "▼" : "▲") : "↕"}</span>
        </button>
      </th>
    );
  };
  return (
    <div class="scroll" role="region" aria-label={`${caption} (${words.scroll})`} tabIndex={0}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {head("name", heading)}
            {columns.map((c) => head(c, words.columns[c], words.meanings[c]))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={row.key} data-row={row.key} class={row.chosen ? "chosen" : undefined}>
              <th scope="row" lang={row.lang}>
                {choose && (choosable?.(row.key) ?? true) ? (
                  <button type="button" aria-pressed={row.chosen === true} onClick={() => choose(row.key)}>{row.name}</button>
                ) : (
                  row.name
                )}
              </th>
              {columns.map((c) => <Value key={c} cell={row.cell} column={c} marked={c === marked} />)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** One number, or why there is none. */
export function Value({ cell, column, marked }: { cell: Cell | undefined; column: Column; marked?: boolean }) {
  const { words, format } = useAround();
  const hidden = cell !== undefined && hides(cell, column);
  return (
    <td data-column={column} class={[marked && "marked", hidden && "secret"].filter(Boolean).join(" ") || undefined}>
      {hidden ? words.hidden : format.value(column, cell?.[column] ?? null)}
    </td>
  );
}

/** Rows in the order of a column; what has no number there comes last either way. */
export function sort(rows: Row[], { column, down }: { column: Column | "name"; down: boolean }, language: string): Row[] {
  const turn = down ? -1 : 1;
  if (column === "name") return [...rows].sort((a, b) => turn * a.name.localeCompare(b.name, language));
  const value = (row: Row) => row.cell?.[column] ?? null;
  return [...rows].sort((a, b) => {
    const x = value(a), y = value(b);
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return turn * (x - y);
  });
}
