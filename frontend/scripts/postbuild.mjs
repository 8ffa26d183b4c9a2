/**
 * Finishes the export: the service worker with its list of files and version, the hashes of the
 * inline scripts for the Content-Security-Policy, and a `.br` and `.gz` beside each text file.
 */
import { createHash } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const OUT = new URL("../out", import.meta.url).pathname;
const TEXT = /\.(html|js|css|json|svg|webmanifest|txt)$/;
const PRECACHED = /(^\/index\.html$|^\/_next\/static\/|\.(svg|png|webmanifest)$)/;
const INLINE_SCRIPT = /<script(?![^>]*\ssrc=)([^>]*)>([\s\S]*?)<\/script>/g;
const INITIAL_SCRIPT = /<script[^>]*\ssrc="([^"]+)"(?![^>]*noModule)/g;
const INITIAL_KB_MAX = 135;

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

async function listFiles() {
  const entries = await readdir(OUT, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

const urlOf = (file) => `/${relative(OUT, file).split(sep).join("/")}`;

async function writeServiceWorker(files) {
  const digest = createHash("sha256");
  const urls = [];
  for (const file of files.toSorted()) {
    if (!PRECACHED.test(urlOf(file))) continue;
    digest.update(urlOf(file)).update(await readFile(file));
    urls.push(urlOf(file) === "/index.html" ? "/" : urlOf(file));
  }
  const source = await readFile(new URL("../sw/sw.js", import.meta.url), "utf8");
  digest.update(source);
  const worker = source
    .replace('"__VERSION__"', JSON.stringify(digest.digest("hex").slice(0, 12)))
    .replace('"__PRECACHE__"', JSON.stringify(urls));
  await writeFile(join(OUT, "sw.js"), worker);
  return urls.length;
}

async function writeScriptHashes(files) {
  const hashes = new Set();
  for (const file of files.filter((name) => name.endsWith(".html"))) {
    const html = await readFile(file, "utf8");
    for (const [, attributes, script] of html.matchAll(INLINE_SCRIPT)) {
      if (attributes.includes("application/json") || script === "") continue;
      hashes.add(`'sha256-${createHash("sha256").update(script).digest("base64")}'`);
    }
  }
  await writeFile(
    join(OUT, "csp-hashes.json"),
    `${JSON.stringify({ "script-src": [...hashes].sort() }, null, 2)}\n`,
  );
  return hashes.size;
}

async function compress(files) {
  for (const file of files.filter((name) => TEXT.test(name))) {
    const text = await readFile(file);
    const packed = await brotli(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
    await writeFile(`${file}.br`, packed);
    await writeFile(`${file}.gz`, await zip(text, { level: 9 }));
  }
}

/** Weigh what the first view loads, packed by gzip; a page over its budget fails the build. */
async function weighInitialScripts() {
  const html = await readFile(join(OUT, "index.html"), "utf8");
  const sources = new Set([...html.matchAll(INITIAL_SCRIPT)].map(([, source]) => source));
  let bytes = 0;
  for (const source of sources) bytes += (await readFile(join(OUT, `${source}.gz`))).length;
  return bytes / 1000;
}

const stale = (await listFiles()).filter((name) => /\.(br|gz)$/.test(name));
await Promise.all(stale.map((name) => rm(name)));
const built = (await listFiles()).filter((name) => !/[/\\](sw\.js|csp-hashes\.json)$/.test(name));
const precached = await writeServiceWorker(built);
const hashes = await writeScriptHashes(built);
await compress(await listFiles());
const initialKb = await weighInitialScripts();
process.stdout.write(
  `${precached} files precached, ${hashes} inline scripts hashed, initial scripts ${initialKb.toFixed(1)} kB (gzip)\n`,
);
if (initialKb > INITIAL_KB_MAX) throw new Error(`the first view loads over ${INITIAL_KB_MAX} kB of scripts`);
