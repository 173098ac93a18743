/** Bytes that are copied faster one by one than at once. */
const FEW = 48;

/** Text as UTF-8 in one growing piece of memory: a million lines make no million strings. */
export class LineBuffer {
  #bytes = Buffer.allocUnsafe(2 ** 17);
  /** Bytes that are in it. */
  length = 0;

  byte(byte: number): void {
    this.#makeRoom(1);
    this.#bytes[this.length++] = byte;
  }

  /** Bytes that are UTF-8, or nothing but ASCII. */
  bytes(bytes: Uint8Array, from = 0, to = bytes.length): void {
    this.#makeRoom(to - from);
    if (to - from < FEW) for (let i = from; i < to; i++) this.#bytes[this.length++] = bytes[i] ?? 0;
    else {
      this.#bytes.set(bytes.subarray(from, to), this.length);
      this.length += to - from;
    }
  }

  text(text: string): void {
    this.#makeRoom(text.length * 3);
    this.length += this.#bytes.write(text, this.length);
  }

  /** Text of nothing but ASCII. */
  ascii(text: string): void {
    this.#makeRoom(text.length);
    for (let i = 0; i < text.length; i++) this.#bytes[this.length++] = text.charCodeAt(i);
  }

  /** A number in decimal digits, in `least` of them at least. */
  decimal(value: number, least = 1): void {
    if (value < 0 || value >= 2 ** 31) {
      this.ascii(String(value).padStart(least, "0"));
      return;
    }
    let digits = 1;
    for (let bound = 10; value >= bound; bound *= 10) digits += 1;
    this.#digits(value, 10, Math.max(least, digits));
  }

  /** A number below 0o10000 in four octal digits. */
  octal(value: number): void {
    this.#digits(value, 8, 4);
  }

  /** What is in it, and nothing is in it any more. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.length);
    this.#bytes = Buffer.allocUnsafe(this.#bytes.length);
    this.length = 0;
    return taken;
  }

  #digits(value: number, base: number, count: number): void {
    this.#makeRoom(count);
    let rest = value;
    for (let i = this.length + count - 1; i >= this.length; i--) {
      const next = Math.floor(rest / base);
      this.#bytes[i] = 0x30 + rest - next * base;
      rest = next;
    }
    this.length += count;
  }

  #makeRoom(count: number): void {
    if (this.length + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.length + count));
    larger.set(this.#bytes.subarray(0, this.length));
    this.#bytes = larger;
  }
}
