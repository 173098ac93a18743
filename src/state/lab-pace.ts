import { type Detail, type LabCommand, stopsOf } from "./lab-timeline.ts";

/** A whole command is to be over in about this long at speed 1; its steps share the time. */
const COMMAND_MS = 1400;
const FASTEST_MS = 30;
const SLOWEST_MS = 300;

/** How a command is played at speed 1. */
export interface Pace {
  /** Milliseconds between two moves. */
  readonly wait: number;
  /** How many micro-steps a move is, where there are too many to show each. */
  readonly atOnce: number;
}

/** The pace of a command; without one that of a command of one step. */
export function paceOf(command: LabCommand | null, detail: Detail): Pace {
  const stops = command ? stopsOf(command, detail).length : 1;
  const each = COMMAND_MS / Math.max(1, stops);
  return {
    wait: Math.min(SLOWEST_MS, Math.max(FASTEST_MS, each)),
    atOnce: Math.max(1, Math.round(FASTEST_MS / each)),
  };
}
