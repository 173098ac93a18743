import { useEffect } from "react";
import { useAppState } from "../../state/app-state.ts";
import { cursorFrom, momentText, readLabAddress, withMoment } from "../../state/lab-address.ts";
import { forgetFilesBut, keepFiles, keptState, readKept } from "../../state/lab-files.ts";
import type { Script, World } from "../../state/lab-script.ts";
import {
  claimSession,
  keptImages,
  leaveAt,
  leftAt,
  loadScript,
  newSession,
  saveScript,
} from "../../state/lab-storage.ts";
import { useLab } from "../../state/lab-store.ts";

/** Milliseconds of quiet after which the URL and the stored session follow a move in time; a command is kept at once. */
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
    const scriptNow = (): Script | null => {
      const { phase, timeline, script } = useLab.getState();
      return isShown && phase === "ready" && timeline ? script() : null;
    };
    const store = (script: Script) => void session?.then((id) => keepSession(id, script));
    const keep = () => {
      const script = scriptNow();
      if (!script) return;
      const search = withMoment(location.search, script);
      if (search !== location.search || location.hash !== "")
        history.replaceState(history.state, "", `${location.pathname}${search}`);
      store(script);
    };
    const later = () => {
      clearTimeout(timer);
      timer = window.setTimeout(keep, QUIET);
    };
    const stop = useLab.subscribe((now, before) => {
      // A reload must not lose a command; the address may wait, for browsers refuse it when it changes too often.
      const script = now.timeline?.commands === before.timeline?.commands ? null : scriptNow();
      if (script) store(script);
      later();
    });
    const leave = () => {
      const { timeline } = useLab.getState();
      if (isShown && timeline) leaveAt(momentText(timeline.cursor));
      keep();
    };
    addEventListener("pagehide", leave);
    return () => {
      isShown = false;
      clearTimeout(timer);
      stop();
      removeEventListener("pagehide", leave);
      const search = withMoment(location.search, null);
      history.replaceState(history.state, "", `${location.pathname}${search}`);
    };
  }, []);
}

/** The world whose files were looked after last: once per world is enough. */
let looked: World | null = null;

/** Keeps what was typed, and the files of the session's own image; those of images that no session is about go. */
async function keepSession(id: string, script: Script): Promise<void> {
  const { world } = script;
  const isLooked = looked === world;
  looked = world;
  if (!(await saveScript(id, script)) || isLooked) return;
  if (world.type === "image") await keepFiles(world.imageId);
  await forgetFilesBut(await keptImages());
}

/** Opens a script; the files of its image with it, when they are kept and nobody has to be asked. */
async function openWithFiles(script: Script): Promise<void> {
  const { world } = script;
  if (world.type === "image" && (await keptState(world.imageId)) === "here") {
    const files = await readKept(world.imageId);
    if (files) await useAppState.getState().openFiles(files);
  }
  await useLab.getState().open(script);
}

async function start(): Promise<string> {
  const { script, world, cursor, showing } = readLabAddress(location.search, location.hash);
  const { begin, seek, choose } = useLab.getState();
  if (script) {
    const id = await newSession();
    await openWithFiles(script);
    return id;
  }
  const { id, from } = await claimSession();
  const stored = world === null ? await loadScript(from) : null;
  if (stored) await openWithFiles(stored);
  else await begin({ type: "built-in", name: world ?? "kv" });
  const { timeline, phase } = useLab.getState();
  const moment = cursor && ((stored && cursorFrom(leftAt())) ?? cursor);
  const isThere = moment && timeline && (moment.command ?? 0) <= timeline.commands.length;
  if (phase === "ready" && isThere) seek(moment);
  if (phase === "ready") choose(showing);
  return id;
}
