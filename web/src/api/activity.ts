// Whether somebody is at the page. Requests that the page makes by itself (live lists, answers to
// events) must not keep an abandoned session alive: they are marked Relais-Passive, and so is
// everything that is sent when nobody has touched mouse or keyboard for a while.

const RECENT = 20_000;
let last = Date.now();

/** Begins to watch mouse and keyboard. */
export function watchActivity(): void {
  const note = () => {
    last = Date.now();
  };
  for (const event of ['pointerdown', 'keydown', 'wheel'] as const) {
    window.addEventListener(event, note, { capture: true, passive: true });
  }
}

/** Whether a person did something within the last seconds. */
export function isSomebodyThere(): boolean {
  return Date.now() - last < RECENT;
}
