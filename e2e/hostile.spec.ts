import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { bytesSource } from "../src/image/byte-source.ts";
import { defaultImage, layerBlob, verificationOf } from "../src/image/image.ts";
import { openArchive } from "../src/image/open.ts";
import { encodeName } from "../src/tree/name.ts";
import { visibleText } from "../src/views/text/visible-name.ts";
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
/** What the browser reads by other code than Node, or shows: compressed layers and archives, and hostile names. */
const ITS_OWN = /^layer-|^trunc-whole|^names-|gz|zst/;
/** One of them has a test of its own: they are long. */
const BOMB = /^bomb-/;

/**
 * The files that are opened in Chromium, of those that all are opened in Node: everything the browser does by code of its
 * own, and of each family (the first word of a name: hdr, wh, path, manifest, …) the first and then every third, so that no
 * family is left out however small it is.
 */
function chosen(): readonly string[] {
  const files = readdirSync(MALFORMED)
    .filter((name) => /\.(?:tar|gz|zst|zip|layer)$/.test(name) && !BOMB.test(name))
    .sort();
  const seen = new Map<string, number>();
  return files.filter((name) => {
    const nth = seen.get(familyOf(name)) ?? 0;
    seen.set(familyOf(name), nth + 1);
    return nth % 3 === 0 || ITS_OWN.test(name);
  });
}

function familyOf(name: string): string {
  return /^[a-z0-9]+/.exec(name)?.[0] ?? name;
}

/**
 * What an archive got on the page that it must not: elements of its own, or characters that turn, hide or break what stands
 * around them. Content in `pre` is text of its own; a title may have lines.
 */
async function escapedOnTo(app: App): Promise<readonly string[]> {
  return app.page.evaluate(() => {
    const unsafe = /[\p{Cf}\p{Zl}\p{Zp}]|(?!\n)\p{Cc}/u;
    const found = [
      ...document.querySelectorAll("#root :is(img, script, iframe, object, style)"),
    ].map(({ tagName }) => `an element: ${tagName}`);
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode())
      if (unsafe.test(node.nodeValue ?? "") && !node.parentElement?.closest("pre"))
        found.push(`text: ${JSON.stringify(node.nodeValue)}`);
    for (const element of document.querySelectorAll("[title], [aria-label]"))
      for (const name of ["title", "aria-label"])
        if (unsafe.test(element.getAttribute(name) ?? ""))
          found.push(`${name} of ${element.tagName}`);
    for (const input of document.querySelectorAll("input"))
      if (unsafe.test(input.value)) found.push(`input: ${JSON.stringify(input.value)}`);
    return found;
  });
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
      for (const name of files) {
        expect(await inBrowser(app, name), name).toEqual(await inNode(name));
        expect(await escapedOnTo(app), name).toEqual([]);
      }
    });

  test("every family of them is among those opened in Chromium", () => {
    const all = readdirSync(MALFORMED).filter((name) => /\.(?:tar|gz|zst|zip|layer)$/.test(name));
    const families = new Set(all.map(familyOf));
    families.delete("bomb");
    expect(new Set(chosen().map(familyOf))).toEqual(families);
    expect(families.size).toBeGreaterThan(10);
    expect(chosen().length).toBeGreaterThan(all.length / 3);
  });

  test("hostile names are shown and titled safely wherever they stand", async ({ app }) => {
    test.setTimeout(120_000);
    await app.goto();
    await serveCorpus(app);
    await inBrowser(app, "names-hostile.docker.tar");
    const paths = await app.script((api) => api.ls({ layer: 1 }).map(({ path }) => path));
    expect(paths.length).toBeGreaterThan(50);
    for (const path of paths) {
      const bytes = [...encodeName(path)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`);
      await app.page.evaluate((at) => {
        history.pushState(null, "", `?path=${at}`);
        dispatchEvent(new PopStateEvent("popstate"));
      }, bytes.join(""));
      await expect(app.page.locator(".inspector-path")).toHaveText(visibleText(path));
      expect(await escapedOnTo(app), JSON.stringify(path)).toEqual([]);
    }
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
