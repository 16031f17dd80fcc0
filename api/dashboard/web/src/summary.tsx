import { useEffect, useState } from "preact/hooks";
import { explain, useAnswer, useAround } from "./answer";
import { Downloads } from "./card";
import { cubePath, prefixes, thresholdOf, throughOf, yearOf, type Edition } from "./edition";
import { hides, type Cell, type Column } from "./figures";
import { Marks } from "./legend";
import type { Region } from "./region";

interface SummaryProps {
  edition: Edition;
  region: Region;
  showCurrent: () => void;
  /** Called when there are numbers on the screen, or the reason why there are none. */
  shown: () => void;
}

/** A table; a live one says as of when, and how many changes are still to be counted. */
interface Cells {
  items: Cell[];
  as_of?: string;
  waiting?: number;
  definition?: string;
}

/** The year of a region in five numbers, and which edition they are from. */
export function Summary({ edition, region, showCurrent, shown }: SummaryProps) {
  const { words, format } = useAround();
  const cells = useAnswer<Cells>(cubePath(edition, "home-time", region.level, "*"), (client, path, signal) => client.get(path, signal));
  const cell = cells.data?.items.find((c) => c.row === region.key);
  const outside = region.level === "city" ? cells.data?.items.find((c) => c.row === "outside") : undefined;
  useEffect(() => {
    if (cells.data) performance.mark("figures shown");
    if (!cells.busy) shown();
  }, [cells.data, cells.busy]);
  const say = (column: Column) => (cells.data ? format.cell(cell, column) : "…");
  const secret = (column: Column) => cell !== undefined && hides(cell, column);
  // What explains a hidden number would be hidden, too.
  const note = (text: string) => (secret("persons") ? words.protects(thresholdOf(edition)) : text);

  return (
    <section class="summary" aria-labelledby="summary-title" aria-busy={cells.busy} id="summary">
      <div class="edition">
        <h2 id="summary-title"><span class="unseen">{words.summary}: </span><span lang={region.level === "city" ? undefined : "ko"}>{region.name}</span></h2>
        <EditionLine edition={edition} cells={cells.data} showCurrent={showCurrent} />
      </div>
      {cells.problem ? (
        <div class="problem" role="alert">
          <p>{words.failed} {explain(cells.problem, words)}</p>
          <button onClick={cells.again}>{words.again}</button>
        </div>
      ) : (
        <dl class="numbers">
          <Number name="participation_rate" value={say("participation_rate")} secret={secret("participation_rate")}
            note={note(words.ofResidents(say("persons"), say("population")))} strong />
          <Number name="registration_rate" value={say("registration_rate")} secret={secret("registration_rate")}
            note={words.ofRegistered(say("registered"), say("population"))} strong />
          <Number name="persons" value={say("persons")} secret={secret("persons")}
            note={outside ? words.besides(format.cell(outside, "persons")) : note(words.newPersons(say("new_persons")))} />
          <Number name="visits" value={say("visits")} secret={secret("visits")} note={note(words.perVisit(say("minutes_per_visit")))} />
          <Number name="minutes" value={cell?.minutes != null ? words.hours(format.count(Math.floor(cell.minutes / 60))) : say("minutes")} secret={secret("minutes")}
            note={note(words.exactly(say("minutes"), say("minutes_per_person")))} />
        </dl>
      )}
      <Marks edition={edition} />
      <Definition edition={edition} live={cells.data?.definition} />
    </section>
  );
}

interface NumberProps {
  name: Column;
  value: string;
  note: string;
  secret: boolean;
  strong?: boolean;
}

function Number({ name, value, note, secret, strong }: NumberProps) {
  const { words } = useAround();
  return (
    <div class={strong ? "number strong" : "number"} data-column={name}>
      <dt title={words.meanings[name]}>{words.columns[name]}</dt>
      <dd class={secret ? "value secret" : "value"}>{value}</dd>
      <dd class="note">{note}</dd>
    </div>
  );
}

/** Year and version, as of when, through which month, and whether something newer stands in its place. */
function EditionLine({ edition, cells, showCurrent }: { edition: Edition; cells: Cells | null; showCurrent: () => void }) {
  const { words, format } = useAround();
  if (edition.kind === "live") {
    return (
      <p class="about">
        <span class="badge live">{words.sources.live}</span> {words.live(yearOf(edition))} · {words.through(format.month(throughOf(edition)))}
        {cells?.as_of && ` · ${words.asOf(format.instant(cells.as_of))}`}
        {cells?.waiting ? ` · ${words.waiting(format.count(cells.waiting))}` : ""}
        <span class="remark">{words.liveNote}</span>
      </p>
    );
  }
  const { item, versions } = edition;
  const newer = versions.find((p) => p.superseded_by === null && p.version > item.version);
  return (
    <div class="about">
      <p>
        <span class={`badge ${edition.source}`}>{words.sources[edition.source]}</span> <strong>{words.edition(item.year, item.version)}</strong>
        {" · "}{words.asOf(format.instant(item.as_of))}{" · "}{words.through(format.month(item.through))}
      </p>
      {item.note && <p class="remark">{item.note}</p>}
      {newer && (
        <p class="superseded">
          {words.superseded(newer.version)} <button class="link" onClick={showCurrent}>{words.toCurrent}</button>
        </p>
      )}
    </div>
  );
}

/** What was counted and how, in the API's words; asked for when somebody wants to know. */
function Definition({ edition, live }: { edition: Edition; live: string | undefined }) {
  const { words } = useAround();
  const [open, setOpen] = useState(false);
  const path = edition.kind === "publication" ? `${prefixes[edition.source]}/${edition.item.id}` : null;
  const told = useAnswer<{ definition: string }>(open ? path : null, (client, path, signal) => client.get(path, signal));
  return (
    <details onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>{words.definitions}</summary>
      <p class="definition">{path === null ? live : told.problem ? explain(told.problem, words) : told.data?.definition ?? "…"}</p>
      {edition.kind === "publication" && (
        <>
          <Downloads path={`${path}/download`} figure={words.whole} kinds={["csv", "xlsx", "parquet"]} />
          <p class="marks">{words.hash} <code>{edition.item.hash}</code></p>
        </>
      )}
    </details>
  );
}
