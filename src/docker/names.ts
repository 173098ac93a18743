const ADJECTIVES = [
  "amber",
  "brisk",
  "calm",
  "clever",
  "eager",
  "fond",
  "gentle",
  "happy",
  "keen",
  "kind",
  "lively",
  "merry",
  "modest",
  "nimble",
  "patient",
  "quiet",
  "serene",
  "sharp",
  "sunny",
  "tidy",
  "vivid",
  "warm",
  "wise",
  "witty",
] as const;

const PEOPLE = [
  "babbage",
  "curie",
  "dijkstra",
  "engelbart",
  "euler",
  "franklin",
  "galileo",
  "hamilton",
  "hopper",
  "hypatia",
  "kepler",
  "knuth",
  "lamarr",
  "lovelace",
  "meitner",
  "mirzakhani",
  "noether",
  "okajima",
  "pike",
  "ritchie",
  "shannon",
  "thompson",
  "turing",
  "wu",
] as const;

/** A container's name when none was given: two words drawn by the id, then numbers until it is free. */
export function drawName(id: string, isTaken: (name: string) => boolean): string {
  const draw = Number.parseInt(id.slice(0, 8), 16);
  const adjective = ADJECTIVES[draw % ADJECTIVES.length] ?? ADJECTIVES[0];
  const person = PEOPLE[Math.floor(draw / ADJECTIVES.length) % PEOPLE.length] ?? PEOPLE[0];
  const name = `${adjective}_${person}`;
  if (!isTaken(name)) return name;
  for (let n = 0; ; n++) if (!isTaken(`${name}${n}`)) return `${name}${n}`;
}
