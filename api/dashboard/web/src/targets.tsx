import { scaleLinear } from "d3-scale";
import { useAround, useItems } from "./answer";
import { Card } from "./card";
import type { Pace, Target } from "./figures";

const signs: Record<Pace, string> = { ahead: "▲", on_track: "●", behind: "▼", reached: "✔", missed: "✕", later: "…" };

/** How far the city has come: a gauge for each of its targets. */
export function Targets() {
  const { words, format } = useAround();
  const path = "/api/v1/open-data/targets";
  const answer = useItems<Target>(path);
  const say = (t: Target, value: number | undefined) =>
    value === undefined ? "–" : t.unit === "rate" ? format.rate(value) : format.count(value);
  const nameOf = (t: Target) => (t.region === "city" ? t.metric_name : `${t.region_name} ${t.metric_name}`);
  return (
    <Card id="targets" title={words.targets} path={path} kinds={["json"]} answer={answer}>
      {() =>
        answer.data!.length === 0 ? (
          <p>{words.targetsNone}</p>
        ) : (
          <>
            <ul class="gauges">
              {answer.data!.map((t) => (
                <li key={t.id}>
                  <h3 title={t.title}>{nameOf(t)}</h3>
                  <p class={`pace ${t.pace}`}><span aria-hidden="true">{signs[t.pace]}</span> {words.paces[t.pace]}</p>
                  <Gauge target={t} says={words.gaugeSays(nameOf(t), say(t, t.actual?.value), say(t, t.goal.value), format.day(t.goal.due_on), words.paces[t.pace])} />
                  <p class="figures">
                    <span><b>{say(t, t.actual?.value)}</b> {words.actual}</span>
                    <span>{words.goal} <b>{say(t, t.goal.value)}</b> <small>{format.day(t.goal.due_on)}</small></span>
                  </p>
                </li>
              ))}
            </ul>
            <details>
              <summary>{words.asTable}</summary>
              <div class="scroll" role="region" aria-label={words.tableOf(words.targets)} tabIndex={0}>
                <table>
                  <caption>{words.tableOf(words.targets)}</caption>
                  <thead>
                    <tr>
                      {[words.metric, words.region, words.baseline, words.actual, words.goal, words.due, words.pace, words.forecast, words.note].map((h) => (
                        <th key={h} scope="col">{h}</th>
                      ))}
                    </tr>
                  </thead>
                  <tbody>
                    {answer.data!.map((t) => (
                      <tr key={t.id}>
                        <th scope="row">{t.metric_name}</th>
                        <td>{t.region === "city" ? words.city : t.region_name}</td>
                        <td>{say(t, t.baseline.value)} <small>{format.day(t.baseline.on)}</small></td>
                        <td>{say(t, t.actual?.value)} {t.actual && <small>{format.day(t.actual.on)}</small>}</td>
                        <td>{say(t, t.goal.value)}</td>
                        <td>{format.day(t.goal.due_on)}</td>
                        <td>{words.paces[t.pace]}</td>
                        <td>{say(t, t.forecast?.value)} {t.forecast && <small>{format.day(t.forecast.on)}</small>}</td>
                        <td class="text">{t.note} <small>{t.source}</small></td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </details>
          </>
        )
      }
    </Card>
  );
}

/** A bar from nought, with a notch at the baseline and a flag at the goal; its box is 0…100 wide and stretched. */
function Gauge({ target, says }: { target: Target; says: string }) {
  const most = Math.max(target.goal.value, target.actual?.value ?? 0, target.forecast?.value ?? 0, target.baseline.value) * 1.04 || 1;
  const x = scaleLinear([0, most], [0, 100]).clamp(true);
  const mark = (value: number, name: string) => <rect x={`${x(value)}%`} y={name === "goal" ? 0 : 5} width="3" height={name === "goal" ? 22 : 12} class={name} />;
  return (
    <svg class={`gauge ${target.pace}`} width="100%" height="22" role="img" aria-label={says}>
      <rect x="0" y="5" width="100%" height="12" rx="6" class="track" />
      {target.forecast && <rect x="0" y="5" height="12" rx="6" width={`${x(target.forecast.value)}%`} class="forecast" />}
      {target.actual && <rect x="0" y="5" height="12" rx="6" width={`${x(target.actual.value)}%`} class="actual" />}
      {mark(target.baseline.value, "baseline")}
      {mark(target.goal.value, "goal")}
    </svg>
  );
}
