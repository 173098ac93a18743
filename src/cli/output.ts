import { once } from "node:events";

/** Standard output in larger pieces. A reader that goes away ends the program quietly. */
export class Output {
  #waiting: string[] = [];
  #length = 0;

  constructor() {
    process.stdout.on("error", (error: Error & { code?: string }) => {
      if (error.code === "EPIPE") process.exit(0);
      throw error;
    });
  }

  /** Adds a line, which `flush` writes. */
  line(text: string): void {
    this.#waiting.push(text, "\n");
    this.#length += text.length + 1;
  }

  /** Whether so much waits that it should be flushed before more is added. */
  get isFull(): boolean {
    return this.#length >= 65_536;
  }

  /** Writes what waits; resolves when there is room for more. */
  async flush(): Promise<void> {
    const text = this.#waiting.join("");
    this.#waiting = [];
    this.#length = 0;
    if (text !== "" && !process.stdout.write(text)) await once(process.stdout, "drain");
  }
}
