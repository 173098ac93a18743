/** Milliseconds that no step is to take. */
export const MOST = 8;

/** Prints, of some steps' milliseconds, what half, 99 of 100 and all of them stay under. */
export function printTimes(name: string, times: readonly number[], isBound = true): void {
  const sorted = [...times].sort((a, b) => a - b);
  const under = (part: number) => {
    const at = Math.min(sorted.length - 1, Math.floor(sorted.length * part));
    return `${(sorted[at] ?? 0).toFixed(2).padStart(9)} ms`;
  };
  const bound = isBound ? `   < ${MOST} ms` : "";
  console.log(`${name.padEnd(58)}${under(0.5)}${under(0.99)}${under(1)}${bound}`);
}

export function printHead(name: string): void {
  const columns = ["median", "99 of 100", "slowest"].map((column) => column.padStart(12));
  console.log(`${name.padEnd(58)}${columns.join("")}`);
}
