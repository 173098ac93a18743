import { type App, expect, test } from "./app.ts";
import { axe } from "./axe.ts";
import { runOwnImage, still, type } from "./lab-app.ts";

const question = (app: App) => app.page.locator("[data-question]");
const told = (app: App) => app.page.locator("[data-foretold]");
const place = (app: App) => app.page.locator(".timeline-count");

async function predicting(app: App): Promise<void> {
  await app.page.getByRole("button", { name: "Predict" }).press("Enter");
  await expect(app.page.getByRole("button", { name: "Predict" })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
}

test("time stops before telling steps and asks: which branch, how many bytes; the choice is explained", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=kv");
  await type(app, "true");
  await expect(question(app)).toHaveCount(0);
  await predicting(app);
  await type(app, "echo x=1 >> /kv.db");
  await expect(question(app)).toHaveAttribute("data-question", "provider");
  await expect(question(app)).toContainText("Which branch will answer for /kv.db?");
  await expect(place(app)).toHaveText("micro-step 0 of 14");
  expect(await axe(app)).toEqual([]);
  await question(app).getByRole("button", { name: "L1", exact: true }).press("Enter");
  await expect(told(app)).toContainText("You chose L1.");
  await expect(told(app)).toContainText("It was asked, and does not have /kv.db");
  await expect(told(app)).toContainText("base answers");
  await expect(page.locator(".stage-disc-number")).toHaveText(["1", "2", "3", "4", "5"]);
  expect(await axe(app)).toEqual([]);
  await page.keyboard.press("PageDown");
  await expect(question(app)).toHaveAttribute("data-question", "bytes");
  await expect(question(app).getByRole("button")).toHaveText([
    "0 B: nothing",
    "4 B: what is written",
    "4.10 kB: one block",
    "100 MB: the whole file",
    "not sure",
  ]);
  await question(app)
    .getByRole("button", { name: /what is written/ })
    .click();
  await expect(told(app)).toContainText("These bytes are written afterwards, into the copy in c1");
  await expect(told(app)).toContainText("100 MB are copied up.");
  await page.keyboard.press("PageDown");
  await expect(question(app)).toHaveCount(0);
  await expect(told(app)).toHaveCount(0);
});

test("a branch is chosen on the stage; a step on is not being sure; where a removed name is, is asked of an uploaded image too", async ({
  app,
}) => {
  const { page } = app;
  await runOwnImage(app);
  await predicting(app);
  await type(app, "rm /etc/motd");
  await expect(question(app)).toHaveAttribute("data-question", "provider");
  await page.locator("[data-branch='2'] .stage-handle").click();
  await expect(told(app)).toContainText(/You chose L1\. It was asked, and does not have/);
  for (let steps = 0; steps < 20 && (await question(app).count()) === 0; steps++)
    await page.keyboard.press("PageDown");
  await expect(question(app)).toHaveAttribute("data-question", "exists");
  await page.keyboard.press("PageDown");
  await expect(told(app)).toHaveText(
    "It is gone from the view, and still stored below: hidden, not erased.",
  );
  await page.keyboard.press("PageUp");
  await expect(told(app)).toHaveCount(0);
});

test("a file that is cut to nothing has nothing copied, and one that was only here leaves nothing", async ({
  app,
}) => {
  const { page } = app;
  await still(app, "?view=lab&lab=kv");
  await predicting(app);
  await type(app, "echo new > /app.conf; rm /app.conf; echo a > /here; rm /here");
  const kinds: string[] = [];
  for (let steps = 0; steps < 200; steps++) {
    if ((await question(app).count()) > 0) {
      const kind = (await question(app).getAttribute("data-question")) ?? "";
      kinds.push(kind);
      const nothing = question(app).getByRole("button", { name: /: nothing$|^nowhere/ });
      if ((await nothing.count()) > 0) {
        await nothing.click();
        kinds.push((await told(app).textContent()) ?? "");
        continue;
      }
    }
    await page.keyboard.press("PageDown");
  }
  const all = kinds.join("\n");
  expect(all).toContain("The old content is not needed: there is nothing to copy.");
  expect(all).toContain("is read-only, so nothing can be erased there");
  expect(all).toContain("It is gone, and no branch below has it.");
});

test("playing stops at a question and goes on after it; the switch is remembered, and speaks Chinese", async ({
  app,
}) => {
  const { page } = app;
  await page.addInitScript(() =>
    localStorage.setItem("unionscope-lab-settings", JSON.stringify({ speed: 2, predicts: true })),
  );
  await app.goto("?view=lab&lab=kv&lang=zh-Hans");
  await expect(page.locator(".lab[data-phase=ready]")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole("button", { name: "预测" })).toHaveAttribute("aria-pressed", "true");
  await type(app, "cat /app.conf");
  await expect(question(app)).toContainText("/app.conf 会由哪个分支应答？");
  await question(app).getByRole("button", { name: "L2" }).click();
  await expect(told(app)).toContainText("你选了“L2”。");
  await page.getByRole("button", { name: "播放" }).click();
  await expect(place(app)).toHaveText(/第 (\d+) 微步，共 \1 步/);
  expect(await axe(app)).toEqual([]);
});
