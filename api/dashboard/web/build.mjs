// Builds the page into ../dist, which is committed so that a machine with Go alone can build the binary.
// With --check nothing is written: it fails where ../dist is not what a build would make.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "..", "dist");

const bundled = await build({
  absWorkingDir: here,
  entryPoints: { app: "src/main.tsx", style: "src/style.css" },
  outdir: "dist",
  write: false,
  bundle: true,
  minify: true,
  metafile: true,
  format: "esm",
  target: ["es2020", "chrome100", "firefox100", "safari15"],
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none", // all licences stand in licences.txt
  charset: "utf8",
});

/** A name that changes with the content, so that browsers may keep the file for ever. */
function hashed(name, content) {
  const dot = name.lastIndexOf(".");
  return `${name.slice(0, dot)}-${createHash("sha256").update(content).digest("hex").slice(0, 12)}${name.slice(dot)}`;
}

/** The licence texts of the packages whose code is in the bundle; both MIT and ISC want them to travel along. */
async function licences(inputs) {
  const packages = new Set(inputs.map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(Boolean));
  const texts = [];
  for (const name of [...packages].sort()) {
    const { version, license } = JSON.parse(await readFile(join(here, "node_modules", name, "package.json"), "utf8"));
    const text = await readFile(join(here, "node_modules", name, "LICENSE"), "utf8");
    texts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  return texts.join(`\n${"-".repeat(72)}\n\n`);
}

const files = new Map();
let page = await readFile(join(here, "src/index.html"), "utf8");
const icon = await readFile(join(here, "src/icon.svg"));
for (const [name, content] of [...bundled.outputFiles.map((f) => [f.path.split("/").pop(), Buffer.from(f.contents)]), ["icon.svg", icon]]) {
  files.set(hashed(name, content), content);
  page = page.replaceAll(`/dashboard/${name}`, `/dashboard/${hashed(name, content)}`);
}
files.set("index.html", Buffer.from(page));
files.set("licences.txt", Buffer.from(await licences(Object.keys(bundled.metafile.inputs))));

if (process.argv.includes("--check")) {
  const kept = await readdir(dist).catch(() => []);
  const stale = [...new Set([...kept, ...files.keys()])];
  const wrong = [];
  for (const name of stale.sort()) {
    const have = kept.includes(name) ? await readFile(join(dist, name)) : undefined;
    if (!have || !files.get(name)?.equals(have)) wrong.push(name);
  }
  if (wrong.length) {
    console.error(`api/dashboard/dist is not what its source makes (${wrong.join(", ")}): run \`make page\` and commit it`);
    process.exit(1);
  }
} else {
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  for (const [name, content] of files) await writeFile(join(dist, name), content);
}
