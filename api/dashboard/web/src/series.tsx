import { scaleBand, scaleLinear } from "d3-scale";
import { useMemo, useState } from "preact/hooks";
import { useAround, useItems } from "./answer";
import { Card } from "./card";
import { cubePath, throughOf, yearOf, type Edition } from "./edition";
import { hides, type Cell } from "./figures";
import { Hatch, Marks } from "./legend";
import type { Region } from "./region";
import { Numbers } from "./table";
import { useWidth } from "./width";

type Drawn = "persons" | "visits" | "minutes";
const drawn: Drawn[] = ["persons", "visits", "minutes"];
const columns = ["persons", "visits", "minutes", "new_persons", "returning_persons", "participation_rate", "activity_rate"] as const;

/** A region's months: persons, visits and minutes, one below the other since they have nothing in common but the time. */
export function Series({ edition, region }: { edition: Edition; region: Region }) {
  const { words, format } = useAround();
  const path = cubePath(edition, "home-time", region.level, "month");
  const answer = useItems<Cell>(path);
  const [at, setAt] = useState<number | null>(null);
  const months = useMemo(() => [...Array(12).keys()].map((m) => `${yearOf(edition)}-${String(m + 1).padStart(2, "0")}`), [yearOf(edition)]);
  const cells = useMemo(() => {
    const own = new Map(answer.data?.filter((c) => c.row === region.key).map((c) => [c.column, c]));
    return months.map((m) => own.get(m));
  }, [answer.data, region.key, months]);
  const last = Math.max(0, months.filter((m) => m <= throughOf(edition)).length - 1);
  const cursor = at ?? last;
  const reading = drawn.map((d) => `${words.columns[d]} ${format.cell(cells[cursor], d)}`).join(" · ");

  return (
    <Card id="series" title={`${words.series}: ${region.name}`} path={path} answer={answer}>
      {() => (
        <>
          <div class="series">
            {drawn.map((d) => (
              <Months key={d} measure={d} months={months} cells={cells} cursor={cursor} look={setAt} />
            ))}
          </div>
          <label class="cursor">
            <span class="unseen">{words.cursor}</span>
            <input
              type="range" min={0} max={11} step={1} value={cursor} aria-valuetext={`${format.month(months[cursor]!)}: ${reading}`}
              onInput={(e) => setAt(Number(e.currentTarget.value))}
            />
          </label>
          <p class="reading" aria-hidden="true"><strong>{format.month(months[cursor]!)}</strong> {reading}</p>
          <details>
            <summary>{words.asTable}</summary>
            <Numbers
              caption={words.tableOf(`${words.series}: ${region.name}`)} heading={words.month} columns={columns}
              rows={months.map((m, i) => ({ key: m, name: format.month(m), cell: cells[i] }))}
            />
            <Marks edition={edition} />
          </details>
        </>
      )}
    </Card>
  );
}

interface MonthsProps {
  measure: Drawn;
  months: string[];
  cells: (Cell | undefined)[];
  cursor: number;
  look: (month: number) => void;
}

/** Twelve columns of one measure. A hidden month is hatched, one that is not known is left out. */
function Months({ measure, months, cells, cursor, look }: MonthsProps) {
  const { words, format } = useAround();
  const [ref, width] = useWidth<HTMLDivElement>();
  const height = 118, left = 40, bottom = 18, top = 8;
  const most = Math.max(1, ...cells.map((c) => c?.[measure] ?? 0));
  const y = scaleLinear([0, most], [height - bottom, top]).nice(3);
  const x = scaleBand(months, [left, Math.max(width, left + 1)]).padding(0.22);
  const says = months.map((m, i) => `${format.month(m, "short")} ${format.cell(cells[i], measure)}`).join(", ");
  return (
    <div class="months">
      <h3 title={words.meanings[measure]}>{words.columns[measure]}</h3>
      <div ref={ref} class="ground">
        {width > 0 && (
          <svg width={width} height={height} role="img" aria-label={`${words.columns[measure]}: ${says}`}>
            <Hatch id={`hatch-${measure}`} />
            {y.ticks(3).map((t) => (
              <g key={t} class="grid">
                <line x1={left} x2={width} y1={y(t)} y2={y(t)} />
                <text x={left - 6} y={y(t) + 3.5} class="tick end">{format.compact(t)}</text>
              </g>
            ))}
            {months.map((m, i) => {
              const cell = cells[i];
              const value = cell?.[measure] ?? null;
              const secret = cell !== undefined && hides(cell, measure);
              const from = x(m)!, step = x.step();
              return (
                <g key={m} class={i === cursor ? "month looked" : "month"} onMouseEnter={() => look(i)} onClick={() => look(i)}>
                  <rect x={from - (step - x.bandwidth()) / 2} width={step} y={0} height={height} class="catch" />
                  {secret && <rect x={from} width={x.bandwidth()} y={top} height={height - bottom - top} class="bar secret" fill={`url(#hatch-${measure})`} />}
                  {value !== null && <rect x={from} width={x.bandwidth()} y={Math.min(y(value), height - bottom - 1)} height={Math.max(1, height - bottom - y(value))} rx={2} class={`bar ${measure}`} />}
                  {!secret && value === null && <text x={from + x.bandwidth() / 2} y={height - bottom - 4} class="tick middle">–</text>}
                  <text x={from + x.bandwidth() / 2} y={height - 4} class="tick middle">{i + 1}</text>
                </g>
              );
            })}
          </svg>
        )}
      </div>
    </div>
  );
}
