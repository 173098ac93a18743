import { type App, expect } from "./app.ts";
import { tinyArchive } from "./tiny-archive.ts";

/** The Lab without motion, so that a command is at its end when it has run. */
export async function still(app: App, query = "?view=lab&lab=files"): Promise<void> {
  await app.page.addInitScript(() => {
    if (localStorage.getItem("unionscope-lab-settings") === null)
      localStorage.setItem("unionscope-lab-settings", JSON.stringify({ speed: 0 }));
  });
  await app.goto(query);
  await ready(app);
}

export async function ready(app: App): Promise<void> {
  await expect(app.page.locator(".lab[data-phase=ready]")).toBeVisible({ timeout: 30_000 });
}

export async function type(app: App, line: string): Promise<void> {
  const input = app.page.getByRole("combobox", { name: /^(Command at|在)/ });
  await input.fill(line);
  await input.press("Enter");
  await expect(app.page.locator(".timeline-command[aria-current]")).toHaveText(line);
}

/** The link to this moment, from the Share popup. */
export async function momentLink(app: App): Promise<string> {
  await app.page.getByRole("button", { name: "Share this moment" }).click();
  const link = await app.page.getByRole("textbox", { name: "Link to this moment" }).inputValue();
  await app.page.keyboard.press("Escape");
  return link;
}

/** A mark of the stage: its name on disk, its state, its branch. */
export const cell = (app: App, name: string, state: string, branch: number) =>
  app.page.locator(`[data-name="${name}"][data-state=${state}][data-cell^="${branch}/"]`);

/** The sentences of the open log, first to last, and which of them touch what is selected: read by its keys. */
export async function readLog(app: App): Promise<readonly LoggedStep[]> {
  const list = app.page.locator(".lab-log");
  const read = new Map<number, LoggedStep>();
  await list.press("Home");
  await expect(async () => {
    const drawn = await list.getByRole("option").evaluateAll((all) =>
      all.map((each) => ({
        place: Number(each.getAttribute("aria-posinset")),
        count: Number(each.getAttribute("aria-setsize")),
        sentence: each.textContent ?? "",
        isTouched: each.getAttribute("data-touched") === "true",
      })),
    );
    for (const { place, ...step } of drawn) read.set(place, step);
    await list.press("PageDown");
    expect(read.size).toBe(drawn[0]?.count);
  }).toPass({ intervals: [20] });
  return [...read].sort(([a], [b]) => a - b).map(([, step]) => step);
}

interface LoggedStep {
  readonly sentence: string;
  readonly isTouched: boolean;
}

/** An image that nobody built in: two layers, a directory to delete and a file to write to. */
export const OWN = {
  name: "own.tar",
  bytes: tinyArchive("own:latest", [
    {
      command: "base",
      entries: [
        ["etc/", ""],
        ["etc/motd", "hello from my own image\n"],
        ["srv/", ""],
        ["srv/data", "0123456789".repeat(50)],
      ],
    },
    { command: "second", entries: [["etc/issue", "mine\n"]] },
  ]),
};

/** Runs it in the Lab, from the menu of worlds. */
export async function runOwnImage(app: App): Promise<void> {
  await still(app);
  await app.drop(OWN);
  await app.page.getByRole("button", { name: "Lab", exact: true }).click();
  await app.page.locator(".lab-world").click();
  await app.page.getByRole("menuitem", { name: /own:latest/ }).click();
  await expect(app.page.locator(".terminal-log")).toContainText("own", { timeout: 20_000 });
  await ready(app);
}
