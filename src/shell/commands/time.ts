import type { Time } from "../../tree/live-tree.ts";

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

const two = (value: number): string => String(value).padStart(2, "0");

/** strftime in UTC and the C locale, with GNU's `%N`. */
export function formatTime(time: Time, format: string): string {
  const date = new Date(time.sec * 1000);
  return format.replace(
    /%([-_0^]?)(\d*)([a-zA-Z%+])/g,
    (_, flag: string, digits: string, letter: string) => {
      const text = field(date, time, letter, digits);
      if (flag === "-") return text.replace(/^[0 ]+(?=\d)/, "");
      if (flag === "_") return text.replace(/^0+(?=\d)/, (zeros) => " ".repeat(zeros.length));
      return flag === "^" ? text.toUpperCase() : text;
    },
  );
}

function field(date: Date, time: Time, letter: string, digits: string): string {
  const hour = date.getUTCHours();
  const again = (format: string): string => formatTime(time, format);
  switch (letter) {
    case "Y":
      return String(date.getUTCFullYear());
    case "C":
      return two(Math.floor(date.getUTCFullYear() / 100));
    case "y":
      return two(date.getUTCFullYear() % 100);
    case "m":
      return two(date.getUTCMonth() + 1);
    case "d":
      return two(date.getUTCDate());
    case "e":
      return String(date.getUTCDate()).padStart(2);
    case "H":
      return two(hour);
    case "I":
      return two(hour % 12 || 12);
    case "M":
      return two(date.getUTCMinutes());
    case "S":
      return two(date.getUTCSeconds());
    case "N":
      return String(time.nsec)
        .padStart(9, "0")
        .slice(0, digits === "" ? 9 : Number(digits));
    case "s":
      return String(time.sec);
    case "p":
      return hour < 12 ? "AM" : "PM";
    case "a":
      return (DAYS[date.getUTCDay()] ?? "").slice(0, 3);
    case "A":
      return DAYS[date.getUTCDay()] ?? "";
    case "b":
    case "h":
      return (MONTHS[date.getUTCMonth()] ?? "").slice(0, 3);
    case "B":
      return MONTHS[date.getUTCMonth()] ?? "";
    case "u":
      return String(date.getUTCDay() || 7);
    case "w":
      return String(date.getUTCDay());
    case "j": {
      const start = Date.UTC(date.getUTCFullYear(), 0, 1);
      return String(Math.floor((date.getTime() - start) / 86_400_000) + 1).padStart(3, "0");
    }
    case "F":
      return again("%Y-%m-%d");
    case "T":
      return again("%H:%M:%S");
    case "R":
      return again("%H:%M");
    case "D":
    case "x":
      return again("%m/%d/%y");
    case "X":
      return again("%H:%M:%S");
    case "c":
      return again("%a %b %e %H:%M:%S %Y");
    case "r":
      return again("%I:%M:%S %p");
    case "z":
      return "+0000";
    case "Z":
      return "UTC";
    case "n":
      return "\n";
    case "t":
      return "\t";
    case "%":
      return "%";
    default:
      return `%${letter}`;
  }
}

/** What `date -d` and `touch -d` take: ISO dates, `@SECONDS`, "yesterday", "now", "2 days ago". null when unreadable. */
export function readTime(text: string, now: Time): Time | null {
  const plain = text.trim();
  const seconds = /^@(-?\d+)(?:\.(\d+))?$/.exec(plain);
  if (seconds)
    return { sec: Number(seconds[1]), nsec: Number((seconds[2] ?? "").padEnd(9, "0").slice(0, 9)) };
  if (plain === "" || plain === "now" || plain === "today") return now;
  if (plain === "yesterday") return { ...now, sec: now.sec - 86400 };
  if (plain === "tomorrow") return { ...now, sec: now.sec + 86400 };
  const relative = /^([-+]?\d+) (sec(?:ond)?|min(?:ute)?|hour|day|week)s?( ago)?$/.exec(plain);
  if (relative) {
    const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 };
    const step = Number(relative[1]) * (units[(relative[2] ?? "s")[0] ?? "s"] ?? 1);
    return { ...now, sec: now.sec + (relative[3] ? -step : step) };
  }
  const iso =
    /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?\s*(?:UTC|Z|([-+]\d\d):?(\d\d))?$/.exec(
      plain,
    );
  if (!iso) return null;
  const [
    ,
    year,
    month,
    day,
    hour = "0",
    minute = "0",
    second = "0",
    fraction = "",
    zone,
    zoneMinutes,
  ] = iso;
  const offset = zone ? Number(zone) * 60 + Math.sign(Number(zone) || 1) * Number(zoneMinutes) : 0;
  const sec =
    Date.UTC(
      Number(year),
      Number(month) - 1,
      Number(day),
      Number(hour),
      Number(minute) - offset,
      Number(second),
    ) / 1000;
  return Number.isFinite(sec) ? { sec, nsec: Number(fraction.padEnd(9, "0")) } : null;
}

/** touch's `-t [[CC]YY]MMDDhhmm[.ss]`. */
export function readStamp(text: string, now: Time): Time | null {
  const match = /^(\d{2})?(\d{2})?(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{2}))?$/.exec(text);
  if (!match) return null;
  const digits = text.split(".")[0]?.length ?? 0;
  const [, a = "", b = "", month, day, hour, minute, second = "0"] = match;
  const year =
    digits === 12
      ? Number(a + b)
      : digits === 10
        ? Number(a) + (Number(a) < 69 ? 2000 : 1900)
        : new Date(now.sec * 1000).getUTCFullYear();
  return {
    sec:
      Date.UTC(year, Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)) /
      1000,
    nsec: 0,
  };
}
