// Bundles the command-line program into dist/cli. Runs after every install ("prepare") and before the tests.

import { resolve } from "node:path";
import { build } from "esbuild";
import { top } from "./install.mjs";

await build({
  entryPoints: [resolve(top, "src/cli/unionscope.ts")],
  outdir: resolve(top, "dist/cli"),
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
