import { expect, test } from "./app.ts";
import { axe } from "./axe.ts";
import { tinyArchive } from "./tiny-archive.ts";

const layers = {
  name: "layers.tar",
  bytes: tinyArchive("layers:latest", [
    {
      command: "base",
      entries: [
        ["etc/", ""],
        ["etc/conf", "one\n"],
        ["etc/config.d/", ""],
        ["a\nconf", "a line in a name\n"],
      ],
    },
    { command: "RUN echo two > /etc/conf", entries: [["etc/conf", "two\n"]] },
    { command: "RUN rm -r /etc/config.d", entries: [["etc/.wh.config.d", ""]] },
  ]),
};

test("a name is looked for in every layer by keyboard, and what is hidden says by whom", async ({
  app,
}) => {
  const { page } = app;
  await app.goto();
  await app.drop(layers);
  await page.keyboard.press("Control+k");
  const dialog = page.getByRole("dialog", { name: "Search all layers" });
  const input = dialog.getByRole("combobox", { name: "Part of a name or path" });
  await expect(input).toBeFocused();
  await input.fill("conf");
  const hits = dialog.getByRole("option");
  await expect(hits).toHaveText([
    "/etc/conf4 Bseen · in 1, 2",
    "/etc/config.dhidden by 3 · in 1",
    "/a\\nconf17 Bseen · in 1",
  ]);
  await expect(dialog.getByRole("status")).toHaveText("5 entries in 3 layers");
  expect(await axe(app)).toEqual([]);

  await input.press("ArrowDown");
  await input.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(app.branch(3)).toHaveAttribute("aria-selected", "true");
  await expect(app.verdict()).toContainText("Not found. Layer 3 has a whiteout of /etc/config.d");
  await expect(app.row("config.d")).toHaveAttribute("aria-selected", "true");
});

test("what is seen is shown in the whole union, whatever was filtered before", async ({ app }) => {
  const { page } = app;
  await app.goto();
  await app.drop(layers);
  await app.branch(1).click();
  await page.getByRole("searchbox", { name: "Filter by name" }).fill("config");
  const opener = page.getByRole("button", { name: "Search all layers" });
  await opener.click();
  const dialog = page.getByRole("dialog", { name: "Search all layers" });
  await dialog.getByRole("combobox").fill("etc/c");
  await dialog.getByRole("option").first().click();
  await expect(app.row("conf")).toHaveAttribute("aria-selected", "true");
  await expect(app.verdict()).toContainText("Found. Layer 2");
  await opener.click();
  await dialog.getByRole("combobox").fill("no such name");
  await expect(dialog.getByRole("status")).toHaveText("No layer has such a name.");
  await page.keyboard.press("Escape");
  await expect(opener).toBeFocused();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("a path found is shown on the panel of paths", async ({ app }) => {
    await app.goto();
    await app.drop(layers);
    await app.page.getByRole("button", { name: "Search all layers" }).tap();
    const dialog = app.page.getByRole("dialog", { name: "Search all layers" });
    await dialog.getByRole("combobox").fill("conf");
    await dialog.getByRole("option").first().tap();
    await expect(app.verdict()).toContainText("Found. Layer 2");
  });
});
