/** The words of the API that the page reads. Minutes are integers, rates fractions of one; null is "not known". */

export type Source = "public" | "analyst" | "live";
export type Level = "dong" | "gu";

/** All that is known of one cell of a cube. Where it is hidden, what people did is null. */
export interface Cell {
  row: string;
  row_name: string;
  row_parent: string | null;
  column: string;
  column_name: string;
  persons: number | null;
  visits: number | null;
  minutes: number | null;
  new_persons: number | null;
  returning_persons: number | null;
  regular_persons: number | null;
  minutes_per_person: number | null;
  minutes_per_visit: number | null;
  registered: number | null;
  population: number | null;
  registration_rate: number | null;
  participation_rate: number | null;
  activity_rate: number | null;
  hidden?: boolean;
}

export interface Publication {
  id: string;
  year: number;
  audience: "public" | "analyst";
  version: number;
  as_of: string;
  through: string; // the last month contained, 2026-10
  published_at: string;
  definition_version: number;
  threshold: number; // fewest persons that are shown
  round_to: number; // base of what is shown; 1 for exact figures
  hash: string;
  supersedes: string | null;
  superseded_by: string | null;
  note: string;
}

export interface Place {
  code: string;
  level: Level;
  name: string;
  parent: string | null;
  lat: number | null;
  lon: number | null;
}

export type Pace = "ahead" | "on_track" | "behind" | "reached" | "missed" | "later";

export interface Target {
  id: string;
  title: string;
  metric: string;
  metric_name: string;
  unit: "rate" | "count"; // a fraction of one, or a whole number
  region: string; // city, or a code
  region_name: string;
  baseline: { value: number; on: string };
  goal: { value: number; due_on: string };
  actual: { value: number; on: string } | null;
  pace: Pace;
  forecast: { value: number; on: string } | null;
  source: string;
  note: string;
}

/** In the order in which they are offered. */
export const measures = [
  "participation_rate", "registration_rate", "activity_rate",
  "persons", "visits", "minutes", "new_persons", "returning_persons", "regular_persons",
  "minutes_per_person", "minutes_per_visit",
] as const;
export type Measure = (typeof measures)[number];

/** What a table shows beside the measures: what the rates are of. */
export type Column = Measure | "registered" | "population";

/** Denominators are no activity: they are published even where a cell is hidden. */
export function hides(cell: Cell, column: Column): boolean {
  return cell.hidden === true && cell[column] === null && column !== "registered" && column !== "population";
}

export function isRate(column: Column): boolean {
  return column.endsWith("_rate");
}

/** Counts make circles large, everything else colours them. */
export function isCount(measure: Measure): boolean {
  return !isRate(measure) && !measure.startsWith("minutes_per_");
}
