/**
 * The end of a connection that carries nothing for too long, of which neither side is told. To be asked whenever something
 * is about to pass, with the idle time in ms that the connection doesn't survive: whether it still does.
 *
 * @param onCut told once, when the first thing is lost
 */
export function createIdleCut(onCut: () => void = () => undefined): (idleMs?: number) => boolean {
  let lastMs = performance.now();
  let isCut = false;
  return (idleMs = Infinity) => {
    const now = performance.now();
    if (!isCut && now - lastMs >= idleMs) {
      isCut = true;
      onCut();
    }
    lastMs = now;
    return !isCut;
  };
}
