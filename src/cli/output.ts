import { once } from "node:events";
import { LineBuffer } from "./line-buffer.ts";

const NEWLINE = 0x0a;

/** Standard output in larger pieces. A reader that goes away ends the program quietly. */
export class Output {
  /** What waits for `flush`. */
  readonly buffer = new LineBuffer();

  constructor() {
    process.stdout.on("error", (error: Error & { code?: string }) => {
      if (error.code === "EPIPE") process.exit(0);
      throw error;
    });
  }

  /** Adds a line, which `flush` writes. */
  line(text: string): void {
    this.buffer.text(text);
    this.buffer.byte(NEWLINE);
  }

  /** Whether so much waits that it should be flushed before more is added. */
  get isFull(): boolean {
    return this.buffer.length >= 65_536;
  }

  /** Writes what waits; resolves when there is room for more. */
  async flush(): Promise<void> {
    if (this.buffer.length > 0 && !process.stdout.write(this.buffer.take()))
      await once(process.stdout, "drain");
  }
}
