import { scaleLinear } from "d3-scale";
import { useMemo } from "preact/hooks";
import { useAround, useItems } from "./answer";
import { Card } from "./card";
import { cubePath, type Edition } from "./edition";
import { hides, type Cell } from "./figures";
import { Hatch, Marks } from "./legend";
import type { Region } from "./region";
import { Value } from "./table";
import { useWidth } from "./width";

/** The decades of life, youngest first. */
const ages = [...[...Array(10).keys()].map((t) => `${t * 10}-${t * 10 + 9}`), "100+"];

/** One side of the pyramid: the cells of one sex, or of everybody. */
interface Side {
  key: string;
  cells: Map<string, Cell>; // by age
}

/**
 * Participants against residents by age: of the whole city by sex, of a gu or dong without, since that is what is published.
 * Both are drawn as shares of their own total, or nobody would see the participants; where that is hidden, theirs are not drawn.
 */
export function AgePyramid({ edition, region }: { edition: Edition; region: Region }) {
  const { words } = useAround();
  const city = region.level === "city";
  const path = city ? cubePath(edition, "age-sex", "tens", "each") : cubePath(edition, "home-age", region.level, "tens");
  const answer = useItems<Cell>(path);
  // All participants, those too whose age or sex is hidden: shares of what is shown alone would say too much.
  const whole = useItems<Cell>(city ? cubePath(edition, "age-sex", "*", "*") : cubePath(edition, "home-age", region.level, "*"));
  const persons = whole.data?.find((c) => city || c.row === region.key)?.persons ?? null;
  const sides = useMemo<Side[]>(() => {
    const cells = answer.data ?? [];
    if (!city) return [{ key: "all", cells: new Map(cells.filter((c) => c.row === region.key).map((c) => [c.column, c])) }];
    return ["female", "male", "undisclosed"]
      .map((sex) => ({ key: sex, cells: new Map(cells.filter((c) => c.column === sex).map((c) => [c.row, c])) }))
      .filter((s) => s.key !== "undisclosed" || [...s.cells.values()].some((c) => c.persons !== null && c.persons > 0 || c.hidden));
  }, [answer.data, city, region.key]);
  const title = city ? words.ageCity : `${words.age}, ${region.name}`;
  return (
    <Card id="age" title={title} path={path} answer={answer}>
      {() => (
        <>
          <p class="how">{words.ageHow}</p>
          <Drawing sides={sides.filter((s) => s.key !== "undisclosed")} persons={persons} secrets={edition.kind === "publication"} />
          <details>
            <summary>{words.asTable}</summary>
            <div class="scroll" role="region" aria-label={words.tableOf(title)} tabIndex={0}>
              <table>
                <caption>{words.tableOf(title)}</caption>
                <thead>
                  <tr>
                    <th scope="col" rowSpan={2}>{words.ageColumn}</th>
                    {sides.map((s) => <th key={s.key} scope="colgroup" colSpan={3}>{words.sexes[s.key]}</th>)}
                  </tr>
                  <tr>
                    {sides.map((s) => (["persons", "population", "participation_rate"] as const).map((c) => (
                      <th key={s.key + c} scope="col">{words.columns[c]}</th>
                    )))}
                  </tr>
                </thead>
                <tbody>
                  {ages.map((age) => (
                    <tr key={age} data-row={age}>
                      <th scope="row">{words.ageBand(age)}</th>
                      {sides.map((s) => (["persons", "population", "participation_rate"] as const).map((c) => (
                        <Value key={s.key + c} cell={s.cells.get(age)} column={c} />
                      )))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <Marks edition={edition} />
          </details>
        </>
      )}
    </Card>
  );
}

/** The bars, left and right of the ages or all to the right. */
function Drawing({ sides, persons, secrets }: { sides: Side[]; persons: number | null; secrets: boolean }) {
  const { words, format } = useAround();
  const [ref, width] = useWidth<HTMLDivElement>();
  const step = 25, top = 22, bottom = 20, middle = 58;
  const height = top + ages.length * step + bottom;
  const population = sides.reduce((sum, s) => sum + ages.reduce((t, age) => t + (s.cells.get(age)?.population ?? 0), 0), 0);
  const share = (cell: Cell | undefined, what: "persons" | "population") => {
    const value = cell?.[what] ?? null, whole = what === "persons" ? persons : population;
    return value === null || !whole ? null : value / whole;
  };
  const most = Math.max(0.01, ...sides.flatMap((s) => ages.flatMap((age) => [share(s.cells.get(age), "persons") ?? 0, share(s.cells.get(age), "population") ?? 0])));
  const half = sides.length === 2 ? (width - middle) / 2 : width - middle - 6;
  const length = scaleLinear([0, most], [0, Math.max(1, half - 8)]);
  const says = (s: Side, age: string) => {
    const cell = s.cells.get(age);
    return `${words.ageBand(age)} ${words.participants} ${cell && hides(cell, "persons") ? words.hidden : format.rate(share(cell, "persons"))}, ${words.residents} ${format.rate(share(cell, "population"))}`;
  };
  return (
    <div ref={ref} class="ground pyramid">
      {width > 0 && (
        <svg
          width={width} height={height} role="img"
          aria-label={sides.map((s) => `${words.sexes[s.key]}: ${ages.map((age) => says(s, age)).join("; ")}`).join(". ")}
        >
          <Hatch id="hatch-age" />
          {sides.map((s, i) => {
            // With two sides the first grows to the left from the ages in the middle; a single one to the right.
            const left = sides.length === 2 && i === 0;
            const origin = left ? half : middle + (sides.length === 2 ? half : 0);
            const bar = (l: number) => ({ x: left ? origin - l : origin, width: l });
            return (
              <g key={s.key} class={s.key}>
                <text x={left ? origin - 4 : origin + 4} y={13} class={left ? "side end" : "side"}>{words.sexes[s.key]}</text>
                {length.ticks(3).map((t) => {
                  const x = left ? origin - length(t) : origin + length(t);
                  return (
                    <g key={t} class="grid">
                      <line x1={x} x2={x} y1={top} y2={height - bottom} />
                      <text x={x} y={height - 5} class="tick middle">{Math.round(t * 1000) / 10}%</text>
                    </g>
                  );
                })}
                {ages.map((age, a) => {
                  const cell = s.cells.get(age);
                  const y = top + (ages.length - 1 - a) * step;
                  const people = share(cell, "persons"), residents = share(cell, "population");
                  return (
                    <g key={age}>
                      <title>{says(s, age)}</title>
                      {residents !== null && <rect {...bar(length(residents))} y={y + 2} height={step - 4} class="residents" />}
                      {people !== null && <rect {...bar(length(people))} y={y + 6} height={step - 12} rx={2} class="participants" />}
                      {cell && hides(cell, "persons") && <rect {...bar(Math.min(half / 5, 24))} y={y + 6} height={step - 12} class="bar secret" fill="url(#hatch-age)" />}
                    </g>
                  );
                })}
              </g>
            );
          })}
          <g aria-hidden="true">
            {ages.map((age, a) => (
              <text key={age} x={sides.length === 2 ? half + middle / 2 : middle / 2 - 4} y={top + (ages.length - 1 - a) * step + step / 2 + 4} class="tick middle">
                {age.replace("-", "–")}
              </text>
            ))}
          </g>
        </svg>
      )}
      <ul class="shades">
        <li><span class={`swatch participants${sides.length === 1 ? " plain" : ""}`} />{words.participants}</li>
        <li><span class="swatch residents" />{words.residents}</li>
        {secrets && <li><span class="swatch secret" />{words.hidden}</li>}
      </ul>
    </div>
  );
}
