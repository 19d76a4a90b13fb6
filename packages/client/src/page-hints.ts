// What the browser says about the page and the network: reasons to look now, proofs of nothing.

/** Calls back on hints; quiet where there is no page (Node, workers). Returns unsubscribe. */
export function watchPage(o: {
  /** Online again, visible again, awake again. */
  readonly hinted: () => void;
  /** The page may be gone in a moment. */
  readonly leaving: () => void;
  /** Asked when the page is about to close: true warns the person. */
  readonly isUnsafeToClose: () => boolean;
}): () => void {
  if (typeof window === 'undefined' || typeof document === 'undefined') return () => undefined;
  const controller = new AbortController();
  const { signal } = controller;
  const onVisibility = (): void => {
    if (document.visibilityState === 'hidden') o.leaving();
    else o.hinted();
  };
  window.addEventListener('online', o.hinted, { signal });
  window.addEventListener('pageshow', o.hinted, { signal });
  window.addEventListener('pagehide', o.leaving, { signal });
  document.addEventListener('visibilitychange', onVisibility, { signal });
  document.addEventListener('freeze', o.leaving, { signal });
  document.addEventListener('resume', o.hinted, { signal });
  const onBeforeUnload = (event: BeforeUnloadEvent): void => {
    if (o.isUnsafeToClose()) event.preventDefault();
  };
  window.addEventListener('beforeunload', onBeforeUnload, { signal });
  return () => controller.abort();
}
