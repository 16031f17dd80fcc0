import type { Address } from "./address";
import type { Publication, Source } from "./figures";

/** One edition of a year's figures: a publication, or the live cubes of the centre. */
export type Edition =
  | { kind: "publication"; source: Exclude<Source, "live">; item: Publication; versions: Publication[] }
  | { kind: "live"; source: "live"; year: number; through: string };

export const prefixes = {
  public: "/api/v1/open-data/publications",
  analyst: "/api/v1/statistics/publications",
} as const;

export function yearOf(edition: Edition): number {
  return edition.kind === "live" ? edition.year : edition.item.year;
}

export function throughOf(edition: Edition): string {
  return edition.kind === "live" ? edition.through : edition.item.through;
}

/** Cells of fewer persons are never published; live figures hide nothing. */
export function thresholdOf(edition: Edition): number {
  return edition.kind === "live" ? 0 : edition.item.threshold;
}

/** Where the API has one grouping of a cube; `*` is an axis' total. */
export function cubePath(edition: Edition, cube: string, rows: string, columns: string): string {
  const query = new URLSearchParams({ rows, columns });
  if (edition.kind === "publication") return `${prefixes[edition.source]}/${edition.item.id}/cubes/${cube}?${query}`;
  query.set("from", String(edition.year));
  query.set("to", String(edition.year));
  query.set("zeros", "true"); // else cells in which nothing is would be missing
  return `/api/v1/statistics/cubes/${cube}?${query}`;
}

export type FileKind = "csv" | "xlsx" | "parquet" | "json";

/** Where the API has the same as a file; JSON is what it answers by itself. */
export function downloadPath(path: string, kind: FileKind): string {
  return kind === "json" ? path : `${path}${path.includes("?") ? "&" : "?"}format=${kind}`;
}

/** The years of a source, newest first. */
export function yearsOf(publications: Publication[], source: Source, today: Date): number[] {
  const years = new Set(publications.map((p) => p.year));
  if (source === "live") for (let back = 0; back < 5; back++) years.add(today.getFullYear() - back);
  return [...years].sort((a, b) => b - a);
}

/** The edition that an address means, or null where there is none. */
export function editionOf(address: Address, publications: Publication[], today: Date): Edition | null {
  if (address.source === "live") {
    const year = address.year ?? today.getFullYear();
    const thisMonth = `${today.getFullYear()}-${String(today.getMonth() + 1).padStart(2, "0")}`;
    return { kind: "live", source: "live", year, through: year < today.getFullYear() ? `${year}-12` : thisMonth };
  }
  const year = address.year ?? Math.max(...publications.map((p) => p.year));
  const versions = publications.filter((p) => p.year === year).sort((a, b) => b.version - a.version);
  const item =
    address.version === null
      ? versions.find((p) => p.superseded_by === null) ?? versions[0]
      : versions.find((p) => p.version === address.version);
  return item ? { kind: "publication", source: address.source, item, versions } : null;
}
