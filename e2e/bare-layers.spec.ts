import { type App, expect, test } from "./app.ts";
import { axe } from "./axe.ts";
import { tar, tinyArchive } from "./tiny-archive.ts";

const BASE = { name: "base.tar", bytes: tar([["etc/conf", "base\n"]]) };
const APP = { name: "app.tar", bytes: tar([["etc/conf", "application\n"]]) };
const GONE = { name: "gone.tar", bytes: tar([["etc/.wh.conf", ""]]) };

/** The layers' names, top first. */
const named = (app: App) => app.branches().locator(".branch-command");

/** When the last byte was read: another time when something was read since. */
const lastRead = (app: App) => app.script((api) => api.marks().lastByteRead);

test("bare layers are stacked as they are given, or by the numbers in their names", async ({
  app,
}) => {
  await app.goto();
  await app.drop(BASE, APP, GONE);
  await expect(named(app)).toHaveText(["gone.tar", "app.tar", "base.tar"]);
  await expect(app.page.locator(".arrange-hint")).toContainText("the one they were given in");
  await app.page.locator(".picker").click();
  await app.page.getByRole("menuitem", { name: "Close base.tar" }).click();
  await app.drop(
    { ...GONE, name: "layer-10.tar" },
    { ...APP, name: "layer-2.tar" },
    { ...BASE, name: "layer-1.tar" },
  );
  await expect(named(app)).toHaveText(["layer-10.tar", "layer-2.tar", "layer-1.tar"]);
  await expect(app.page.locator(".arrange-hint")).toContainText("the numbers in their names");
});

test("keys move a bare layer; tree, changes, waste, resolution and address follow, and nothing is read again", async ({
  app,
}) => {
  await app.goto();
  await app.drop(BASE, APP, GONE);
  await app.resolve("/etc/conf");
  await expect(app.verdict()).toContainText("Layer 3 has a whiteout");
  await expect(app.page).toHaveURL(/image=base\.tar,app\.tar,gone\.tar/);
  const before = await lastRead(app);
  expect(before).not.toBeNull();

  await app.branch(3).click();
  await app.stack.press("Alt+ArrowDown");
  await expect(app.page.locator(".arrange [role=status]")).toHaveText(
    "gone.tar is now layer 2 of 3",
  );
  await expect(named(app)).toHaveText(["app.tar", "gone.tar", "base.tar"]);
  await expect(app.branch(2)).toHaveAttribute("aria-selected", "true");
  await expect(app.page).toHaveURL(/image=base\.tar,gone\.tar,app\.tar/);
  await app.stack.press("Home");
  await expect(app.verdict()).toContainText("Found. Layer 3 has it");
  await app.idle();
  await expect(app.branch(2).locator(".branch-counts")).toContainText("1 removed");
  await expect(app.branch(3).locator(".branch-counts")).toContainText("1 added");
  await expect(app.page.getByRole("button", { name: /wasted of/ })).toContainText(
    "5 B wasted of 17 B",
  );
  expect(await lastRead(app)).toBe(before);
  expect(await axe(app)).toEqual([]);

  await app.stack.press("End");
  await app.stack.press("Alt+ArrowDown");
  await expect(named(app)).toHaveText(["app.tar", "gone.tar", "base.tar"]);
});

test("going back undoes a move, and a link has the order", async ({ app }) => {
  for (const { name, bytes } of [BASE, APP, GONE])
    await app.page.route(
      (url) => url.pathname === `/${name}`,
      (route) => route.fulfill({ body: bytes }),
    );
  await app.goto("?open=/base.tar&open=/app.tar&open=/gone.tar&path=/etc/conf");
  await app.branch(1).click();
  await app.stack.press("Alt+ArrowUp");
  await expect(named(app)).toHaveText(["gone.tar", "base.tar", "app.tar"]);
  const url = app.page.url();
  await app.page.goBack();
  await expect(named(app)).toHaveText(["gone.tar", "app.tar", "base.tar"]);
  await expect(app.branch(1)).toHaveAttribute("aria-selected", "true");
  await app.page.goForward();
  await expect(named(app)).toHaveText(["gone.tar", "base.tar", "app.tar"]);
  await app.page.goto(url);
  await app.idle();
  await expect(named(app)).toHaveText(["gone.tar", "base.tar", "app.tar"]);
});

test("buttons move and remove the chosen layer, and wait for one", async ({ app }) => {
  await app.goto();
  await app.drop(BASE, APP, GONE);
  const button = (name: RegExp) => app.page.locator(".arrange").getByRole("button", { name });
  await expect(button(/^Up/)).toHaveAttribute("aria-disabled", "true");
  await app.branch(1).click();
  await button(/^Move base.tar up/).click();
  await expect(named(app)).toHaveText(["gone.tar", "base.tar", "app.tar"]);
  await button(/^Move base.tar up/).click();
  await expect(named(app)).toHaveText(["base.tar", "gone.tar", "app.tar"]);
  await expect(button(/^Move base.tar up/)).toHaveAttribute("aria-disabled", "true");
  await expect(button(/^Move base.tar up/)).toBeFocused();
  await button(/^Move base.tar down/).click();
  await button(/^Take base.tar out/).click();
  await expect(named(app)).toHaveText(["gone.tar", "app.tar"]);
  await expect(app.page.locator(".arrange [role=status]")).toHaveText(
    "base.tar was taken out: 2 layers are left",
  );
});

