import { scaleQuantile, scaleSqrt } from "d3-scale";
import { useMemo, useState } from "preact/hooks";
import { useAround } from "./answer";
import { thresholdOf, type Edition } from "./edition";
import { hides, isCount, type Cell, type Measure, type Place } from "./figures";
import { Hatch } from "./legend";
import { useWidth } from "./width";

interface MapProps {
  places: Place[];
  gus: Place[];
  cells: Map<string, Cell>;
  measure: Measure;
  chosen: string | null;
  choose: (key: string) => void;
  edition: Edition;
}

/** One circle of the map. */
interface Dot {
  key: string;
  name: string;
  x: number;
  y: number;
  r: number;
  look: string; // class of its colour
  says: string;
}

const classes = 5;

/** Regions as circles at their coordinates: as large as a count, coloured by a rate. There are no boundaries to be wrong about. */
export function RegionMap({ places, gus, cells, measure, chosen, choose, edition }: MapProps) {
  const { words, format } = useAround();
  const [ref, width] = useWidth<HTMLDivElement>();
  const [looked, setLooked] = useState<string | null>(null);
  const [focused, setFocused] = useState(false);
  // Rates colour circles that are as large as their persons; counts make them large, coloured by participation.
  const size: Measure = isCount(measure) ? measure : "persons";
  const colour: Measure = isCount(measure) ? "participation_rate" : measure;

  const placed = useMemo(() => places.filter((p) => p.lat !== null && p.lon !== null), [places]);
  const height = Math.round(Math.min(Math.max(width * 0.72, 280), 520));
  const shades = useMemo(() => steps(placed.flatMap((p) => cells.get(p.code)?.[colour] ?? [])), [placed, cells, colour]);
  const dots = useMemo<Dot[]>(() => {
    const at = projection(placed, width, height);
    const most = Math.max(1, ...placed.map((p) => cells.get(p.code)?.[size] ?? 0));
    const radius = scaleSqrt([0, most], [0, Math.min(placed.length < 10 ? 52 : 34, width / (placed.length < 10 ? 9 : 16), width / (2.2 * Math.sqrt(placed.length || 1)))]);
    return placed
      .map((p) => {
        const cell = cells.get(p.code);
        const value = cell?.[colour] ?? null;
        const look = cell && hides(cell, colour) ? "secret" : value === null ? "none" : `shade${shades.of(value)}`;
        return {
          key: p.code, name: p.name, ...at(p.lat!, p.lon!), r: Math.max(4, radius(cell?.[size] ?? 0)), look,
          says: `${p.name}: ${words.columns[colour]} ${format.cell(cell, colour)}, ${words.columns[size]} ${format.cell(cell, size)}`,
        };
      })
      .sort((a, b) => b.r - a.r);
  }, [placed, cells, size, colour, width, height, shades, words]);

  const names = useMemo(() => (dots.length < 40 ? labels(dots, width, height) : []), [dots, width, height]);

  if (placed.length === 0) return <p>{words.noPlaces}</p>;
  const active = dots.find((d) => d.key === looked) ?? dots.find((d) => d.key === chosen);
  const at = projection(placed, width, height);

  function keyed(event: KeyboardEvent) {
    const from = active ?? dots[0];
    if (!from) return;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (way) setLooked(active ? neighbour(dots, from, way[0]!, way[1]!).key : from.key);
    else if (event.key === "Enter" || event.key === " ") choose(from.key);
    else if (event.key === "Escape") setLooked(null);
    else return;
    event.preventDefault();
  }
  return (
    <div class="map">
      <p id="map-how" class="how">{words.mapHow}</p>
      <div ref={ref} class="ground">
        {width > 0 && (
          <svg
            width={width} height={height} role="listbox" tabIndex={0} aria-labelledby="map-title" aria-describedby="map-how"
            aria-activedescendant={active ? `dot-${active.key}` : undefined} onKeyDown={keyed}
            onFocus={() => setFocused(true)} onBlur={() => { setFocused(false); setLooked(null); }} onMouseLeave={() => setLooked(null)}
          >
            <Hatch id="hatch-map" />
            {dots.map((d) => (
              <circle
                key={d.key} id={`dot-${d.key}`} role="option" aria-selected={d.key === chosen} aria-label={d.says} data-row={d.key}
                cx={d.x} cy={d.y} r={d.r} class={`dot ${d.look}${d.key === chosen ? " chosen" : ""}`} fill={d.look === "secret" ? "url(#hatch-map)" : undefined}
                onMouseEnter={() => setLooked(d.key)} onClick={() => choose(d.key)}
              />
            ))}
            <g aria-hidden="true" class="over">
              {gus.map((g) => {
                const { x, y } = at(g.lat!, g.lon!);
                return <text key={g.code} x={x} y={y} class="gu">{g.name}</text>;
              })}
              {names.filter((n) => n.key !== active?.key).map((n) => <text key={n.key} x={n.x} y={n.y} class="name small">{n.name}</text>)}
              {active && (
                <>
                  <circle cx={active.x} cy={active.y} r={active.r + 3} class={focused ? "ring focused" : "ring"} />
                  <text x={active.x} y={active.y - active.r - 8 > 14 ? active.y - active.r - 8 : active.y + active.r + 18} class="name">{active.name}</text>
                </>
              )}
            </g>
            <ScaleBar places={placed} width={width} height={height} />
          </svg>
        )}
      </div>
      <p class="reading" aria-hidden="true">{active ? active.says : " "}</p>
      <dl class="legend">
        <div>
          <dt>{words.colour}: {words.columns[colour]}</dt>
          <dd>
            <ul class="shades">
              {shades.ranges.map((range, i) => (
                <li key={i}><span class={`swatch shade${shades.first + i}`} />{[...new Set(range.map((v) => format.value(colour, v)))].join("–")}</li>
              ))}
              {edition.kind === "publication" && (
                <li><span class="swatch secret" />{words.legendHidden(thresholdOf(edition))}</li>
              )}
              {dots.some((d) => d.look === "none") && <li><span class="swatch none" />{words.legendNone}</li>}
            </ul>
          </dd>
        </div>
        <div><dt>{words.size}: {words.columns[size]}</dt></div>
      </dl>
    </div>
  );
}

