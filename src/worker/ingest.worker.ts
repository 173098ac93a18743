import { DigestThread } from "./digest-thread.ts";
import { answerWith } from "./host.ts";
import type { Request } from "./protocol.ts";

/** The thread that reads one archive: unwraps messages, nothing else. */
const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
const hashing = new DigestThread(
  () => new Worker(new URL("./digest.worker.ts", import.meta.url), { type: "module" }),
);
const answer = answerWith(
  (reply, transfer) => scope.postMessage(reply, [...transfer]),
  hashing.digest,
);
scope.addEventListener("message", (event: MessageEvent<Request>) => answer(event.data));
