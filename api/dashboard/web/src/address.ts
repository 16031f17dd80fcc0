import { measures, type Level, type Measure, type Source } from "./figures";

export type Language = "ko" | "en";

/** What the page shows, as its address says it: shared, kept as a bookmark, gone back to. */
export interface Address {
  lang: Language | null; // null: as the browser prefers
  source: Source;
  year: number | null; // null: the newest
  version: number | null; // null: the one in force
  level: Level;
  gu: string | null;
  dong: string | null;
  measure: Measure;
}

export const start: Address = {
  lang: null, source: "public", year: null, version: null, level: "dong", gu: null, dong: null, measure: "participation_rate",
};

function oneOf<T extends string>(value: string | null, known: readonly T[], otherwise: T): T {
  return known.find((k) => k === value) ?? otherwise;
}

function positive(value: string | null): number | null {
  return value !== null && /^[1-9][0-9]{0,3}$/.test(value) ? Number(value) : null;
}

function code(value: string | null): string | null {
  return value !== null && /^[0-9]{10}$/.test(value) ? value : null;
}

/** Reads a query; what nobody could have meant is passed over. */
export function read(query: string): Address {
  const q = new URLSearchParams(query);
  const lang = q.get("lang");
  return {
    lang: lang === "ko" || lang === "en" ? lang : null,
    source: oneOf(q.get("source"), ["public", "analyst", "live"], start.source),
    year: positive(q.get("year")),
    version: positive(q.get("version")),
    level: oneOf(q.get("level"), ["dong", "gu"], start.level),
    gu: code(q.get("gu")),
    dong: code(q.get("dong")),
    measure: oneOf(q.get("measure"), measures, start.measure),
  };
}

/** Writes a query that says only what differs from the start, always in the same order. */
export function write(address: Address): string {
  const q = new URLSearchParams();
  for (const name of ["source", "year", "version", "level", "gu", "dong", "measure", "lang"] as const) {
    const value = address[name];
    if (value !== null && value !== start[name]) q.set(name, String(value));
  }
  const written = q.toString(); // not q.size: older phones do not know it
  return written === "" ? "" : `?${written}`;
}

/** Korean for who reads Korean, English for everybody else, unless the address says otherwise. */
export function languageOf(address: Address, preferred: string): Language {
  return address.lang ?? (preferred.toLowerCase().startsWith("ko") ? "ko" : "en");
}
