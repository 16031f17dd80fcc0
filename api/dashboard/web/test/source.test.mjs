// What can be said of the page without a browser.
import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./load.mjs";

const { read, write, start, languageOf } = await load("address.ts");
const { editionOf, yearsOf, cubePath } = await load("edition.ts");
const { Format } = await load("format.ts");
const { wordsOf } = await load("words.ts");
const { hides } = await load("figures.ts");
const { sort } = await load("table.tsx");
const { Client, Problem } = await load("client.ts");

test("an address is read as it was written, and says only what differs from the start", () => {
  assert.equal(write(start), "");
  assert.deepEqual(read(""), start);
  for (const query of [
    "?year=2025", "?level=gu&gu=1221000000", "?source=analyst&year=2026&version=2&gu=1221000000&dong=1221052500&measure=minutes&lang=en",
  ]) {
    assert.equal(write(read(query)), query);
  }
});

test("what nobody could have meant in an address is passed over", () => {
  for (const query of [
    "?year=twenty", "?year=-1", "?year=0", "?year=99999", "?version=1.5", "?level=house", "?gu=1", "?dong=<script>", "?measure=money", "?lang=fr", "?source=secret",
    "?unknown=1",
  ]) {
    assert.deepEqual(read(query), start, query);
  }
});

test("Korean for who reads Korean, unless the address says otherwise", () => {
  for (const [query, browser, want] of [["", "ko-KR", "ko"], ["", "ko", "ko"], ["", "en-GB", "en"], ["", "fr", "en"], ["?lang=en", "ko", "en"], ["?lang=ko", "en", "ko"]]) {
    assert.equal(languageOf(read(query), browser), want, `${query} ${browser}`);
  }
});

const publication = (id, year, version, superseded_by = null) => ({ id, year, version, superseded_by, through: `${year}-10` });
const kept = [publication("c", 2026, 2), publication("b", 2026, 1, "c"), publication("a", 2025, 1)];
const today = new Date("2026-11-20T00:00:00Z");

test("the edition in force is shown, an older one where it is asked for, none where there is none", () => {
  const id = (query) => editionOf(read(query), kept, today)?.item.id;
  assert.equal(id(""), "c");
  assert.equal(id("?version=1"), "b");
  assert.equal(id("?year=2025"), "a");
  assert.equal(id("?year=2024"), undefined);
  assert.equal(id("?year=2025&version=2"), undefined);
  assert.equal(editionOf(read(""), [], today), null);
});

test("live cubes are asked for by year, publications by their number", () => {
  const path = (query) => cubePath(editionOf(read(query), kept, today), "home-time", "gu", "*");
  assert.equal(path("?source=live"), "/api/v1/statistics/cubes/home-time?rows=gu&columns=*&from=2026&to=2026&zeros=true");
  assert.equal(path("?source=live&year=2024"), "/api/v1/statistics/cubes/home-time?rows=gu&columns=*&from=2024&to=2024&zeros=true");
  assert.equal(path("?source=analyst"), "/api/v1/statistics/publications/c/cubes/home-time?rows=gu&columns=*");
  assert.deepEqual(yearsOf(kept, "public", today), [2026, 2025]);
});

test("hidden, nought and not known are told apart; denominators are never hidden", () => {
  const format = new Format("ko", wordsOf("ko"));
  const cell = (more) => ({ persons: null, population: 5909, participation_rate: null, ...more });
  assert.equal(format.cell(cell({ hidden: true }), "persons"), "비공개");
  assert.equal(format.cell(cell({ hidden: true }), "population"), "5,909명");
  assert.equal(format.cell(cell({ hidden: false }), "persons"), "–");
  assert.equal(format.cell(cell({ hidden: false, persons: 0, participation_rate: 0 }), "persons"), "0명");
  assert.equal(format.cell(cell({ hidden: false, persons: 0, participation_rate: 0 }), "participation_rate"), "0.00%");
  assert.equal(format.cell(undefined, "persons"), "–");
  assert.equal(hides(cell({ hidden: true, population: null }), "population"), false);
});

test("rows are sorted by number, and what has none comes last either way", () => {
  const row = (key, persons) => ({ key, name: key, cell: { persons } });
  const rows = [row("a", 9), row("b", null), row("c", 100), row("d", 0)];
  const keys = (order) => sort(rows, order, "ko").map((r) => r.key).join("");
  assert.equal(keys({ column: "persons", down: true }), "cadb");
  assert.equal(keys({ column: "persons", down: false }), "dacb");
  assert.equal(keys({ column: "name", down: true }), "dcba");
});

/** A server of three answers: tokens, who one is, and figures for who holds the newest token. */
function fakeFetch({ refresh = 200 } = {}) {
  const asked = [];
  let newest = 1;
  const json = (status, body) => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
  const tokens = () => ({ access_token: `a${newest}`, refresh_token: `r${newest}` });
  globalThis.fetch = async (path, init = {}) => {
    asked.push(path);
    await null;
    if (path.endsWith("/login")) return json(200, tokens());
    if (path.endsWith("/refresh")) {
      if (refresh !== 200 || JSON.parse(init.body).refresh_token !== `r${newest}`) return json(refresh === 200 ? 401 : refresh, { code: "token.used", title: "used" });
      newest++;
      expired = false;
      return json(200, tokens());
    }
    const good = !expired && new Headers(init.headers).get("Authorization") === `Bearer a${newest}`;
    return good ? json(200, { login: "x", roles: [], items: [] }) : json(401, { code: "auth.sign_in", detail: "sign in" });
  };
  let expired = false;
  return { asked, expire: () => (expired = true) };
}

test("an expired token is renewed once for all who wait, and their questions are answered", async () => {
  const server = fakeFetch();
  const client = new Client();
  await client.signIn("x", "y");
  server.expire();
  await Promise.all([client.get("/one"), client.get("/two"), client.get("/three")]);
  assert.equal(server.asked.filter((p) => p.endsWith("/refresh")).length, 1);
});

test("who cannot be renewed is signed out and told; a server in trouble signs nobody out", async () => {
  for (const [refresh, ends] of [[401, true], [503, false]]) {
    const server = fakeFetch({ refresh });
    const client = new Client();
    let ended = false;
    client.ended = () => (ended = true);
    await client.signIn("x", "y");
    server.expire();
    await assert.rejects(client.get("/one"), (e) => e instanceof Problem && e.status === 401);
    assert.equal(ended, ends);
    assert.equal(client.me === null, ends);
  }
});
