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
}

const CALL_NANOSECONDS = 100_000;

/** The host while something runs on it: every call steps its machine, moves its clock on and is written down. */
export class Recorder {
  host: Host;
  readonly steps: Step[] = [];

  constructor(host: Host) {
    this.host = host;
  }

  call<K extends CallType>(pid: Pid, type: K, args: SystemCalls[K]["args"]): Result<K> {
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
    });
    return done;
  }

  sleep(seconds: number): void {
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
