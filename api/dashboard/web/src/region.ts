import type { Address } from "./address";
import type { Place } from "./figures";
import type { Words } from "./words";

/** What the figures are of: the whole city, a gu or a dong, as the cubes name it on their axis of residence. */
export interface Region {
  level: "city" | "gu" | "dong";
  key: string;
  name: string;
}

export function chosenRegion(address: Address, places: Place[], words: Words): Region {
  const dong = places.find((p) => p.level === "dong" && p.code === address.dong);
  const gu = places.find((p) => p.level === "gu" && p.code === (dong?.parent ?? address.gu));
  if (dong) return { level: "dong", key: dong.code, name: gu ? `${gu.name} ${dong.name}` : dong.name };
  if (gu) return { level: "gu", key: gu.code, name: gu.name };
  return { level: "city", key: "city", name: words.city };
}

/** A gu without coordinates of its own stands amid its dong. */
export function located(places: Place[]): Place[] {
  return places.map((p) => {
    if (p.lat !== null && p.lon !== null) return p;
    const inside = places.filter((d) => d.parent === p.code && d.lat !== null && d.lon !== null);
    if (inside.length === 0) return p;
    const mean = (of: (d: Place) => number) => inside.reduce((sum, d) => sum + of(d), 0) / inside.length;
    return { ...p, lat: mean((d) => d.lat!), lon: mean((d) => d.lon!) };
  });
}
