import { expect, it } from "vitest";
import { useAppState } from "./app-state.ts";

it("lets go of an archive that is closed while it is looked at", async () => {
  let wasStopped = false;
  useAppState.setState({
    openRemote: (_id, _files, { signal }) =>
      new Promise((_, refuse) => {
        signal.addEventListener("abort", () => {
          wasStopped = true;
          refuse(signal.reason);
        });
      }),
  });
  const { openFiles, closeArchive } = useAppState.getState();
  const opening = openFiles([{ name: "zeros.tar.gz", blob: new Blob(["x"]) }]);
  const [looking] = useAppState.getState().archives;
  expect(looking?.phase).toBe("looking");
  closeArchive(looking?.id ?? "");
  await opening;
  expect(wasStopped).toBe(true);
  expect(useAppState.getState().archives).toEqual([]);
  expect(useAppState.getState().archive).toBe(null);
});