/** Shades for values: fifths of the regions, fewer where there are few values. */
function steps(values: number[]): { of: (value: number) => number; first: number; ranges: [number, number][] } {
  const different = [...new Set(values)].sort((a, b) => a - b);
  const count = Math.min(classes, different.length);
  if (count === 0) return { of: () => 0, first: 0, ranges: [] };
  const first = classes - count; // few values take the darker shades, which can be seen
  const scale = scaleQuantile(different, [...Array(count).keys()]);
  const of = (value: number) => first + scale(value);
  const ranges = [...Array(count).keys()].map((i): [number, number] => {
    const inside = different.filter((v) => scale(v) === i);
    return [inside[0]!, inside[inside.length - 1]!];
  });
  return { of, first, ranges };
}

/** Puts degrees on the paper: a city is small enough for plain degrees, narrowed by its latitude. */
function projection(places: Place[], width: number, height: number): (lat: number, lon: number) => { x: number; y: number } {
  const lats = places.map((p) => p.lat!), lons = places.map((p) => p.lon!);
  const south = Math.min(...lats), north = Math.max(...lats), west = Math.min(...lons), east = Math.max(...lons);
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const margin = Math.min(48, width / 9);
  const scale = Math.min((width - 2 * margin) / Math.max((east - west) * narrow, 0.01), (height - 2 * margin) / Math.max(north - south, 0.01));
  return (lat, lon) => ({
    x: Math.round((width / 2 + (lon - (west + east) / 2) * narrow * scale) * 10) / 10,
    y: Math.round((height / 2 - (lat - (south + north) / 2) * scale) * 10) / 10,
  });
}

/** The names that find room below, above or beside their circles, the larger circle's first. */
function labels(dots: Dot[], width: number, height: number): { key: string; name: string; x: number; y: number }[] {
  const high = 13;
  const taken: { x: number; y: number; half: number }[] = [];
  return dots.flatMap(({ key, name, x, y, r }) => {
    const half = name.length * 5.6;
    const spot = [[x, y + r + 12], [x, y - r - 4], [x + r + half + 3, y + 4], [x - r - half - 3, y + 4]]
      .map(([x, y]) => ({ x: x!, y: y!, half }))
      .find((s) => s.x > half && s.x < width - half && s.y > high && s.y < height - 2 &&
        taken.every((t) => Math.abs(t.x - s.x) > t.half + half || Math.abs(t.y - s.y) > high) &&
        dots.every((d) => d.key === key || Math.hypot(Math.max(Math.abs(d.x - s.x) - half, 0), d.y - (s.y - 4)) > d.r - 2));
    if (!spot) return [];
    taken.push(spot);
    return [{ key, name, x: spot.x, y: spot.y }];
  });
}

/** The nearest circle in a direction; the same one where nothing lies that way. */
function neighbour(dots: Dot[], from: Dot, dx: number, dy: number): Dot {
  let best = from, least = Infinity;
  for (const d of dots) {
    const along = (d.x - from.x) * dx + (d.y - from.y) * dy;
    const aside = Math.abs((d.x - from.x) * dy) + Math.abs((d.y - from.y) * dx);
    const far = along + 2 * aside;
    if (d !== from && along > 0.5 && aside <= 2 * along && far < least) [best, least] = [d, far];
  }
  return best;
}

const kilometre = 1 / 111.32; // in degrees of latitude

function ScaleBar({ places, width, height }: { places: Place[]; width: number; height: number }) {
  const at = projection(places, width, height);
  const length = (km: number) => at(0, 0).y - at(km * kilometre, 0).y;
  const km = [10, 5, 2, 1].find((k) => length(k) < width / 3) ?? 1;
  return (
    <g aria-hidden="true" class="scale" transform={`translate(12 ${height - 12})`}>
      <path d={`M0 -4V0H${length(km)}V-4`} />
      <text x={length(km) / 2} y="-7">{km} km</text>
    </g>
  );
}
