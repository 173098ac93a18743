import { type App, expect } from "./app.ts";

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

/** A mark of the stage: its name on disk, its state, its branch. */
export const cell = (app: App, name: string, state: string, branch: number) =>
  app.page.locator(`[data-name="${name}"][data-state=${state}][data-cell^="${branch}/"]`);
