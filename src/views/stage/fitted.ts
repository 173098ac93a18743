/** The first of some texts that fits a width; else the last, cut. The same face as `fitted`. */
export function firstFitting(texts: readonly string[], width: number, size = 7.9): string {
  return (
    texts.find((text) => text.length * size <= width) ?? fitted(texts.at(-1) ?? "", width, size)
  );
}

/** A name cut in the middle to fit a width, at a fixed-width face of about 7.9 px. */
export function fitted(name: string, width: number, size = 7.9): string {
  const room = Math.max(3, Math.floor(width / size));
  if (name.length <= room) return name;
  const tail = Math.floor((room - 1) / 2);
  return `${name.slice(0, room - 1 - tail)}…${name.slice(name.length - tail)}`;
}
