import { answerWith } from "./host.ts";
import type { Request } from "./protocol.ts";

/** The thread that reads one archive: unwraps messages, nothing else. */
const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
const answer = answerWith((reply, transfer) => scope.postMessage(reply, [...transfer]));
scope.addEventListener("message", (event: MessageEvent<Request>) => answer(event.data));
