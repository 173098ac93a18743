// Bundles the command-line program into dist/cli. Runs after every install ("prepare") and before the tests.

import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "esbuild";
import { top } from "./install.mjs";

const outdir = resolve(top, "dist/cli");
rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: [resolve(top, "src/cli/unionscope.ts")],
  outdir,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  packages: "external",
  sourcemap: "linked",
  banner: { js: "#!/usr/bin/env node" },
  logLevel: "warning",
});
