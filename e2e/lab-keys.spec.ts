import { type App, expect, test } from "./app.ts";
import { axe } from "./axe.ts";
import { ready, still, type } from "./lab-app.ts";

const place = (app: App) => app.page.locator(".timeline-count");
const current = (app: App) => app.page.locator(".timeline-command[aria-current]");
const live = (app: App) => app.page.locator(".lab-caption [aria-live]");

async function atEnd(app: App): Promise<number> {
  await still(app);
  await type(app, "docker exec c1 rm /file3");
  await app.page.locator(".lab-caption").click();
  return Number((await place(app).textContent())?.split(" ").at(-1));
}

for (const isPresenting of [false, true])
  test(`the keys of a presenter's remote walk in time${isPresenting ? ", presenting too" : ""}`, async ({
    app,
  }) => {
    const steps = await atEnd(app);
    if (isPresenting) await app.page.getByRole("button", { name: "Present" }).click();
    const at = async (step: number) =>
      expect(place(app)).toHaveText(`micro-step ${step} of ${steps}`);
    for (const [key, step] of [
      ["ArrowLeft", steps - 1],
      ["PageUp", steps - 2],
      [",", steps - 3],
      ["ArrowRight", steps - 2],
      ["PageDown", steps - 1],
      [".", steps],
    ] as const) {
      await app.page.keyboard.press(key);
      await at(step);
    }
    await app.page.keyboard.press("Shift+ArrowLeft");
    await expect(current(app)).not.toHaveText("docker exec c1 rm /file3");
    await app.page.keyboard.press("Shift+ArrowRight");
    await at(steps);
    await app.page.keyboard.press("b");
    await expect(app.page.locator(".lab-blank")).toBeVisible();
    await app.page.keyboard.press("b");
    await app.page.keyboard.press("l");
    await expect(app.page.locator(".lab-laser")).toHaveCount(1);
    await app.page.keyboard.press("l");
    await app.page.keyboard.press("2");
    await app.page.keyboard.press("2");
    await expect(app.page.locator(".lab-tally")).toContainText("2: 2");
    await app.page.keyboard.press("0");
    await expect(app.page.locator(".lab-tally")).toHaveCount(0);
    await app.page.keyboard.press("?");
    const help = app.page.getByRole("dialog");
    for (const key of ["→ PageDown .", "← PageUp ,", "Shift → ←", "Space", "B", "L", "?"])
      await expect(help.locator("dt").getByText(key, { exact: true })).toBeVisible();
    await expect(help.locator(".lab-legend")).toContainText("whiteout");
    await app.page.keyboard.press("b");
    await app.page.keyboard.press("Escape");
    await expect(help).toBeHidden();
    await expect(app.page.locator(".lab-blank")).toHaveCount(0);
    await at(steps);
  });

test("Space plays and pauses; what was played is said once, what is stepped each time", async ({
  app,
}) => {
  await app.page.addInitScript(() => {
    localStorage.setItem("unionscope-lab-settings", JSON.stringify({ speed: 0.25 }));
  });
  await app.goto("?view=lab&lab=files");
  await ready(app);
  const input = app.page.getByRole("combobox", { name: /^Command at/ });
  await input.fill("for i in 1 2 3 4; do cat /etc/passwd; done");
  await input.press("Enter");
  const said = live(app);
  await expect(said).toHaveText("");
  await app.page.locator(".lab-caption").click();
  await app.page.keyboard.press(" ");
  await expect(said).not.toHaveText("");
  await app.page.keyboard.press("Shift+ArrowRight");
  await app.page.keyboard.press(",");
  const caption = app.page.locator("[data-caption]");
  await expect(said).toHaveText((await caption.textContent()) ?? "");
  await app.page.keyboard.press(" ");
  await expect(said).toContainText(/micro-steps?; press comma to review/, { timeout: 20_000 });
});

test("no key is taken from who types, or composes with an input method", async ({ app }) => {
  const steps = await atEnd(app);
  const input = app.page.getByRole("combobox", { name: /^Command at/ });
  await input.focus();
  await app.page.keyboard.type("b l? ,. 12");
  await expect(input).toHaveValue("b l? ,. 12");
  await app.page.keyboard.press("ArrowLeft");
  await expect(place(app)).toHaveText(`micro-step ${steps} of ${steps}`);
  await expect(app.page.locator(".lab-blank, .lab-laser, .lab-tally, dialog[open]")).toHaveCount(0);
  await app.page.keyboard.press("PageUp");
  await expect(place(app)).toHaveText(`micro-step ${steps - 1} of ${steps}`);
  await input.evaluate((field) => {
    const composing = { key: "PageUp", isComposing: true, bubbles: true };
    field.dispatchEvent(new KeyboardEvent("keydown", composing));
    field.dispatchEvent(
      new KeyboardEvent("keydown", { ...composing, isComposing: false, keyCode: 229 }),
    );
  });
  await expect(place(app)).toHaveText(`micro-step ${steps - 1} of ${steps}`);
});

test("presenting has the sizes that a back row reads: text 28, sentence 36, command 44, names on the stage 27 at 1080", async ({
  app,
}) => {
  await atEnd(app);
  await app.page.getByRole("button", { name: "Present" }).click();
  for (const [place, size] of [
    [".lab", 28],
    [".lab-caption", 36],
    [".lab-last", 44],
  ] as const) {
    const found = await app.page
      .locator(place)
      .evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize));
    expect(Math.round(found)).toBe(size);
  }
  for (const width of [1440, 1024, 900]) {
    await app.page.setViewportSize({ width, height: 768 });
    const box = await app.page.locator(".lab-main").boundingBox();
    expect(box?.width, "the meters' place is the picture's").toBe(width);
  }
  await app.page.setViewportSize({ width: 1920, height: 1080 });
  await expect
    .poll(() =>
      app.page
        .locator(".stage-head")
        .first()
        .evaluate((head) => {
          const drawing = head.closest("svg");
          const drawn = (drawing?.clientWidth ?? 0) / (drawing?.viewBox.baseVal.width ?? 1);
          return Math.round(drawn * Number.parseFloat(getComputedStyle(head).fontSize));
        }),
    )
    .toBeGreaterThanOrEqual(27);
});

for (const [width, height] of [
  [390, 844],
  [844, 390],
] as const)
  test(`a phone presents on one screen of ${width} by ${height}: command, stage, sentence and steps, nothing to scroll`, async ({
    app,
  }) => {
    const { page } = app;
    await page.setViewportSize({ width, height });
    await atEnd(app);
    await page.getByRole("button", { name: "Present" }).click();
    for (let back = 0; back < 2; back++)
      await page.getByRole("button", { name: "Back one micro-step" }).click();
    expect(await axe(app)).toEqual([]);
    for (const place of [".lab-last", ".stage-drawing", ".lab-caption", ".timeline-controls"])
      await expect(page.locator(place)).toBeInViewport({ ratio: 0.98 });
    const room = await page.evaluate(() => {
      const { scrollWidth, scrollHeight } = document.documentElement;
      return { scrollWidth, scrollHeight };
    });
    expect(room).toEqual({ scrollWidth: width, scrollHeight: height });
    await page.getByRole("button", { name: "End presentation" }).click();
    await expect(page.locator(".open-button")).toBeVisible();
    await expect(page.locator(".lab-last")).toHaveCount(0);
  });
