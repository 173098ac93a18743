import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const here = import.meta.dirname;

/** One vitest project per kind of test; the file's ending says which. `npm test` gives each its own time budget. */
function suite(name: string, includes: string[], testTimeout: number) {
  return {
    extends: true as const,
    test: { name, include: includes, testTimeout, environment: "node" as const },
  };
}

/** The development server puts its own scripts and styles into the page, which the page's policy would refuse. */
const devPolicy = {
  name: "dev-policy",
  apply: "serve" as const,
  transformIndexHtml: (html: string) =>
    html.replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>/, ""),
};

export default defineConfig({
  root: resolve(here, "src/app"),
  publicDir: resolve(here, "public"),
  base: "./",
  plugins: [react(), devPolicy],
  worker: { format: "es" },
  build: {
    outDir: resolve(here, "dist/app"),
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
  },
  test: {
    root: here,
    projects: [
      suite(
        "unit",
        ["src/**/!(*.property|*.conformance|*.corpus|*.live|*.long).test.{ts,tsx}"],
        20_000,
      ),
      suite("property", ["src/**/*.property.test.ts"], 120_000),
      suite("conformance", ["src/**/*.conformance.test.ts"], 240_000),
      suite("corpus", ["src/**/*.corpus.test.ts"], 240_000),
      suite("live", ["src/**/*.live.test.ts"], 240_000),
      suite("long", ["src/**/*.long.test.ts"], 3_600_000),
    ],
  },
});
