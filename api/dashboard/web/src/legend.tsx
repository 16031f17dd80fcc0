import { useAround } from "./answer";
import { thresholdOf, type Edition } from "./edition";

/** What hidden cells, noughts and dashes mean in an edition. */
export function Marks({ edition }: { edition: Edition }) {
  const { words } = useAround();
  return (
    <p class="marks">
      {edition.kind === "live" ? words.exactWhy : words.hiddenWhy(thresholdOf(edition))}
      {edition.kind === "publication" && edition.item.round_to > 1 && ` ${words.rounded(edition.item.round_to)}`}
    </p>
  );
}

/** The hatching of what is hidden; patterns are found by id, so every drawing brings its own. */
export function Hatch({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="6" height="6" class="hatch-ground" />
        <line x1="0" y1="0" x2="0" y2="6" class="hatch-line" />
      </pattern>
    </defs>
  );
}
