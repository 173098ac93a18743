/** Docker's tables are at least this wide a column, with three blanks after the longest cell. */
const COLUMN = 20;
const GAP = 3;

/**
 * Rows as an aligned table, the way Go's tabwriter sets it for the docker client: all columns but the last are padded.
 * Widths count characters, not columns on the screen.
 */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries())
      if (column < row.length - 1)
        widths[column] = Math.max(widths[column] ?? COLUMN, [...cell].length + GAP);
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column < row.length - 1
            ? cell + " ".repeat((widths[column] ?? 0) - [...cell].length)
            : cell,
        )
        .join(""),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** `text` cut to `length` characters, the last of them an ellipsis. */
export function ellipsis(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}
