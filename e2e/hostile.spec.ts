import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { bytesSource } from "../src/image/byte-source.ts";
import { defaultImage, layerBlob, verificationOf } from "../src/image/image.ts";
import { openArchive } from "../src/image/open.ts";
import { type App, CORPUS, expect, needsCorpus, test } from "./app.ts";

/** What opening a file gave: why it was refused, or what its layers are. */
type Outcome =
  | { readonly refused: string }
  | {
      readonly layers: readonly {
        readonly entries: number | null;
        readonly failure: string | null;
        readonly verification: string;
      }[];
    };

const MALFORMED = resolve(CORPUS, "../malformed");
/** All that the browser inflates itself, and a third of the rest. Bombs have a test of their own. */
const INFLATED = /^layer-|^trunc-whole|^names-hostile|gz|zst/;
const BOMB = /^bomb-/;

function chosen(): readonly string[] {
  const files = readdirSync(MALFORMED)
    .filter((name) => /\.(?:tar|gz|zst|zip|layer)$/.test(name) && !BOMB.test(name))
    .sort();
  return files.filter((name, i) => i % 3 === 0 || INFLATED.test(name));
}

async function inNode(name: string): Promise<Outcome> {
  const opened = await openArchive([bytesSource(name, readFileSync(join(MALFORMED, name)))]);
  if (opened.type === "refused") return { refused: opened.problem.type };
  const { reader } = opened;
  const layers = [];
  for (const layer of defaultImage(reader.archive)?.layers ?? []) {
    const blob = layerBlob(reader.archive, layer.layer);
    const { entries, failure } = await reader.layer(layer.layer);
    const digests = blob.unreadable ? undefined : await reader.digests(layer.layer);
    const verification = verificationOf(layer, blob, digests);
    layers.push({ entries, failure: failure?.type ?? null, verification });
  }
  return { layers };
}

async function inBrowser(app: App, name: string): Promise<Outcome> {
  return app.page.evaluate(async (file) => {
    const bytes = await (await fetch(`./hostile/${encodeURIComponent(file)}`)).blob();
    try {
      await window.unionscope.open(new File([bytes], file));
    } catch (error) {
      return { refused: error instanceof Error ? error.message : String(error) };
    }
    await window.unionscope.whenIdle();
    const layers = window.unionscope
      .layers()
      .map(({ entries, failure, verification }) => ({ entries, failure, verification }));
    return { layers };
  }, name);
}

async function serveCorpus(app: App): Promise<void> {
  await app.page.route("**/hostile/*", (route) => {
    const name = decodeURIComponent(new URL(route.request().url()).pathname.split("/").pop() ?? "");
    return route.fulfill({ body: readFileSync(join(MALFORMED, name)) });
  });
}

test.describe("hostile archives", () => {
  test.beforeEach(needsCorpus);

  for (const part of [0, 1, 2, 3])
    test(`end in Chromium as they end in Node (${part + 1} of 4)`, async ({ app }) => {
      test.setTimeout(120_000);
      await app.goto();
      await serveCorpus(app);
      const files = chosen().filter((_, i) => i % 4 === part);
      expect(files.length).toBeGreaterThan(15);
      for (const name of files)
        expect(await inBrowser(app, name), name).toEqual(await inNode(name));
    });

  test("a bomb stops at a bound, with a sentence", async ({ app }) => {
    test.setTimeout(120_000);
    await app.goto();
    await serveCorpus(app);
    const outcome = await inBrowser(app, "bomb-10g-zeros.oci-zstd.tar");
    expect(outcome).toMatchObject({ layers: [{ entries: 1, failure: "limit" }] });
    await expect(app.page.getByText("Reading stopped at a bound").first()).toBeVisible();
  });
});
