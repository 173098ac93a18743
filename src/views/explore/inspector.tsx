/** The chosen path: how it is resolved, what is known of it, what is in it. */
export function Inspector() {
  return <section className="inspector" />;
}
