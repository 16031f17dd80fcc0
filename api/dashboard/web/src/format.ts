import type { Language } from "./address";
import { hides, isRate, type Cell, type Column } from "./figures";
import { type Words } from "./words";

/** Numbers and days as a language writes them. */
export class Format {
  private readonly whole: Intl.NumberFormat;
  private readonly mean: Intl.NumberFormat;
  private readonly share: Intl.NumberFormat;
  private readonly short: Intl.NumberFormat;

  constructor(readonly language: Language, private readonly words: Words) {
    this.whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
    this.mean = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
    this.share = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    this.short = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
  }

  count(n: number | null): string {
    return n === null ? "–" : this.whole.format(n);
  }

  /** A fraction of one as a percentage with two places, so that a dong's small rates can be told apart. */
  rate(n: number | null): string {
    return n === null ? "–" : `${this.share.format(n * 100)}%`;
  }

  value(column: Column, n: number | null): string {
    if (n === null) return "–";
    if (isRate(column)) return this.rate(n);
    return column.startsWith("minutes_per_") ? this.mean.format(n) : this.whole.format(n);
  }

  /** A number with what it counts: 103명, 1.74%. */
  said(column: Column, n: number | null): string {
    if (n === null || isRate(column)) return this.value(column, n);
    return this.words.unit(column, this.value(column, n));
  }

  /** What a cell says of a measure: a number, that it is not known, or that it is hidden. */
  cell(cell: Cell | undefined, column: Column): string {
    if (!cell) return "–";
    return hides(cell, column) ? this.words.hidden : this.said(column, cell[column]);
  }

  compact(n: number): string {
    return this.short.format(n);
  }

  month(key: string, style: "long" | "short" = "long"): string {
    const [year, month] = key.split("-").map(Number);
    const day = new Date(Date.UTC(year ?? 0, (month ?? 1) - 1, 1));
    return new Intl.DateTimeFormat(this.language, {
      month: style, timeZone: "UTC", ...(style === "long" ? { year: "numeric" } : {}),
    }).format(day);
  }

  day(key: string): string {
    return new Intl.DateTimeFormat(this.language, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(`${key.slice(0, 10)}T00:00:00Z`));
  }

  instant(at: string): string {
    return new Intl.DateTimeFormat(this.language, { dateStyle: "long", timeStyle: "short", timeZone: "Asia/Seoul" }).format(new Date(at));
  }
}
