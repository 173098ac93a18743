import { DaemonError } from "../drivers/kernel.ts";
import { table } from "./table.ts";
import { renderTemplate, TemplateError, type Value } from "./template.ts";

/** A column of a list: its name in templates, and its heading. */
export interface Column {
  readonly key: string;
  readonly heading: string;
}

type RowOf = Readonly<Record<string, string>>;

/**
 * A list as docker prints it: a table of `columns`, or by `--format`, a line a row, or with "table " in front a table
 * of the template's tab-separated cells. `headings` also knows columns that are only shown when asked for.
 */
export function formatList(
  rows: readonly RowOf[],
  columns: readonly Column[],
  headings: readonly Column[],
  format: string | undefined,
): string {
  if (format === undefined)
    return table([
      columns.map(({ heading }) => heading),
      ...rows.map((row) => columns.map(({ key }) => row[key] ?? "")),
    ]);
  const template = format.replace(/\\t/g, "\t").replace(/\\n/g, "\n");
  if (!template.startsWith("table"))
    return rows.map((row) => `${render(template, row)}\n`).join("");
  const cells = template.slice("table".length).trim().split("\t");
  const titles = Object.fromEntries(headings.map(({ key, heading }) => [key, heading]));
  return table([titles, ...rows].map((row) => cells.map((cell) => render(cell, row))));
}

/** Renders a template, or fails in the client's words. */
export function render(template: string, data: Value): string {
  try {
    return renderTemplate(template, data);
  } catch (error) {
    if (error instanceof TemplateError)
      throw new DaemonError(`Template parsing error: ${error.message}`);
    throw error;
  }
}
