import type { Progress } from "../image/read-options.ts";
import type { CallName, Calls, Reply, Request } from "./protocol.ts";

/** One end of a message channel: a `Worker`, a `MessagePort`, or a test's stand-in. */
export interface Port {
  postMessage(message: Request): void;
  addEventListener(type: "message", listener: (event: { readonly data: Reply }) => void): void;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** Makes one call and waits for its value. Rejects with the signal's reason when aborted, with `WorkerCrash` for a fault. */
export type Call = <N extends CallName>(
  name: N,
  args: Calls[N]["args"],
  options?: CallOptions,
) => Promise<Calls[N]["value"]>;

/** A fault of ours in the worker; what archives do wrong comes as problems, never as this. */
class WorkerCrash extends Error {
  override readonly name = "WorkerCrash";
}

interface Waiting {
  readonly settle: (reply: Exclude<Reply, { type: "progress" }>) => void;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

/** Turns a port into a function to call. */
export function callsTo(port: Port): Call {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  port.addEventListener("message", ({ data }) => {
    const entry = waiting.get(data.id);
    if (!entry) return;
    if (data.type === "progress") {
      entry.onProgress?.(data.progress);
      return;
    }
    waiting.delete(data.id);
    entry.settle(data);
  });
  return (name, args, options = {}) =>
    new Promise((resolve, reject) => {
      const { signal, onProgress } = options;
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const id = ++last;
      const cancel = () => port.postMessage({ id, call: "cancel" });
      signal?.addEventListener("abort", cancel, { once: true });
      waiting.set(id, {
        onProgress,
        settle: (reply) => {
          signal?.removeEventListener("abort", cancel);
          if (reply.type === "crashed") reject(new WorkerCrash(reply.message));
          else if (reply.type === "cancelled") reject(signal?.reason);
          else if (isValueOf(name, reply)) resolve(reply.value);
          else reject(new WorkerCrash(`the answer to ${name} was for ${reply.call}`));
        },
      });
      port.postMessage(requestOf(id, name, args));
    });
}

function requestOf<N extends CallName>(id: number, call: N, args: Calls[N]["args"]): Request {
  // The compiler cannot see that the pair (call, args) is one member of the union when N is open.
  return { id, call, args } as Request;
}

function isValueOf<N extends CallName>(
  name: N,
  reply: Extract<Reply, { type: "value" }>,
): reply is Extract<Reply, { type: "value"; call: N }> {
  return reply.call === name;
}