test("a layer that was taken out is put back by a button, by going back, and a link leaves it out", async ({
  app,
}) => {
  for (const { name, bytes } of [BASE, APP, GONE])
    await app.page.route(
      (url) => url.pathname === `/${name}`,
      (route) => route.fulfill({ body: bytes }),
    );
  await app.goto("?open=/base.tar&open=/app.tar&open=/gone.tar&path=/etc/conf");
  const before = await lastRead(app);
  const undo = app.page.getByRole("button", { name: /^Undo: put .* back where it was/ });
  await app.branch(2).click();
  await app.stack.press("Delete");
  await expect(named(app)).toHaveText(["gone.tar", "base.tar"]);
  await app.stack.press("Delete");
  await expect(named(app)).toHaveText(["base.tar"]);
  await expect(app.page.locator(".arrange-taken")).toHaveText("gone.tar was taken out.");
  expect(await axe(app)).toEqual([]);
  await app.stack.press("Shift+Tab");
  await expect(undo).toBeFocused();
  await app.page.keyboard.press("Enter");
  await app.page.keyboard.press("Enter");
  await expect(named(app)).toHaveText(["gone.tar", "app.tar", "base.tar"]);
  await expect(undo).toHaveCount(0);
  await expect(app.stack).toBeFocused();
  await app.stack.press("Home");
  await expect(app.verdict()).toContainText("Layer 3 has a whiteout");
  expect(await lastRead(app)).toBe(before);

  await app.branch(3).click();
  await app.stack.press("Delete");
  await expect(named(app)).toHaveText(["app.tar", "base.tar"]);
  const without = app.page.url();
  await app.page.goBack();
  await expect(named(app)).toHaveText(["gone.tar", "app.tar", "base.tar"]);
  await app.page.goForward();
  await expect(named(app)).toHaveText(["app.tar", "base.tar"]);
  await app.page.goto(without);
  await app.idle();
  await expect(named(app)).toHaveText(["app.tar", "base.tar"]);
  await undo.click();
  await expect(named(app)).toHaveText(["gone.tar", "app.tar", "base.tar"]);
});

test("going back takes off a layer that was added, and forward puts it on again", async ({
  app,
}) => {
  await app.goto();
  await app.drop(BASE);
  await app.drop(APP);
  await expect(named(app)).toHaveText(["app.tar", "base.tar"]);
  await app.page.goBack();
  await expect(named(app)).toHaveText(["base.tar"]);
  await app.page.goForward();
  await expect(named(app)).toHaveText(["app.tar", "base.tar"]);
});

test("scripts move and remove bare layers, and leave an image's alone", async ({ app }) => {
  await app.goto();
  const layers = await app.script((api) => api.layers());
  await app.script((api) => {
    api.moveLayer(1, 2);
    api.removeLayer(1);
  });
  expect(await app.script((api) => api.layers())).toEqual(layers);
  await app.drop(BASE, APP, GONE);
  await app.script((api) => api.moveLayer(1, 3));
  await expect(named(app)).toHaveText(["base.tar", "gone.tar", "app.tar"]);
  await app.script((api) => {
    api.moveLayer(1, 4);
    api.removeLayer(0);
    api.removeLayer(2);
  });
  await expect(named(app)).toHaveText(["base.tar", "app.tar"]);
  await app.script((api) => {
    api.removeLayer(1);
    api.removeLayer(1);
  });
  await expect(named(app)).toHaveText(["base.tar"]);
  expect(await app.script((api) => api.ls().map(({ path }) => path))).toEqual([
    "/etc",
    "/etc/conf",
  ]);
});

test("a bare layer is dragged to its place, and Escape puts it back", async ({ app }) => {
  await app.goto();
  await app.drop(BASE, APP, GONE);
  const { mouse } = app.page;
  const drag = async (k: number, onto: number) => {
    const [from, to] = [await app.branch(k).boundingBox(), await app.branch(onto).boundingBox()];
    if (!from || !to) throw new Error("no such branch");
    await mouse.move(from.x + 60, from.y + 10);
    await mouse.down();
    await mouse.move(to.x + 60, to.y + 10, { steps: 6 });
  };
  await drag(1, 3);
  await app.page.keyboard.press("Escape");
  await mouse.up();
  await expect(named(app)).toHaveText(["gone.tar", "app.tar", "base.tar"]);
  await drag(1, 3);
  await mouse.up();
  await expect(named(app)).toHaveText(["base.tar", "gone.tar", "app.tar"]);
  await expect(app.stack.locator(".stack-union")).toHaveAttribute("aria-selected", "true");
});

test("a bare layer that is dropped on bare layers goes on top, an image opens on its own", async ({
  app,
}) => {
  await app.goto();
  await app.drop(BASE);
  await expect(app.page.locator(".arrange-hint")).toContainText("it goes on top");
  await app.drop(APP);
  await expect(named(app)).toHaveText(["app.tar", "base.tar"]);
  await app.drop({ ...GONE, name: "base.tar" });
  await expect(named(app)).toHaveText(["base.tar (2)", "app.tar", "base.tar"]);
  await app.resolve("/etc/conf");
  await expect(app.verdict()).toContainText("Layer 3 has a whiteout");
  await app.inspector.locator(".version-choose").nth(1).click();
  await expect(app.inspector.locator(".content")).toContainText("application");
  expect(await app.script((api) => api.layers().map(({ entries }) => entries))).toEqual([1, 1, 1]);

  await app.drop({
    name: "image.tar",
    bytes: tinyArchive("image:latest", [{ command: "COPY . /", entries: [["a", "a"]] }]),
  });
  await expect(app.page.locator(".picker-name")).toContainText("image:latest");
  await expect(app.page.locator(".arrange")).toHaveCount(0);
  await app.drop(GONE);
  await expect(app.branches()).toHaveCount(1);
});
