import type { ComponentChildren } from "preact";
import { write, type Address } from "./address";
import { useAround } from "./answer";
import { yearOf, type Edition } from "./edition";
import { isCount, isRate, measures, type Level, type Measure, type Place, type Source } from "./figures";

interface FiltersProps {
  address: Address;
  go: (change: Partial<Address>) => void;
  places: Place[];
  edition: Edition | null;
  years: number[];
  sources: Source[];
}

/** What the figures are of; every choice goes into the address. */
export function Filters({ address, go, places, edition, years, sources }: FiltersProps) {
  const { words } = useAround();
  const gus = places.filter((p) => p.level === "gu");
  const dongs = places.filter((p) => p.level === "dong" && (address.gu === null || p.parent === address.gu));
  const year = edition ? yearOf(edition) : address.year;
  const versions = edition?.kind === "publication" ? edition.versions : [];
  const nowhere = write({ ...address, source: "public", lang: null }) === "";

  function chooseDong(code: string) {
    const dong = places.find((p) => p.code === code);
    go({ dong: code || null, gu: dong?.parent ?? address.gu, level: code ? "dong" : address.level });
  }
  return (
    <form class="filters" aria-label={words.filters} onSubmit={(e) => e.preventDefault()}>
      {sources.length > 1 && (
        <Choice<Source>
          label={words.source} name="source" value={address.source} options={sources} text={(s) => words.sources[s]}
          choose={(source) => go({ source, version: null })}
        />
      )}
      <Select label={words.year} name="year" value={year === null ? "" : String(year)} choose={(v) => go({ year: Number(v), version: null })}>
        {year !== null && !years.includes(year) && <option value={year}>{year}</option>}
        {years.map((y) => <option key={y} value={y}>{y}</option>)}
      </Select>
      {versions.length > 1 && edition?.kind === "publication" && (
        <Select
          label={words.version} name="version" value={String(edition.item.version)}
          choose={(v) => go({ version: v === String(versions[0]!.version) ? null : Number(v), year: edition.item.year })}
        >
          {versions.map((p) => <option key={p.id} value={p.version}>{words.versionOf(p.version, p.superseded_by === null)}</option>)}
        </Select>
      )}
      <Select label={words.gu} name="gu" value={address.gu ?? ""} choose={(v) => go({ gu: v || null, dong: null })}>
        <option value="">{words.allGu}</option>
        {gus.map((p) => <option key={p.code} value={p.code} lang="ko">{p.name}</option>)}
      </Select>
      <Select label={words.dong} name="dong" value={address.dong ?? ""} choose={chooseDong}>
        <option value="">{words.allDong}</option>
        {gus.filter((g) => address.gu === null || g.code === address.gu).map((g) => (
          <optgroup key={g.code} label={g.name}>
            {dongs.filter((d) => d.parent === g.code).map((d) => <option key={d.code} value={d.code} lang="ko">{d.name}</option>)}
          </optgroup>
        ))}
      </Select>
      <Select label={words.measure} name="measure" value={address.measure} choose={(v) => go({ measure: v as Measure })}>
        <optgroup label={words.groupRates}><Options measures={measures.filter(isRate)} /></optgroup>
        <optgroup label={words.groupCounts}><Options measures={measures.filter(isCount)} /></optgroup>
        <optgroup label={words.groupMeans}><Options measures={measures.filter((m) => !isRate(m) && !isCount(m))} /></optgroup>
      </Select>
      <Choice<Level>
        label={words.level} name="level" value={address.level} options={["dong", "gu"]} text={(l) => words.byLevel[l]}
        choose={(level) => go(level === "gu" ? { level, dong: null } : { level })}
      />
      <button
        type="button" class="reset" disabled={nowhere}
        onClick={() => go({ year: null, version: null, level: "dong", gu: null, dong: null, measure: "participation_rate" })}
      >
        {words.reset}
      </button>
    </form>
  );
}

function Options({ measures }: { measures: readonly Measure[] }) {
  const { words } = useAround();
  return <>{measures.map((m) => <option key={m} value={m}>{words.columns[m]}</option>)}</>;
}

interface SelectProps {
  label: string;
  name: string;
  value: string;
  choose: (value: string) => void;
  children: ComponentChildren;
}

function Select({ label, name, value, choose, children }: SelectProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <select name={name} value={value} onChange={(e) => choose(e.currentTarget.value)}>{children}</select>
    </label>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  name: string;
  value: T;
  options: T[];
  text: (option: T) => string;
  choose: (option: T) => void;
}

/** A few options, all in sight. */
function Choice<T extends string>({ label, name, value, options, text, choose }: ChoiceProps<T>) {
  return (
    <fieldset class="field choice">
      <legend>{label}</legend>
      <div>
        {options.map((o) => (
          <label key={o}>
            <input type="radio" name={name} value={o} checked={o === value} onChange={() => choose(o)} />
            <span>{text(o)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
