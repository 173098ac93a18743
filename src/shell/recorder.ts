import type { Host } from "../docker/host.ts";
import type { Call, Caller, CallType, Pid, Result, SystemCalls } from "../engine/call.ts";
import type { Errno } from "../engine/errno.ts";
import type { EngineEvent } from "../engine/event.ts";
import type { Machine } from "../engine/machine.ts";
import { step } from "../engine/step.ts";
import type { Time } from "../tree/live-tree.ts";

/** One system call: what was asked, what came back, what happened, and the machine after it. */
export interface Step {
  readonly call: Call;
  readonly errno: Errno | null;
  readonly value: SystemCalls[CallType]["value"] | null;
  readonly events: readonly EngineEvent[];
  readonly machine: Machine;
  /** An interruption waits here: docker's daemon is at work, or a process tidies up behind itself. */
  readonly isHeld: boolean;
}

const CALL_NANOSECONDS = 100_000;

/** How a process ends that makes no more calls, because Ctrl-C was pressed. */
export class Interrupted {}

/** What a process still does when it is interrupted, or the shell for it: descriptors are put back, and it is gone. */
const TIDYING: ReadonlySet<CallType> = new Set(["close", "dup", "exit"]);

/** The host while something runs on it: every call steps its machine, moves its clock on and is written down. */
export class Recorder {
  host: Host;
  readonly steps: Step[] = [];
  readonly #until: number;
  /** From the beginning to `reached` nothing is. */
  #holds = 1;
  #isInterrupted = false;

  /** `until`: how many calls are made before whoever runs is interrupted; Infinity: nobody is. */
  constructor(host: Host, until: number) {
    this.host = host;
    this.#until = until;
  }

  get isInterrupted(): boolean {
    return this.#isInterrupted;
  }

  /** Runs what an interruption reaches. */
  reached<T>(run: () => Promise<T>): Promise<T> {
    return this.#hold(-1, run);
  }

  /** Runs a part of it that an interruption does not reach. */
  held<T>(run: () => Promise<T>): Promise<T> {
    return this.#hold(1, run);
  }

  async #hold<T>(by: number, run: () => Promise<T>): Promise<T> {
    this.#holds += by;
    try {
      return await run();
    } finally {
      this.#holds -= by;
    }
  }

  /** To be called before anything is done that others see. Throws `Interrupted` when it is not done any more. */
  goOn(): void {
    if (this.#holds > 0) return;
    if (!this.#isInterrupted && this.steps.length < this.#until) return;
    this.#isInterrupted = true;
    throw new Interrupted();
  }

  call<K extends CallType>(pid: Pid, type: K, args: SystemCalls[K]["args"]): Result<K> {
    const isTidying = TIDYING.has(type);
    if (!isTidying) this.goOn();
    const clock = later(this.host.clock, CALL_NANOSECONDS);
    const caller: { readonly type: K } & Caller = { type, pid, time: clock };
    const call: Call<K> = { ...args, ...caller };
    const done = step(this.host.machine, call);
    this.host = { ...this.host, machine: done.machine, clock };
    this.steps.push({
      // A call of one name is one of all calls; the compiler does not see it through the mapped type.
      call: call as Call,
      errno: done.errno,
      value: done.value,
      events: done.events,
      machine: done.machine,
      isHeld: isTidying || this.#holds > 0,
    });
    return done;
  }

  sleep(seconds: number): void {
    this.goOn();
    const { clock } = this.host;
    const whole = Math.floor(seconds);
    const rest = Math.round((seconds - whole) * 1e9);
    this.host = { ...this.host, clock: later({ ...clock, sec: clock.sec + whole }, rest) };
  }
}

function later(time: Time, nanoseconds: number): Time {
  const nsec = time.nsec + nanoseconds;
  return nsec < 1e9 ? { sec: time.sec, nsec } : { sec: time.sec + 1, nsec: nsec - 1e9 };
}
