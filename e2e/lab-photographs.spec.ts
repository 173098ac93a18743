import { expect, test } from "./app.ts";
import { axe } from "./axe.ts";

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
] as const;

for (const [language, theme] of [
  ["en", "light"],
  ["zh-Hans", "dark"],
] as const)
  test(`photographs of the Lab, and axe finds nothing: ${language}, ${theme}`, async ({
    app,
  }, testInfo) => {
    const { page } = app;
    await page.addInitScript(() => {
      localStorage.setItem("unionscope-lab-settings", JSON.stringify({ speed: 0 }));
    });
    await app.goto(`?view=lab&lab=files&lang=${language}&theme=${theme}`);
    await expect(page.locator(".lab[data-phase=ready]")).toBeVisible({ timeout: 30_000 });
    await app.script((api) => api.exec("echo more >> /file4; rm /file3", { container: "c1" }));
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await app.idle();
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, `${size.width} wide: nothing sticks out`).toBe(0);
      const body = await page.screenshot({ fullPage: true });
      await testInfo.attach(`lab-${size.width}-${theme}.png`, { body, contentType: "image/png" });
      expect(await axe(app), `axe at ${size.width}`).toEqual([]);
    }
  });
