// Makes static/opsportal/vendor/codemirror-<version>.min.js, the one file the pages load. See README.md.
import { readFileSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const vendor = join(here, "..", "..", "static", "opsportal", "vendor");
const version = JSON.parse(readFileSync(join(here, "node_modules", "@codemirror", "view", "package.json"), "utf8")).version;
const name = `codemirror-${version}.min.js`;

for (const old of readdirSync(vendor).filter((one) => one.startsWith("codemirror-") && one !== name)) rmSync(join(vendor, old));
await build({
  entryPoints: [join(here, "entry.js")],
  outfile: join(vendor, name),
  bundle: true,
  minify: true,
  format: "iife",
  globalName: "CodeMirror",
  target: "es2020",
  legalComments: "none",
  charset: "ascii",
  banner: { js: `/* CodeMirror 6 (view ${version}) and Lezer, MIT licence: LICENSE-codemirror. Built by tools/editor. */` },
});
console.log(name);
