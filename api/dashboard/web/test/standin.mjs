// Answers what the page asks for as long as the server does not: publications, places, targets and live cubes, in the shape
// that is agreed on. Everything else is the server's. Where the server answers all of it, nothing is put before it.
import { createHash } from "node:crypto";
import { createServer, request } from "node:http";

const prefixes = { public: "/api/v1/open-data/publications", analyst: "/api/v1/statistics/publications" };
const ages = [...[...Array(10).keys()].map((t) => `${t * 10}-${t * 10 + 9}`), "100+"];

export async function standIn(base) {
  const there = (path) => fetch(base + path).then((r) => r.status !== 404);
  const missing = [];
  for (const path of ["/api/v1/open-data/publications", "/api/v1/open-data/places", "/api/v1/open-data/targets", "/api/v1/statistics/publications", "/api/v1/statistics/cubes"]) {
    if (!(await there(path))) missing.push(path);
  }
  if (missing.length === 0) return null;

  const all = async (path) => {
    const items = [];
    for (let after = ""; after !== null; ) {
      const page = await (await fetch(`${base}${path}&limit=100${after && `&after=${encodeURIComponent(after)}`}`)).json();
      items.push(...page.items);
      after = page.next;
    }
    return items;
  };
  const places = [...(await all("/api/v1/regions?level=gu")), ...(await all("/api/v1/regions?level=dong"))]
    .map((r) => ({ code: r.code, level: r.level, name: r.name, parent: r.parent, lat: r.lat, lon: r.lon }));

  const server = createServer(async (ask, answer) => {
    const url = new URL(ask.url, base);
    const path = missing.find((m) => url.pathname === m || url.pathname.startsWith(`${m}/`));
    if (!path) {
      const on = request(base + ask.url, { method: ask.method, headers: ask.headers }, (theirs) => {
        answer.writeHead(theirs.statusCode, theirs.headers);
        theirs.pipe(answer);
      });
      on.on("error", () => answer.destroy());
      ask.pipe(on);
      return;
    }
    const say = (status, body, type = "application/json; charset=utf-8") => {
      answer.writeHead(status, { "Content-Type": type });
      answer.end(typeof body === "string" ? body : JSON.stringify(body));
    };
    if (path.startsWith("/api/v1/statistics")) {
      const me = await fetch(`${base}/api/v1/me`, { headers: { authorization: ask.headers.authorization ?? "" } });
      if (!me.ok) return say(me.status, await me.json(), "application/problem+json");
    }
    const body = reply(url, places);
    if (body === undefined) return say(404, { code: "request.no_route", title: "none", detail: "none" }, "application/problem+json");
    if (url.searchParams.get("format") === "csv") return say(200, "\ufeffrow,persons\n", "text/csv; charset=utf-8");
    say(200, body);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    base: `http://127.0.0.1:${server.address().port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function editions(audience) {
  return [[2026, 2, "2026-10", null], [2026, 1, "2026-06", "2"], [2025, 1, "2025-12", null]].map(([year, version, through, newer]) => ({
    id: `${audience}-${year}-${version}`, year, audience, version, as_of: `${through}-28T09:00:00+09:00`, through, published_at: `${through}-28T10:00:00+09:00`,
    definition_version: 1, threshold: audience === "public" ? 10 : 5, round_to: audience === "public" ? 5 : 1, hash: "5f0c9d".repeat(10), supersedes: null, superseded_by: newer && `${audience}-${year}-${newer}`, note: "",
  }));
}

function reply(url, places) {
  const { pathname: path, searchParams: q } = url;
  if (path === "/api/v1/open-data/places") return { items: places, next: null };
  if (path === "/api/v1/open-data/targets") return { items: targets };
  for (const [audience, prefix] of Object.entries(prefixes)) {
    if (path === prefix) return { items: editions(audience), next: null };
    const detail = editions(audience).find((e) => path === `${prefix}/${e.id}`);
    if (detail) return { ...detail, definition: "실인원은 한 번이라도 활동한 사람입니다.", cubes: [] };
    const [, id, cube] = new RegExp(`^${prefix}/([^/]+)/cubes/([^/]+)$`).exec(path) ?? [];
    const edition = editions(audience).find((e) => e.id === id);
    if (edition) return grouping(cube, edition.year, edition.through, audience === "public" ? 10 : 5, audience === "public" ? 5 : 1, q, places);
  }
  const live = /^\/api\/v1\/statistics\/cubes\/([^/]+)$/.exec(path);
  if (live) return grouping(live[1], Number(q.get("from").slice(0, 4)), `${q.get("to")}-11`, 0, 1, q, places);
}

const targets = [
  { id: "1", title: "등록률", metric: "registration_rate", metric_name: "등록률", unit: "rate", source: "로드맵", region: "city", region_name: "광주광역시", baseline: { value: 0.286, on: "2018-12-31" }, goal: { value: 0.32, due_on: "2026-12-31" }, actual: { value: 0.309, on: "2026-10-31" }, pace: "behind", forecast: { value: 0.313, on: "2026-12-31" }, note: "" },
  { id: "2", title: "참여율", metric: "participation_rate", metric_name: "참여율", unit: "rate", source: "로드맵", region: "city", region_name: "광주광역시", baseline: { value: 0.104, on: "2018-12-31" }, goal: { value: 0.15, due_on: "2027-12-31" }, actual: { value: 0.141, on: "2026-10-31" }, pace: "ahead", forecast: { value: 0.156, on: "2027-12-31" }, note: "" },
  { id: "3", title: "자원봉사캠프 수", metric: "camps", metric_name: "자원봉사캠프 수", unit: "count", source: "로드맵", region: "city", region_name: "광주광역시", baseline: { value: 48, on: "2018-12-31" }, goal: { value: 95, due_on: "2026-12-31" }, actual: { value: 95, on: "2026-11-01" }, pace: "reached", forecast: null, note: "" },
  { id: "4", title: "만족도", metric: "satisfaction", metric_name: "만족도", unit: "count", source: "로드맵", region: "city", region_name: "광주광역시", baseline: { value: 70, on: "2018-12-31" }, goal: { value: 85, due_on: "2027-12-31" }, actual: null, pace: "later", forecast: null, note: "만족도 조사는 다음 단계에서 시작합니다." },
];

function chance(...of) {
  return createHash("sha256").update(of.join("|")).digest().readUInt32BE(0) / 2 ** 32;
}

function keys(axis, level, year, through, places) {
  if (level === "*") return [["*", "합계", null]];
  if (axis === "home") {
    const own = level === "city" ? [["city", "시 전체", null]] : places.filter((p) => p.level === level).map((p) => [p.code, p.name, p.parent]);
    return [...own, ["outside", "시외", null]];
  }
  if (axis === "age") return ages.map((a) => [a, `${a}세`, null]);
  if (axis === "sex") return [["female", "여", null], ["male", "남", null], ["undisclosed", "미상", null]];
  return [...Array(12).keys()].map((m) => `${year}-${String(m + 1).padStart(2, "0")}`).filter((m) => m <= through).map((m) => [m, m, null]);
}

/** Made-up cells, always the same, among them noughts, hidden ones and some that are not known. */
function grouping(cube, year, through, threshold, base, q, places) {
  const [rowAxis, columnAxis] = cube.split("-");
  const items = [];
  for (const [row, row_name, row_parent] of keys(rowAxis, q.get("rows"), year, through, places)) {
    for (const [column, column_name] of keys(columnAxis, q.get("columns"), year, through, places)) {
      const part = (key, share) => (key === "*" || key === "city" ? 1 : share);
      const population = row === "outside" ? null : Math.round(1_391_000 * part(row, chance("p", row) / (row.endsWith("00000000") ? 4 : 60)) * part(column, 0.4 + chance("q", row, column) / 10) / (rowAxis === "age" ? 2 : 1));
      const persons = Math.round((population ?? 9000) * (0.004 + 0.03 * chance(row)) * (columnAxis === "time" && column !== "*" ? 0.2 + 0.2 * chance(column, row) : 1) * (chance("z", row, column) < 0.03 ? 0 : 1));
      const hidden = persons > 0 && (persons < threshold || threshold > 0 && chance("h", row, column) < 0.06 && row.length === 10);
      const round = (n) => (hidden ? null : base * Math.round(n / base));
      const registered = population === null ? null : Math.round(population * (0.2 + 0.2 * chance("r", row)));
      const [people, visits, minutes] = [round(persons), round(persons * (2 + 3 * chance("v", row))), round(persons * 260 * (1 + chance("m", row)))];
      const fresh = round(persons * 0.3);
      const rate = (a, b) => (a === null || !b ? null : Math.round((a / b) * 1e6) / 1e6);
      items.push({
        row, row_name, row_parent, column, column_name, persons: people, visits, minutes, new_persons: fresh,
        returning_persons: people === null ? null : people - fresh, regular_persons: columnAxis === "time" && column !== "*" ? null : round(persons * 0.05),
        minutes_per_person: rate(minutes, people), minutes_per_visit: rate(minutes, visits), registered, population,
        registration_rate: rate(registered, population), participation_rate: rate(people, population), activity_rate: rate(people, registered),
        ...(threshold > 0 ? { hidden } : {}),
      });
    }
  }
  return { id: "x", cube, year, through, rows: q.get("rows"), columns: q.get("columns"), items };
}
