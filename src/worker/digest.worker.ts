import { hashFor } from "./digest-host.ts";
import type { DigestRequest } from "./digest-protocol.ts";

/** The thread that hashes what the reading thread inflates: unwraps messages, nothing else. */
const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
const answer = hashFor((reply, transfer) => scope.postMessage(reply, transfer));
scope.addEventListener("message", (event: MessageEvent<DigestRequest>) => {
  // The thread that waits hears of it as of any error here.
  answer(event.data).catch((fault: unknown) => reportError(fault));
});
