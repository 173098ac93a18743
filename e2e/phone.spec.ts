import { expect, test } from "./app.ts";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

test("on a phone one panel shows at a time and nothing is cut off", async ({ app }) => {
  await app.goto();
  await expect(app.branches().first()).toBeVisible();
  await expect(app.tree).toBeHidden();
  await app.page.locator(".explore-foot").getByText("Tree").click();
  await expect(app.tree).toBeVisible();
  await app.row("passwd").click();
  await app.page.locator(".explore-foot").getByText("Path").click();
  await expect(app.verdict()).toContainText(/^Found\./);
  const overflow = await app.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
});

test("at 320 pixels nothing scrolls sideways", async ({ app }) => {
  await app.page.setViewportSize({ width: 320, height: 640 });
  await app.goto();
  const overflow = () =>
    app.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
  expect(await overflow()).toBeLessThanOrEqual(0);
});
