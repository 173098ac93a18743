import { del, entries, get, set } from "idb-keyval";
import { decodeScript, encodeScript } from "./lab-link.ts";
import type { Script } from "./lab-script.ts";

/** A session as it is kept: the same payload as a link's, so that one reader reads both, of any version. */
interface Kept {
  readonly payload: string;
  readonly savedAt: number;
}

const PREFIX = "lab-session:";
/** Sessions that are kept; the oldest go first. */
const MAX_SESSIONS = 24;
const TAB_KEY = "unionscope-lab-tab";
const MOMENT_KEY = "unionscope-lab-moment";

/**
 * The name of this tab's session. A reload keeps it. A duplicated tab gets one of its own: the lock on the name is held
 * by the tab that had it first, for as long as it lives.
 */
export async function claimSession(): Promise<{ readonly id: string; readonly from: string }> {
  const from = readOfTab(TAB_KEY) ?? crypto.randomUUID();
  const id = (await isFree(from)) ? from : crypto.randomUUID();
  if (id !== from) await isFree(id);
  writeOfTab(TAB_KEY, id);
  return { id, from };
}

/** A new session for this tab: what it had before stays with its old name. */
export async function newSession(): Promise<string> {
  const id = crypto.randomUUID();
  await isFree(id);
  writeOfTab(TAB_KEY, id);
  return id;
}

/** The script of a session; null when there is none that can be read, or no storage. */
export async function loadScript(id: string): Promise<Script | null> {
  try {
    const kept = await get<Kept>(PREFIX + id);
    return kept ? decodeScript(kept.payload) : null;
  } catch {
    return null;
  }
}

/** Keeps a script. False: the browser keeps nothing. */
export async function saveScript(id: string, script: Script): Promise<boolean> {
  try {
    const kept: Kept = { payload: encodeScript(script), savedAt: Date.now() };
    await set(PREFIX + id, kept);
    await forgetOldest();
    return true;
  } catch {
    return false;
  }
}

/** The images that kept sessions are about. */
export async function keptImages(): Promise<ReadonlySet<string>> {
  const images = new Set<string>();
  for (const [key, kept] of await entries<string, Kept>().catch(() => [])) {
    const world = String(key).startsWith(PREFIX) ? decodeScript(kept.payload)?.world : undefined;
    if (world?.type === "image") images.add(world.imageId);
  }
  return images;
}

async function forgetOldest(): Promise<void> {
  const sessions = (await entries<string, Kept>()).filter(([key]) =>
    String(key).startsWith(PREFIX),
  );
  if (sessions.length <= MAX_SESSIONS) return;
  sessions.sort(([, a], [, b]) => a.savedAt - b.savedAt);
  for (const [key] of sessions.slice(0, sessions.length - MAX_SESSIONS)) await del(key);
}

/** Takes the lock on a session's name until the page goes; false when another tab has it. */
async function isFree(id: string): Promise<boolean> {
  if (!("locks" in navigator)) return true;
  return new Promise((resolve) => {
    void navigator.locks.request(PREFIX + id, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise<void>(() => {});
    });
  });
}

/** Keeps the moment at which this tab is left: while time runs, the address lags behind it. */
export function leaveAt(moment: string): void {
  writeOfTab(MOMENT_KEY, moment);
}

/** The moment at which this tab was left by a reload; null when it was not reloaded. */
export function leftAt(): string | null {
  const [navigation] = performance.getEntriesByType("navigation");
  const isReload =
    navigation instanceof PerformanceNavigationTiming && navigation.type === "reload";
  return isReload ? readOfTab(MOMENT_KEY) : null;
}

function readOfTab(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function writeOfTab(key: string, value: string): void {
  try {
    sessionStorage.setItem(key, value);
  } catch {
    // Without session storage a reload begins anew.
  }
}
