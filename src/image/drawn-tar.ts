/** Tars for tests, entry by entry. */

export interface DrawnEntry {
  readonly path: string;
  readonly type?: string;
  readonly data?: string | Uint8Array;
  /** In place of the length of `data`. */
  readonly size?: number;
  readonly link?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtime?: number;
  /** Major and minor number of a device. */
  readonly rdev?: readonly [number, number];
  /** Records of a PAX header that is put before this one. */
  readonly pax?: PaxRecords;
  /** Bytes put into the header after all else, before its check sum: [offset, text]. */
  readonly raw?: readonly (readonly [number, string])[];
  /** The header's check sum is made wrong. */
  readonly broken?: boolean;
}

export type PaxRecords = Readonly<Record<string, string | Uint8Array>>;

const encoder = new TextEncoder();

/** One header and its data, padded, with the PAX header before it that its records ask for. Text beyond ASCII stands for bytes: U+0000 to U+00FF. */
export function drawnEntry(entry: DrawnEntry): Uint8Array {
  return entry.pax ? joined(plainEntry(drawnPax(entry.pax)), plainEntry(entry)) : plainEntry(entry);
}

function plainEntry(entry: DrawnEntry): Uint8Array<ArrayBuffer> {
  const data = typeof entry.data === "string" ? encoder.encode(entry.data) : entry.data;
  const length = data?.length ?? 0;
  const block = new Uint8Array(512 + Math.ceil(length / 512) * 512);
  const put = (at: number, text: string) => {
    for (let i = 0; i < text.length; i++) block[at + i] = text.charCodeAt(i);
  };
  const octal = (at: number, digits: number, value: number) =>
    put(at, value.toString(8).padStart(digits, "0"));
  put(0, entry.path);
  octal(100, 7, entry.mode ?? 0o644);
  octal(108, 7, entry.uid ?? 0);
  octal(116, 7, entry.gid ?? 0);
  octal(124, 11, entry.size ?? length);
  octal(136, 11, entry.mtime ?? 0);
  put(156, entry.type ?? (entry.path.endsWith("/") ? "5" : "0"));
  put(157, entry.link ?? "");
  put(257, "ustar\u000000");
  if (entry.rdev) for (const [i, number] of entry.rdev.entries()) octal(329 + i * 8, 7, number);
  for (const [at, text] of entry.raw ?? []) put(at, text);
  put(148, "        ");
  let sum = 0;
  for (let i = 0; i < 512; i++) sum += block[i]!;
  put(148, `${(sum + (entry.broken ? 1 : 0)).toString(8).padStart(6, "0")}\u0000 `);
  if (data) block.set(data, 512);
  return block;
}

/** A tar of entries, with its two blocks of zeros. */
export function drawnTar(...entries: readonly DrawnEntry[]): Uint8Array {
  return joined(...entries.map(drawnEntry), new Uint8Array(1024));
}

/** A PAX header for the entry that follows. */
export function drawnPax(records: PaxRecords, type = "x"): DrawnEntry {
  const parts: Uint8Array[] = [];
  for (const [key, value] of Object.entries(records)) {
    const bytes = typeof value === "string" ? encoder.encode(value) : value;
    const start = encoder.encode(` ${key}=`);
    const rest = start.length + bytes.length + 1;
    let length = rest + 1;
    while (length !== rest + String(length).length) length = rest + String(length).length;
    parts.push(encoder.encode(String(length)), start, bytes, encoder.encode("\n"));
  }
  return { path: "PaxHeaders/x", type, data: joined(...parts) };
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
