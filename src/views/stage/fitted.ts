/** A name cut in the middle to fit a width, at a fixed-width face of about 7.9 px. */
export function fitted(name: string, width: number, size = 7.9): string {
  const room = Math.max(3, Math.floor(width / size));
  if (name.length <= room) return name;
  const tail = Math.floor((room - 1) / 2);
  return `${name.slice(0, room - 1 - tail)}…${name.slice(name.length - tail)}`;
}
