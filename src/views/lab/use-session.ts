import { useEffect } from "react";
import { readLabAddress, withMoment } from "../../state/lab-address.ts";
import { claimSession, loadScript, newSession, saveScript } from "../../state/lab-storage.ts";
import { useLab } from "../../state/lab-store.ts";

/** Milliseconds of quiet after which the URL and the stored session follow. */
const QUIET = 250;

let session: Promise<string> | null = null;

/**
 * Begins the Lab once for the page: from a shared link, from this tab's stored session, or from a world; and keeps the
 * URL and the stored session at the present moment from then on.
 */
export function useSession(): void {
  useEffect(() => {
    session ??= start();
    let isShown = true;
    let timer = 0;
    const keep = () => {
      const { phase, timeline } = useLab.getState();
      if (!isShown || phase !== "ready" || !timeline) return;
      const search = withMoment(location.search, timeline.cursor);
      if (search !== location.search || location.hash !== "")
        history.replaceState(history.state, "", `${location.pathname}${search}`);
      const script = useLab.getState().script();
      if (script) void session?.then((id) => saveScript(id, script));
    };
    const later = () => {
      clearTimeout(timer);
      timer = window.setTimeout(keep, QUIET);
    };
    const stop = useLab.subscribe(later);
    addEventListener("pagehide", keep);
    return () => {
      isShown = false;
      clearTimeout(timer);
      stop();
      removeEventListener("pagehide", keep);
      const search = withMoment(location.search, null);
      history.replaceState(history.state, "", `${location.pathname}${search}`);
    };
  }, []);
}

async function start(): Promise<string> {
  const { script, world, cursor } = readLabAddress(location.search, location.hash);
  const { open, begin, seek } = useLab.getState();
  if (script) {
    const id = await newSession();
    await open(script);
    return id;
  }
  const { id, from } = await claimSession();
  const stored = world === null ? await loadScript(from) : null;
  if (stored) await open(stored);
  else await begin({ type: "built-in", name: world ?? "kv" });
  const { timeline, phase } = useLab.getState();
  const isThere = cursor && timeline && (cursor.command ?? 0) <= timeline.commands.length;
  if (phase === "ready" && isThere) seek(cursor);
  return id;
}
