import { type App, expect, test } from "./app.ts";
import { axe } from "./axe.ts";
import { still, type } from "./lab-app.ts";

const LONG = "for i in $(seq 1 60); do echo $i > /f$i; cat /f$i; rm /f$i; done";

const list = (app: App) => app.page.getByRole("listbox", { name: "Micro-steps of this command" });
const present = (app: App) => list(app).getByRole("option", { selected: true });
const slider = (app: App) => app.page.getByRole("slider", { name: "Micro-step of this command" });

/** The place in the list at which the keys stand. */
async function readAt(app: App): Promise<number> {
  const at = await list(app).getAttribute("aria-activedescendant");
  return Number(await app.page.locator(`[id="${at}"]`).getAttribute("aria-posinset"));
}

/** Whether a sentence is drawn within the list's own edges. */
async function isInSight(app: App, place: number): Promise<boolean> {
  const room = await list(app).boundingBox();
  const box = await list(app).locator(`[aria-posinset="${place}"]`).boundingBox();
  if (!room || !box) return false;
  return box.y >= room.y - 1 && box.y + box.height <= room.y + room.height + 1;
}

async function openLog(app: App, detail: string): Promise<number> {
  await app.page.getByRole("combobox", { name: "Lookups" }).selectOption(detail);
  await app.page.getByText("Micro-steps of this command", { exact: true }).click();
  return Number(await slider(app).getAttribute("max"));
}

test("the log has every sentence of a long command, of which only those in sight are in the document", async ({
  app,
}) => {
  const { page } = app;
  await still(app);
  await type(app, LONG);
  const steps = await openLog(app, "3");
  expect(steps).toBeGreaterThan(2000);
  await expect(present(app)).toBeInViewport();
  const options = list(app).getByRole("option");
  const caption = page.locator("[data-caption]");
  for (const place of [steps, 1, 1234, steps - 1, 2]) {
    await slider(app).fill(String(place));
    await expect(present(app)).toHaveAttribute("aria-posinset", String(place));
    await expect(present(app)).toHaveAttribute("aria-setsize", String(steps));
    await expect.poll(() => isInSight(app, place)).toBe(true);
    await expect(present(app)).toHaveText(`${place}. ${await caption.textContent()}`);
    expect(await options.count()).toBeLessThan(60);
  }
  // No sentence lies over its neighbour, and none is left out.
  const drawn = await options.evaluateAll((all) =>
    all.map((each) => {
      const { top, bottom } = each.getBoundingClientRect();
      return { place: Number(each.getAttribute("aria-posinset")), top, bottom };
    }),
  );
  for (const [at, each] of drawn.entries()) {
    const above = drawn[at - 1];
    if (!above) continue;
    expect(each.place).toBe(above.place + 1);
    expect(Math.abs(each.top - above.bottom)).toBeLessThan(1);
  }
  expect(await axe(app)).toEqual([]);
});

test("keys read along the log without moving time, and Enter goes there", async ({ app }) => {
  const { page } = app;
  await still(app);
  await type(app, LONG);
  const steps = await openLog(app, "3");
  await list(app).focus();
  expect(await readAt(app)).toBe(steps);
  await page.keyboard.press("Home");
  await expect.poll(() => readAt(app)).toBe(1);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await expect.poll(() => readAt(app)).toBe(2);
  await page.keyboard.press("PageDown");
  await expect.poll(() => readAt(app)).toBeGreaterThan(4);
  const read = await readAt(app);
  const option = list(app).locator(`[aria-posinset="${read}"]`);
  await expect.poll(() => isInSight(app, read)).toBe(true);
  await expect(slider(app)).toHaveValue(String(steps));
  const sentence = await option.textContent();
  await page.keyboard.press("Enter");
  await expect(slider(app)).toHaveValue(String(read));
  expect(`${read}. ${await page.locator("[data-caption]").textContent()}`).toBe(sentence);
  await expect(list(app)).toBeFocused();

  // A step that is made elsewhere takes the keys' place along.
  await page.keyboard.press("End");
  await expect.poll(() => readAt(app)).toBe(steps);
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => readAt(app)).toBe(read + 1);
  await page.keyboard.press("PageUp");
  await expect.poll(() => readAt(app)).toBeLessThan(read);
  await expect(slider(app)).toHaveValue(String(read + 1));

  // One Tab stop.
  await page.keyboard.press("Tab");
  await expect(list(app).locator(":focus")).toHaveCount(0);
  await expect(list(app)).not.toBeFocused();
  await list(app).locator(`[aria-posinset="${read}"]`).click();
  await expect(slider(app)).toHaveValue(String(read));
});

test("the log keeps the keys when time goes on to another command, and the present step in view", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=kv");
  await type(app, "cat /motd");
  await type(app, "echo x=1 >> /kv.db");
  await openLog(app, "3");
  await list(app).focus();
  await page.keyboard.press("Shift+ArrowLeft");
  await page.keyboard.press("Shift+ArrowLeft");
  await page.keyboard.press("ArrowRight");
  await expect(page.locator(".timeline-command[aria-current]")).toHaveText("cat /motd");
  await expect(list(app)).toBeFocused();
  await expect(present(app)).toHaveAttribute("aria-posinset", "1");
  await expect(present(app)).toBeInViewport({ ratio: 1 });
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await expect(page.locator(".timeline-command[aria-current]")).toHaveText("echo x=1 >> /kv.db");
  await expect(list(app)).toBeFocused();
  await expect(present(app)).toBeInViewport({ ratio: 1 });
});

test("drawing and slider say where the sentence of each micro-step is", async ({ app }) => {
  await still(app);
  await type(app, "cat /etc/motd");
  const way =
    "The slider walks the micro-steps; the list “Micro-steps of this command” has the sentence of each.";
  await expect(slider(app)).toHaveAccessibleDescription(way);
  await expect(app.page.getByRole("img", { name: /^\d+: / })).toHaveAccessibleDescription(way);
});
