import { useAppState } from "../state/app-state.ts";

/** The sample that comes with the page, made by src/sample. */
const SAMPLE = "sample.tar";

/**
 * Opens what the page begins with: each `?open=` of this origin, or else the sample. An address of another origin is
 * not fetched: the content security policy would refuse it, and so do we.
 */
export async function openFirst(search: string): Promise<void> {
  const wanted = new URLSearchParams(search).getAll("open");
  const addresses = wanted.length > 0 ? wanted : [SAMPLE];
  for (const address of addresses) {
    const url = new URL(address, document.baseURI);
    const name = decodeURIComponent(url.pathname.split("/").at(-1) ?? "");
    const blob = url.origin === location.origin ? await download(url) : null;
    if (blob)
      await useAppState.getState().openFiles([{ name, blob }], { isSample: wanted.length === 0 });
    else if (wanted.length > 0) useAppState.setState({ missing: address });
  }
}

async function download(url: URL): Promise<Blob | null> {
  try {
    const response = await fetch(url);
    return response.ok ? await response.blob() : null;
  } catch {
    return null;
  }
}
