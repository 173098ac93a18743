/** Formats `value`, not negative, as Go's `%.<precision>g` does: 1.5, 188, 1e+03. A tie goes to the even digit. */
function general(value: number, precision: number): string {
  if (value === 0) return "0";
  const unit = 10 ** (Math.floor(Math.log10(value)) - precision + 1);
  const units = value / unit;
  const whole = Math.floor(units);
  const rounded = units - whole === 0.5 ? whole + (whole % 2) : Math.round(units);
  const digits = Number((rounded * unit).toPrecision(precision));
  return digits < 10 ** precision
    ? String(digits)
    : digits.toExponential().replace(/e\+(\d)$/, "e+0$1");
}

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/**
 * A size in decimal units, as Docker prints it: "188MB". `precision` is the number of digits; releases before 1.13
 * used 4 and a space before the unit. 999,900 bytes are "1e+03kB" with three digits, which is what Docker shows.
 */
export function humanSize(bytes: number, precision: number, space = ""): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${general(value, precision)}${space}${UNITS[unit]}`;
}

/** A length of time in words, as Docker prints it: "About a minute", "3 hours". */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 1) return "Less than a second";
  if (seconds === 1) return "1 second";
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return "About a minute";
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.floor(seconds / 3600 + 0.5);
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 14) return `${Math.floor(hours / 24)} days`;
  if (hours < 24 * 60) return `${Math.floor(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`;
  return `${Math.floor(seconds / 3600 / 24 / 365)} years`;
}

/** A point in time as Go prints it in JSON: seconds, then nanoseconds without trailing zeros. */
export function rfc3339(milliseconds: number): string {
  const text = new Date(milliseconds).toISOString();
  return text.replace(/\.?0*Z$/, "Z");
}
