import { expect, test } from "./app.ts";
import { still, type } from "./lab-app.ts";

const LINE = "for i in 1 2 3 4 5 6 7 8; do echo $i > /f$i; cat /f$i; rm /f$i; done";

test("the slider: a frame shows its last place, and its thumb follows every other way to step", async ({
  app,
}) => {
  const { page } = app;
  await still(app);
  await type(app, LINE);
  const slider = page.getByRole("slider", { name: "Micro-step of this command" });
  const last = Number(await slider.getAttribute("max"));
  await expect(slider).toHaveValue(String(last));

  // Five places in one frame: the sentence changes once, to that of the last.
  const caption = page.locator("[data-caption]");
  const atEnd = await caption.textContent();
  const drawn = await slider.evaluate((input, top) => {
    const shown = document.querySelector("[data-caption]");
    const seen: (string | null)[] = [];
    const watch = new MutationObserver(() => seen.push(shown?.textContent ?? null));
    if (shown) watch.observe(shown, { characterData: true, childList: true, subtree: true });
    const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value") ?? {};
    for (const place of [top - 1, 3, 20, 2, 12]) {
      set?.call(input, String(place));
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    return new Promise<readonly (string | null)[]>((done) => {
      requestAnimationFrame(() => requestAnimationFrame(() => done(seen)));
    });
  }, last);
  const now = await caption.textContent();
  expect(now).not.toBe(atEnd);
  expect(drawn).toEqual([now]);
  await expect(page.locator(".lab-caption [aria-live]")).toHaveText(now ?? "");
  await expect(page.locator(".timeline-count")).toHaveText(`micro-step 12 of ${last}`);

  await page.getByRole("button", { name: "One micro-step on" }).click();
  await expect(slider).toHaveValue("13");
  await slider.press("ArrowLeft");
  await expect(page.locator(".timeline-count")).toHaveText(`micro-step 12 of ${last}`);
  await slider.press("End");
  await expect(page.locator(".timeline-count")).toHaveText(`micro-step ${last} of ${last}`);
  await page.getByRole("button", { name: "To the start" }).click();
  await expect(page.locator(".timeline-count")).toHaveText("before the first command");
});

test("the row of ticks is named by the present one, follows a leap and a step, and a press on a tick goes there", async ({
  app,
}) => {
  const { page } = app;
  await still(app);
  await type(app, LINE);
  const slider = page.getByRole("slider", { name: "Micro-step of this command" });
  const row = (number: number) => page.getByRole("img", { name: new RegExp(`^${number}: `) });
  const signs = async (when: string) =>
    (await page.locator(`.timeline-${when} .timeline-signs`).textContent()) ?? "";
  const all = async () => (await signs("past")) + (await signs("now")) + (await signs("future"));
  await slider.fill("100");
  await expect(row(100)).toBeVisible();
  const before = await all();

  await slider.fill("20");
  await expect(row(20)).toBeVisible();
  expect((await all()).length).toBe(before.length);
  expect((await signs("now")).length).toBe(1);
  const there = await all();

  await slider.press("ArrowRight");
  await expect(row(21)).toBeVisible();
  expect((await all()).slice(0, -1)).toBe(there.slice(1));

  const first = 21 - (await signs("past")).length;
  await row(21).hover({ position: { x: 10, y: 10 } });
  await expect(row(21).locator("title")).toHaveText(new RegExp(`^${first}: `));
  await row(21).click({ position: { x: 10, y: 10 } });
  await expect(slider).toHaveValue(String(first));
});
