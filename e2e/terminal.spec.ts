import { type App, expect, test } from "./app.ts";
import { still } from "./lab-app.ts";

const input = (app: App) => app.page.getByRole("combobox", { name: /^(Command at|在)/ });
const log = (app: App) => app.page.getByRole("log", { name: /^(Terminal|终端)$/ });
const last = (app: App) => log(app).locator("li").last();

async function type(app: App, line: string): Promise<void> {
  await input(app).fill(line);
  await input(app).press("Enter");
  await expect(input(app)).toHaveValue("");
}

/** Types a line and waits until it stands in the log. */
async function ran(app: App, line: string): Promise<void> {
  await type(app, line);
  await expect(last(app)).toContainText(line);
}

test("Tab completes as far as all agree, then offers a list that the keyboard goes through", async ({
  app,
}) => {
  await still(app);
  await ran(app, "mkdir /tab; cd /tab; touch report1 report2");
  await input(app).fill("cat re");
  await input(app).press("Tab");
  await expect(input(app)).toHaveValue("cat report");
  const options = app.page.getByRole("listbox", { name: "Completions" }).getByRole("option");
  await expect(options).toHaveText(["report1", "report2"]);
  await input(app).press("ArrowDown");
  await input(app).press("ArrowDown");
  await expect(options.nth(1)).toHaveAttribute("aria-selected", "true");
  await input(app).press("Enter");
  await expect(input(app)).toHaveValue("cat report2 ");
  await expect(options).toHaveCount(0);
});

test("Tab leaves an empty line, so that nobody is caught in it", async ({ app }) => {
  await still(app);
  await input(app).focus();
  await app.page.keyboard.press("Tab");
  await expect(input(app)).not.toBeFocused();
});

test("the arrows go through what was typed and give back what was being typed", async ({ app }) => {
  await still(app);
  await ran(app, "echo first");
  await ran(app, "echo second");
  await input(app).fill("half a li");
  await input(app).press("ArrowUp");
  await expect(input(app)).toHaveValue("echo second");
  await input(app).press("ArrowUp");
  await expect(input(app)).toHaveValue("echo first");
  await input(app).press("ArrowDown");
  await input(app).press("ArrowDown");
  await expect(input(app)).toHaveValue("half a li");
});

test("a line that is only a beginning waits for the rest; pasted lines run one by one", async ({
  app,
}) => {
  await still(app);
  await type(app, "for i in 1 2");
  await expect(app.page.locator(".terminal-begun")).toHaveText("for i in 1 2");
  await type(app, "do echo number $i; done");
  await expect(last(app)).toContainText("number 1\nnumber 2");
  await input(app).evaluate((field) => {
    const data = new DataTransfer();
    data.setData("text", "echo pasted one\necho pasted two\necho wai");
    field.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
    );
  });
  await expect(log(app)).toContainText("pasted two");
  await expect(input(app)).toHaveValue("echo wai");
});

test("Chinese through an input method: Enter in the middle of a word is the method's, not the shell's", async ({
  app,
}) => {
  await still(app);
  const before = await log(app).locator("li").count();
  await input(app).fill("echo ");
  await input(app).press("End");
  const devtools = await app.page.context().newCDPSession(app.page);
  await devtools.send("Input.imeSetComposition", {
    text: "zhongwen",
    selectionStart: 8,
    selectionEnd: 8,
  });
  await input(app).evaluate((field) => {
    const enter = {
      key: "Enter",
      keyCode: 229,
      isComposing: true,
      bubbles: true,
      cancelable: true,
    };
    if (field.dispatchEvent(new KeyboardEvent("keydown", enter)))
      field.closest("form")?.requestSubmit();
  });
  await expect(log(app).locator("li")).toHaveCount(before);
  await devtools.send("Input.insertText", { text: "中文" });
  await expect(input(app)).toHaveValue("echo 中文");
  await input(app).press("Enter");
  await expect(last(app)).toContainText("echo 中文");
  await expect(last(app).locator("pre")).toHaveText("中文");
});

test("what was printed can be marked and copied as text", async ({ app }) => {
  await still(app);
  await ran(app, "printf 'a b\\n  c\\n'");
  const text = await last(app)
    .locator("pre")
    .evaluate((output) => {
      const range = document.createRange();
      range.selectNodeContents(output);
      const selection = getSelection();
      selection?.removeAllRanges();
      selection?.addRange(range);
      return selection?.toString();
    });
  expect(text).toBe("a b\n  c");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("a command can be typed, completed and run by touch", async ({ app }) => {
    await still(app);
    const field = input(app);
    await expect(field).toBeVisible();
    await field.tap();
    await field.fill("ech");
    await app.page.getByRole("button", { name: /^Complete/ }).tap();
    await expect(field).toHaveValue("echo ");
    await field.fill("echo by touch");
    await app.page.getByRole("button", { name: "Run", exact: true }).tap();
    await expect(last(app)).toContainText("by touch");
    await expect(last(app)).toBeInViewport({ ratio: 1 });
    for (const size of await app.page
      .locator(".terminal-entry button, .terminal-entry input, .terminal-entry select")
      .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().height)))
      expect(size).toBeGreaterThanOrEqual(44);
    const overflow = await app.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBeLessThanOrEqual(0);
  });
});

test("clear empties the terminal and nothing else: one step back, and all of it is there", async ({
  app,
}) => {
  await still(app);
  await ran(app, "echo before");
  await type(app, "clear");
  await expect(log(app)).not.toContainText("before");
  await ran(app, "echo after");
  await expect(log(app).locator("li")).toHaveCount(1);
  await type(app, "undo");
  await type(app, "undo");
  await expect(log(app)).toContainText("before");
});

test("full-width signs of a Chinese input method are told, and become those of a shell with one press", async ({
  app,
}) => {
  await still(app);
  await input(app).fill("echo hi ＞ /n；cat /n");
  await expect(app.page.locator(".terminal-note [role=status]")).toHaveText(/^＞ ；: a full-width/);
  await app.page.getByRole("button", { name: "Use echo hi > /n;cat /n" }).click();
  await expect(input(app)).toHaveValue("echo hi > /n;cat /n");
  await expect(app.page.locator(".terminal-note")).toHaveCount(0);
  await input(app).press("Enter");
  await expect(last(app)).toContainText("hi");
});

test("Enter at an empty prompt ends the playing of a command at once", async ({ app }) => {
  await still(app);
  await app.page.getByRole("combobox", { name: "Speed" }).selectOption("0.25");
  await ran(app, "rm /file3");
  await expect(app.page.getByRole("button", { name: "Pause" })).toBeVisible();
  await input(app).press("Enter");
  await expect(app.page.getByRole("button", { name: "Play", exact: true })).toBeVisible();
  await expect(app.page.locator(".timeline-count")).toHaveText(/micro-step (\d+) of \1$/);
});
