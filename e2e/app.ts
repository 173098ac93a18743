import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { test as base, expect, type Locator, type Page } from "@playwright/test";
import type { UnionscopeApi } from "../src/app/unionscope-api.ts";

/** Archives of real tools, with the truth about them. Not in the repository. */
export const CORPUS = resolve(import.meta.dirname, "../../shared/corpus/small");

/** A file to drop: its name (a path, for those of a folder) and its bytes. */
export interface DroppedFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** The page as a person uses it. Every test of the browser goes through this. */
export class App {
  readonly page: Page;
  readonly stack: Locator;
  readonly tree: Locator;
  readonly inspector: Locator;

  constructor(page: Page) {
    this.page = page;
    this.stack = page.getByRole("listbox");
    this.tree = page.getByRole("treegrid");
    this.inspector = page.locator(".inspector");
  }

  async goto(query = ""): Promise<void> {
    await this.page.goto(`./${query}`);
    await this.idle();
  }

  /** Waits until nothing is read, hashed or counted any more. */
  async idle(): Promise<void> {
    await this.script((api) => api.whenIdle());
  }

  /** Runs a function on the page with what the page offers to scripts. */
  async script<T>(run: (api: UnionscopeApi) => T | Promise<T>): Promise<T> {
    const api = await this.page.evaluateHandle(() => window.unionscope);
    return api.evaluate(run);
  }

  /** Drops files on the page as one drop. Their bytes come by a route of the page's own origin, for speed. */
  async drop(...files: readonly DroppedFile[]): Promise<void> {
    for (const [index, { bytes }] of files.entries())
      await this.page.route(`**/dropped/${index}`, (route) => route.fulfill({ body: bytes }));
    const names = files.map(({ name }) => name);
    const transfer = await this.page.evaluateHandle(async (all) => {
      const data = new DataTransfer();
      for (const [index, name] of all.entries()) {
        const blob = await (await fetch(`./dropped/${index}`)).blob();
        data.items.add(new File([blob], name));
      }
      return data;
    }, names);
    await this.page.dispatchEvent("body", "dragover", { dataTransfer: transfer });
    await this.page.dispatchEvent("body", "drop", { dataTransfer: transfer });
    await this.idle();
  }

  /** The branches of the stack, top first; the view and steps without a layer are not among them. */
  branches(): Locator {
    return this.stack.locator(".branch");
  }

  branch(k: number): Locator {
    return this.stack.locator(`#branch-${k}`);
  }

  /** The rows of the tree that are in sight. */
  rows(): Locator {
    return this.tree.locator(".tree-row");
  }

  row(name: string): Locator {
    return this.rows().filter({ has: this.page.getByText(name, { exact: true }) });
  }

  async show(mode: "layer" | "merged" | "changes"): Promise<void> {
    await this.page.locator(`.tree-tools input[value=${mode}]`).check({ force: true });
  }

  /** Types a path and resolves it. */
  async resolve(path: string): Promise<void> {
    await this.page.locator(".path-input").fill(path);
    await this.page.keyboard.press("Enter");
    await expect(this.page.locator(".inspector-path")).toHaveText(path);
  }

  verdict(): Locator {
    return this.page.locator(".verdict");
  }
}

/** A file of the corpus, ready to drop; a directory is every file in it, named by its path. */
export function corpusFiles(name: string): readonly DroppedFile[] {
  const top = join(CORPUS, name);
  if (!statSync(top).isDirectory()) return [{ name: basename(name), bytes: readFileSync(top) }];
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ name: path.slice(CORPUS.length + 1), bytes: readFileSync(path) }));
}

/** Without the corpus a test of it fails where it must be there (CI), and says so elsewhere. */
export function needsCorpus(): void {
  if (existsSync(CORPUS)) return;
  const { CI } = process.env;
  if (CI) throw new Error(`the corpus is missing: ${CORPUS}`);
  test.skip(true, `the corpus is missing: ${CORPUS}`);
}

/**
 * `app` watches the page: another origin asked for, a violation of the content security policy, an error nobody
 * caught or an error in the console fails the test.
 */
export const test = base.extend<{ app: App; faults: string[] }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names here
  faults: async ({}, use) => use([]),
  app: async ({ page, baseURL, faults }, use) => {
    const origin = new URL(baseURL ?? "").origin;
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith("http") && url.origin !== origin)
        faults.push(`asked ${request.url()}`);
    });
    page.on("pageerror", (error) => faults.push(`threw ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error") faults.push(`logged ${message.text()}`);
    });
    await use(new App(page));
    expect(faults).toEqual([]);
  },
});

export { expect };
