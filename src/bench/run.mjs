// `npm run bench [-- NAME…]`: bundles each measurement of this folder and runs it in a process of its own. A name stands
// for those that begin with it too: `lab` for `lab-page`. What begins with "--" is the measurements' own.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { build } from "esbuild";

/** The collector works within the steps that are measured, not beside them. */
const FLAGS = { lab: ["--single-threaded-gc"] };

const here = import.meta.dirname;
const out = resolve(here, "../../node_modules/.cache/bench");
const given = process.argv.slice(2);
const wanted = given.filter((word) => !word.startsWith("--"));
const options = given.filter((word) => word.startsWith("--"));
const names = readdirSync(here)
  .filter((file) => file.endsWith(".bench.ts"))
  .map((file) => basename(file, ".bench.ts"))
  .filter(
    (name) =>
      wanted.length === 0 || wanted.some((each) => name === each || name.startsWith(`${each}-`)),
  );

await build({
  entryPoints: names.map((name) => join(here, `${name}.bench.ts`)),
  outdir: out,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  packages: "external",
  logLevel: "warning",
});
let failed = 0;
for (const name of names) {
  console.log(`\n── ${name}`);
  const { status } = spawnSync(
    process.execPath,
    [
      "--expose-gc",
      "--max-old-space-size=4096",
      ...(FLAGS[name] ?? []),
      join(out, `${name}.bench.mjs`),
      ...options,
    ],
    { stdio: "inherit" },
  );
  if (status !== 0) failed++;
}
process.exit(failed === 0 ? 0 : 1);
