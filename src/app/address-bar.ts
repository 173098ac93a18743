import type { StoreApi } from "zustand";
import { languageFor } from "../i18n/catalogue.ts";
import { type Address, readAddress, writeAddress } from "../state/address.ts";
import type { AppState } from "../state/app-state.ts";
import { currentArchive, currentImage } from "../state/current.ts";
import { addressOf, namesIn } from "../state/selection.ts";
import { savedSettings, saveSettings } from "./saved-settings.ts";

/** Steps of one key held down are one step back in the history. */
const ONE_STEP = 700;

/** Keeps the URL and the state the same, both ways. A new selection is a step in the history; a setting is not. */
export function followAddress(state: StoreApi<AppState>): void {
  const first = readAddress(location.search);
  const saved = savedSettings();
  state.setState({
    ...selectionIn(first),
    language: first.language ?? saved.language ?? languageFor(navigator.languages),
    theme: first.theme ?? saved.theme ?? "system",
  });
  /** When the last step was made that was to another path and no more. */
  let movedAt = Number.NEGATIVE_INFINITY;
  let isFollowing = false;

  state.subscribe((now, before) => {
    if (now.language !== before.language || now.theme !== before.theme)
      saveSettings(now.language, now.theme);
    if (isFollowing) return;
    const search = writeAddress(addressIn(now), location.search);
    if (search === location.search) return;
    const url = `${location.pathname}${search}${location.hash}`;
    const isStep = isOtherPlace(now, before);
    const isMove = isStep && isOnlyPath(now, before);
    const isSameKey = isMove && performance.now() - movedAt < ONE_STEP;
    if (isStep && !isSameKey) history.pushState(null, "", url);
    else history.replaceState(null, "", url);
    if (isStep) movedAt = isMove ? performance.now() : Number.NEGATIVE_INFINITY;
  });

  addEventListener("popstate", () => {
    const address = readAddress(location.search);
    isFollowing = true;
    const { archives } = state.getState();
    const archive = archives.find((each) =>
      each.archive?.images.some((image) => addressOf(each, image) === address.image),
    );
    const image = archive?.archive?.images.find(
      (each) => addressOf(archive, each) === address.image,
    );
    if (archive && image) state.getState().selectImage(archive.id, image.index);
    else if (address.image !== null) stackAs(state, address.image);
    state.setState({ ...selectionIn(address), wanted: null });
    if (address.path !== null) state.getState().reveal(address.path);
    isFollowing = false;
  });
}

/** An address that names bare layers of an archive, in whatever order, stacks just these. */
function stackAs(state: StoreApi<AppState>, address: string): void {
  for (const { id } of state.getState().archives)
    if (state.getState().stackAs(id, namesIn(address))) {
      state.getState().selectImage(id, 0);
      return;
    }
}

function selectionIn(address: Address) {
  return {
    screen: address.view ?? "explore",
    layer: address.layer,
    mode: address.mode ?? "merged",
    path: address.path,
    semantics: address.semantics ?? "docker",
    wanted: address.image,
  } as const;
}

/** What is as it is without being said stays out of the URL. */
function addressIn(state: AppState): Address {
  const archive = currentArchive(state);
  const image = currentImage(state);
  return {
    view: state.screen === "explore" ? null : state.screen,
    image: state.wanted ?? (archive && image ? addressOf(archive, image) : null),
    layer: state.layer,
    mode: state.mode === "merged" ? null : state.mode,
    path: state.path,
    semantics: state.semantics === "docker" ? null : state.semantics,
    language: state.language,
    theme: state.theme === "system" ? null : state.theme,
  };
}

function isOtherPlace(now: AppState, before: AppState): boolean {
  const isFirst = before.archive === null;
  // The first path of an image is what it begins with: it completes the step that led there.
  if (before.path === null && isOnlyPath(now, before)) return false;
  return (
    now.screen !== before.screen ||
    (!isFirst &&
      (now.archive !== before.archive ||
        now.image !== before.image ||
        isRestacked(now, before) ||
        now.layer !== before.layer ||
        now.mode !== before.mode ||
        now.path !== before.path ||
        now.semantics !== before.semantics))
  );
}

/** Whether bare layers were put into another order, came or went: going back undoes that. */
function isRestacked(now: AppState, before: AppState): boolean {
  const [after, earlier] = [currentArchive(now), currentArchive(before)];
  const [image, old] = [currentImage(now), currentImage(before)];
  if (!after || !earlier || after.id !== earlier.id || !image || !old) return false;
  return image.index === old.index && addressOf(after, image) !== addressOf(earlier, old);
}

function isOnlyPath(now: AppState, before: AppState): boolean {
  return (
    now.path !== before.path &&
    now.screen === before.screen &&
    now.archive === before.archive &&
    !isRestacked(now, before) &&
    now.image === before.image &&
    now.layer === before.layer &&
    now.mode === before.mode
  );
}
