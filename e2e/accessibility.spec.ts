import { type App, expect, test } from "./app.ts";
import { axe } from "./axe.ts";

/** Every screen and what opens over it. */
const SCREENS: readonly { readonly name: string; readonly show: (app: App) => Promise<void> }[] = [
  { name: "merged tree and a path that is found", show: (app) => app.resolve("/srv/app/app.conf") },
  {
    name: "changes, and a path that is hidden",
    show: async (app) => {
      await app.branch(6).click();
      await app.show("changes");
      await app.resolve("/var/cache/pkg/index");
      await app.page.locator(".lookup-words-twin summary").click();
    },
  },
  {
    name: "one layer with its whiteouts",
    show: async (app) => {
      await app.branch(6).click();
      await app.show("layer");
    },
  },
  {
    name: "the image menu",
    show: async (app) => {
      await app.page.locator(".picker").click();
      await expect(app.page.getByRole("menu")).toBeVisible();
    },
  },
  {
    name: "a refused file",
    show: async (app) => {
      await app.drop({ name: "notes.txt", bytes: Buffer.from("no archive\n".repeat(100)) });
    },
  },
];

for (const language of ["en", "zh-Hans"])
  for (const theme of ["light", "dark"])
    for (const { name, show } of SCREENS)
      test(`axe finds nothing: ${name}, ${language}, ${theme}`, async ({ app }) => {
        await app.goto(`?lang=${language}&theme=${theme}`);
        await show(app);
        await app.idle();
        expect(await axe(app)).toEqual([]);
      });

test("axe finds nothing on a phone", async ({ app }) => {
  await app.page.setViewportSize({ width: 390, height: 844 });
  await app.goto();
  for (const panel of ["stack", "tree", "path"]) {
    await app.page.locator(`.explore-foot input[value=${panel}]`).check({ force: true });
    expect(await axe(app), panel).toEqual([]);
  }
});
