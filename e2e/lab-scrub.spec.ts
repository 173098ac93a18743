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
  const replaced = await slider.evaluate((input, top) => {
    const live = document.querySelector(".lab-caption [aria-live]");
    const gone: (string | null)[] = [];
    const watch = new MutationObserver((changes) => {
      for (const { oldValue } of changes) gone.push(oldValue);
    });
    if (live) watch.observe(live, { characterDataOldValue: true, subtree: true });
    const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value") ?? {};
    for (const place of [top - 1, 3, 20, 2, 12]) {
      set?.call(input, String(place));
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    return new Promise<readonly (string | null)[]>((done) => {
      requestAnimationFrame(() => requestAnimationFrame(() => done(gone)));
    });
  }, last);
  expect(replaced).toEqual([atEnd]);
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

test("a step along keeps the elements of the ticks in sight, a leap keeps all of them", async ({
  app,
}) => {
  const { page } = app;
  await still(app);
  await type(app, LINE);
  const slider = page.getByRole("slider", { name: "Micro-step of this command" });
  const ticks = page.locator(".timeline-tick");
  await slider.fill("100");
  await expect(ticks.and(page.locator(".timeline-now")).getByRole("button")).toHaveAccessibleName(
    /^100: /,
  );
  await ticks.evaluateAll((all) => {
    for (const [at, tick] of all.entries()) tick.id = `was-${at}`;
  });
  const count = await ticks.count();
  const kept = () => ticks.evaluateAll((all) => all.map(({ id }) => id));

  await slider.fill("20");
  await expect(ticks.and(page.locator(".timeline-now")).getByRole("button")).toHaveAccessibleName(
    /^20: /,
  );
  expect(await kept()).toEqual(Array.from({ length: count }, (_, at) => `was-${at}`));

  await slider.press("ArrowRight");
  await expect(ticks.and(page.locator(".timeline-now")).getByRole("button")).toHaveAccessibleName(
    /^21: /,
  );
  expect(await kept()).toEqual([
    ...Array.from({ length: count - 1 }, (_, at) => `was-${at + 1}`),
    "",
  ]);
});
