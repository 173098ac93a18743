import type { Page } from "@playwright/test";
import { type App, expect, test } from "./app.ts";
import { OWN, ready, runOwnImage, still, type } from "./lab-app.ts";

/** A session on somebody's own image with a line run; the hash of its state. */
async function session(app: App): Promise<string> {
  await runOwnImage(app);
  await type(app, "echo x >> /etc/motd");
  await expect.poll(() => kept(app.page)).toHaveLength(1);
  return app.script((api) => api.stateHash());
}

/** The keys under which files of images are kept. */
const kept = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const all = await inStore((store) => store.getAllKeys());
    return all.map(String).filter((key) => key.startsWith("lab-files:"));

    function inStore<T>(ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
      return new Promise((resolve, reject) => {
        const opening = indexedDB.open("keyval-store");
        opening.onerror = reject;
        opening.onsuccess = () => {
          const asked = ask(opening.result.transaction("keyval").objectStore("keyval"));
          asked.onsuccess = () => resolve(asked.result);
          asked.onerror = reject;
        };
      });
    }
  });

/** Puts a handle of a file in the place of the kept bytes, as after a drop from disk. */
const keepHandle = (page: Page, key: string, bytes: readonly number[]) =>
  page.evaluate(
    async ([at, content]) => {
      const directory = await navigator.storage.getDirectory();
      const handle = await directory.getFileHandle("own.tar", { create: true });
      const file = await handle.createWritable();
      await file.write(new Uint8Array(content));
      await file.close();
      await new Promise((resolve, reject) => {
        const opening = indexedDB.open("keyval-store");
        opening.onerror = reject;
        opening.onsuccess = () => {
          const writing = opening.result.transaction("keyval", "readwrite");
          writing.objectStore("keyval").put({ files: [{ name: "own.tar", content: handle }] }, at);
          writing.oncomplete = resolve;
        };
      });
    },
    [key, bytes] as const,
  );

test("a reload finds an own image again and restores the exact state; another world forgets it", async ({
  app,
}) => {
  const hash = await session(app);
  await app.page.waitForTimeout(400);
  await app.page.reload();
  await ready(app);
  expect(await app.script((api) => api.stateHash())).toBe(hash);
  await app.page.locator(".lab-world").click();
  await app.page.getByRole("menuitem", { name: "A value store of 100 MB" }).click();
  await expect.poll(() => kept(app.page), { timeout: 20_000 }).toEqual([]);
});

test("a file that the browser only lends is asked for with one click after a reload", async ({
  app,
}) => {
  const hash = await session(app);
  const [key = ""] = await kept(app.page);
  await keepHandle(app.page, key, [...OWN.bytes]);
  await app.page.addInitScript(() => {
    Object.assign(FileSystemFileHandle.prototype, {
      queryPermission: () => Promise.resolve("prompt"),
      requestPermission: () => Promise.resolve("granted"),
    });
  });
  await app.page.reload();
  await app.page.getByRole("button", { name: "Let this page read it again" }).click();
  await ready(app);
  expect(await app.script((api) => api.stateHash())).toBe(hash);
});

test("a large file from the browser's own picker is asked for with one click after a reload", async ({
  app,
}) => {
  const { page } = app;
  await page.route("**/picked/own.tar", (route) => route.fulfill({ body: OWN.bytes }));
  await page.addInitScript(() => {
    Object.assign(FileSystemFileHandle.prototype, {
      queryPermission: () => Promise.resolve("prompt"),
      requestPermission: () => Promise.resolve("granted"),
    });
    Object.assign(window, {
      showOpenFilePicker: async () => {
        const directory = await navigator.storage.getDirectory();
        const handle = await directory.getFileHandle("own.tar", { create: true });
        const file = await handle.createWritable();
        await file.write(await (await fetch("./picked/own.tar")).arrayBuffer());
        await file.truncate(65 * 2 ** 20);
        await file.close();
        return [handle];
      },
    });
  });
  await still(app);
  await page.getByRole("button", { name: "Open…" }).click();
  await page.getByRole("menuitem", { name: "Open files…" }).click();
  await page.getByRole("button", { name: /^Run .* here$/ }).click({ timeout: 20_000 });
  await expect(page.locator(".terminal-log")).toContainText("own", { timeout: 20_000 });
  await type(app, "rm /etc/issue");
  const hash = await app.script((api) => api.stateHash());
  await expect.poll(() => kept(page)).toHaveLength(1);
  await page.waitForTimeout(400);
  await page.reload();
  await page.getByRole("button", { name: "Let this page read it again" }).click();
  await ready(app);
  expect(await app.script((api) => api.stateHash())).toBe(hash);
});

test("a person who chooses nothing changes nothing; where a page may not pick, the input opens", async ({
  app,
}) => {
  const { page } = app;
  await page.addInitScript(() => {
    const asked: string[] = [];
    Object.assign(window, {
      asked,
      showOpenFilePicker: () => {
        const name = asked.length === 0 ? "AbortError" : "SecurityError";
        asked.push(name);
        return Promise.reject(new DOMException("refused", name));
      },
    });
  });
  await still(app);
  const open = async () => {
    await page.getByRole("button", { name: "Open…" }).click();
    await page.getByRole("menuitem", { name: "Open files…" }).click();
  };
  await open();
  await expect.poll(() => page.evaluate(() => Reflect.get(window, "asked"))).toHaveLength(1);
  const choosing = page.waitForEvent("filechooser");
  await open();
  await (await choosing).setFiles({ name: OWN.name, mimeType: "", buffer: OWN.bytes });
  await expect(page.getByRole("button", { name: /^Run .* here$/ })).toBeVisible();
});
