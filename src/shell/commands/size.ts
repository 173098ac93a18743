const UNITS = "KMGTPE";

/** `1.5K`, `20M`, rounded up as coreutils do with -h (powers of 1024). */
export function humanSize(bytes: number): string {
  if (bytes < 1024) return String(bytes);
  let value = bytes;
  let unit = -1;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const text = value < 10 ? (Math.ceil(value * 10) / 10).toFixed(1) : String(Math.ceil(value));
  if (text === "1024") return `1.0${UNITS[unit + 1]}`;
  if (text === "10.0") return `10${UNITS[unit]}`;
  return text + UNITS[unit];
}

/** `4096`, `1K`, `2M`, `1kB`, `1GiB`; null for anything else. `b`, `c` and `w` are dd's. */
export function readSize(text: string): number | null {
  const match = /^(\d+)(?:(c|w|b)|([kKMGTPE])(iB|B)?)?$/.exec(text);
  if (!match) return null;
  const [, digits, small, unit, suffix] = match;
  const smallFactor = small === "w" ? 2 : small === "b" ? 512 : 1;
  const power = unit ? UNITS.indexOf(unit.toUpperCase()) + 1 : 0;
  return Number(digits) * smallFactor * (suffix === "B" ? 1000 : 1024) ** power;
}
