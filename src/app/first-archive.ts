import { useAppState } from "../state/app-state.ts";
import type { GivenFile } from "../state/reader.ts";

/** The sample that comes with the page, made by src/sample. */
const SAMPLE = "sample.tar";
/** A path of the sample whose resolution has something to tell: two versions, one hidden. */
const SAMPLE_PATH = "/srv/app/app.conf";

/**
 * Opens what the page begins with: each `?open=` of this origin (several layers are one image, as in a drop), or else the sample. An address of another origin is
 * not fetched: the content security policy would refuse it, and so do we.
 */
export async function openFirst(search: string): Promise<void> {
  const wanted = new URLSearchParams(search).getAll("open");
  const isSample = wanted.length === 0;
  const { path, layer, wanted: image, selectPath } = useAppState.getState();
  const isPlain = path === null && layer === null && image === null;
  if (isSample && isPlain) selectPath(SAMPLE_PATH);
  const given: GivenFile[] = [];
  for (const address of isSample ? [SAMPLE] : wanted) {
    const url = new URL(address, document.baseURI);
    const name = decodeURIComponent(url.pathname.split("/").at(-1) ?? "");
    const blob = url.origin === location.origin ? await download(url) : null;
    if (blob) given.push({ name, blob });
    else if (!isSample) useAppState.setState({ missing: address });
  }
  if (given.length > 0) await useAppState.getState().openFiles(given, { isSample });
}

async function download(url: URL): Promise<Blob | null> {
  try {
    const response = await fetch(url);
    return response.ok ? await response.blob() : null;
  } catch {
    return null;
  }
}
