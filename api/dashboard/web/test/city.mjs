// The demo city on a free port, with a database of its own, for as long as the tests need it.
import { spawn } from "node:child_process";
import { access, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { published } from "./editions.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../../..");
export const password = "dure-demo-2026";

/** Starts bin/dure and waits until the demo city has published its figures. */
export async function startCity() {
  const program = join(root, "bin/dure");
  await access(program).catch(() => {
    throw new Error("bin/dure is not there: run `make build` first");
  });
  const folder = await mkdtemp(join(tmpdir(), "dure-page-"));
  const city = spawn(program, ["serve", "--demo"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH, DURE_DATABASE_URL: `sqlite:${join(folder, "city.db")}`, DURE_ADDR: "127.0.0.1:0", DURE_METRICS_ADDR: "off",
      DURE_LOG_LEVEL: "warn",
    },
  });
  const ended = new Promise((resolve) => city.on("exit", resolve));
  const base = await new Promise((resolve, reject) => {
    let said = "", complained = "";
    city.stdout.on("data", (text) => {
      said += text;
      const address = /^ +API +(http:\/\/\S+)\/api\/v1$/m.exec(said);
      if (address) resolve(address[1]);
    });
    city.stderr.on("data", (text) => (complained += text));
    city.on("exit", (code) => reject(new Error(`dure ended with ${code} before it served:\n${said}\n${complained}`)));
  });
  await published(base, password);
  return {
    base,
    async stop() {
      city.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
