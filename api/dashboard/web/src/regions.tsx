import { useMemo } from "preact/hooks";
import type { Address } from "./address";
import { useAround, useItems } from "./answer";
import { Card } from "./card";
import { cubePath, type Edition } from "./edition";
import type { Cell, Column, Place } from "./figures";
import { Marks } from "./legend";
import { RegionMap } from "./map";
import { Numbers, type Row } from "./table";

const columns: Column[] = [
  "persons", "visits", "minutes", "participation_rate", "registration_rate", "activity_rate", "registered", "population",
  "new_persons", "returning_persons", "regular_persons", "minutes_per_person", "minutes_per_visit",
];

interface RegionsProps {
  address: Address;
  go: (change: Partial<Address>) => void;
  edition: Edition;
  places: Place[];
}

/** The regions of the chosen level, on a map and in a table: the same cells. */
export function Regions({ address, go, edition, places }: RegionsProps) {
  const { words } = useAround();
  const path = cubePath(edition, "home-time", address.level, "*");
  const answer = useItems<Cell>(path);
  const byKey = useMemo(() => new Map(answer.data?.map((c) => [c.row, c])), [answer.data]);
  const shown = useMemo(
    () => places.filter((p) => p.level === address.level && (address.gu === null || p.parent === address.gu || p.code === address.gu)),
    [places, address.level, address.gu],
  );
  const chosen = address.level === "dong" ? address.dong : address.gu;
  const level = words.byLevel[address.level];

  function choose(key: string) {
    if (address.level === "gu") {
      go({ gu: key === chosen ? null : key });
    } else {
      go(key === chosen ? { dong: null } : { dong: key, gu: address.gu === null ? null : places.find((p) => p.code === key)?.parent ?? null });
    }
  }

  const rows = useMemo<Row[]>(() => {
    const guNames = new Map(places.filter((p) => p.level === "gu").map((p) => [p.code, p.name]));
    const list: Row[] = shown.map((p) => ({
      key: p.code,
      name: p.level === "dong" && address.gu === null ? `${guNames.get(p.parent ?? "") ?? ""} ${p.name}`.trim() : p.name,
      cell: byKey.get(p.code),
      chosen: p.code === chosen,
      lang: "ko",
    }));
    const outside = byKey.get("outside");
    if (outside && address.gu === null) list.push({ key: "outside", name: words.outside, cell: outside });
    return list;
  }, [shown, byKey, chosen, words, address.gu]);

  return (
    <>
      <Card id="map" title={words.map(level)} path={path} answer={answer}>
        {() => (
          <RegionMap
            places={shown} cells={byKey} measure={address.measure} chosen={chosen} choose={choose} edition={edition}
            gus={address.level === "dong" && address.gu === null ? places.filter((p) => p.level === "gu" && p.lat !== null) : []}
          />
        )}
      </Card>
      <Card id="regions" title={words.regions(level)} path={path} answer={answer} wide>
        {() => (
          <>
            <Numbers
              caption={`${words.regions(level)}, ${words.columns[address.measure]}`} heading={words.name} rows={rows}
              columns={[address.measure, ...columns.filter((c) => c !== address.measure)]}
              marked={address.measure} choose={choose} choosable={(key) => key !== "outside"}
            />
            <Marks edition={edition} />
          </>
        )}
      </Card>
    </>
  );
}
